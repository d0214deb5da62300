// `/LIST/MESSAGE-ID/1.2-filename`: one attachment of a mail, as public-inbox addresses it. It may be anything, so it is
// a file to save and never something to look at here.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { rawBytes, sizesOf } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, safeHeaders } from '../answer.ts'
import { type Attachment, attachmentsOf } from '../archive/attachments.ts'
import { partFileNames } from '../archive/file-name.ts'
import { partBytes } from '../archive/part-bytes.ts'
import { answerLarge } from '../large.ts'
import { readDecoded } from '../read/decoded.ts'
import type { LocatedMail } from '../read/located-mail.ts'

/** The name in the address is for people: the number says which part, and the mail how it is called. */
export function answerAttachment(
  c: Context,
  db: Kysely<Tables>,
  { list, hash }: LocatedMail,
): Promise<Response> {
  const path = /^[\d.]+/.exec(c.req.param('part') ?? '')?.[0] ?? ''
  const key = hash.toString('base64')
  const make = async () => {
    const mail = (await readDecoded(db, [hash])).get(key)
    const attachment = mail && attachmentsOf(mail).find(one => one.path === path)
    const bytes = attachment && (await openPart(db, hash, path))
    if (!bytes)
      return c.text('This mail has no such attachment. All that it holds is in the raw mail.\n', 404)
    const headers = headersOf(attachment)
    if (c.req.method !== 'HEAD') return c.body(ReadableStream.from(bytes) as ReadableStream, 200, headers)
    await bytes.return(undefined)
    return c.body(null, 200, headers)
  }
  return answerFresh(c, ['attachment', list.name, key, path], async () =>
    answerLarge(c, (await sizesOf(db, [hash])).held, make),
  )
}

/** Undefined when the bytes are gone, or mailparser does not find the part. */
async function openPart(
  db: Kysely<Tables>,
  hash: Buffer,
  path: string,
): Promise<AsyncGenerator<Buffer> | undefined> {
  for await (const [, raw] of rawBytes(db, [hash])) {
    const bytes = partBytes(raw, path)
    const found = await bytes.next().catch(() => ({ done: true }))
    if (!found.done) return bytes
  }
  return undefined
}

function headersOf(attachment: Attachment): Record<string, string> {
  const { ascii, full } = partFileNames(attachment)
  // RFC 6266 4.3: old programs read the first form, all others the second (RFC 8187).
  const encoded = encodeURIComponent(full).replace(/['()*]/g, sign => `%${sign.charCodeAt(0).toString(16)}`)
  return {
    // Of no type that a browser could run or lay out, whatever the mail says.
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
    'Content-Security-Policy': `${safeHeaders['Content-Security-Policy']}; sandbox`,
  }
}
