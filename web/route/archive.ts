// `/LIST/MESSAGE-ID/raw`: a mail as it came, for git am and whoever does not trust a page.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { addSizes, keepSmall, rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { answerFresh } from '../answer.ts'
import { fileName } from '../archive/file-name.ts'
import { archiveMboxrd } from '../archive/mboxrd.ts'
import { answerLarge } from '../large.ts'
import { readArrivals } from '../read/arrivals.ts'

type Database = Kysely<Tables>

/**
 * Every arrival with this Message-ID, one after the other; with `?text=` the one whose SHA-256 it is, if it is here. Undefined when
 * nothing of it may be shown, or there is no such list.
 */
export async function answerRaw(
  c: Context,
  db: Database,
  list: string,
  id: string,
): Promise<Response | undefined> {
  const all = await readArrivals(db, list, id)
  if (all.length === 0) return undefined
  const one = all.filter(({ hash }) => hash.toString('hex') === c.req.query('text'))
  const arrivals = one.length > 0 ? one : all
  const hashes = arrivals.map(arrival => arrival.hash)
  return answerFresh(c, ['raw', list, ...arrivals.map(({ seq }) => seq)], async () => {
    const { all: size, held } = addSizes(arrivals.map(arrival => arrival.size))
    return answerLarge(c, held, async () => {
      await keepSmall(arrivals)
      const mails = rawBytes(db, hashes)
      const { value: first } = await mails.next()
      const bytes = first?.[1] ?? Buffer.alloc(0)
      const texts = inMboxrd(bytes, mails)
      return c.body(size < limits.largeAnswerBytesMin ? await inOnePiece(texts) : streamOf(texts), 200, {
        'Content-Type': 'text/plain; charset=UTF-8',
        'Content-Disposition': `inline; filename=${fileName(subjectOf(bytes))}`,
      })
    })
  })
}

const streamOf = (texts: AsyncIterable<Uint8Array>) => ReadableStream.from(texts) as ReadableStream

async function inOnePiece(texts: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const all: Uint8Array[] = []
  for await (const text of texts) all.push(text)
  return Buffer.concat(all)
}

async function* inMboxrd(first: Buffer, others: ReturnType<typeof rawBytes>): AsyncGenerator<Uint8Array> {
  yield archiveMboxrd(first)
  for await (const [, bytes] of others) yield archiveMboxrd(bytes)
}

const subjectOf = (bytes: Buffer) => decodeWords(headerValue(readHeaders(bytes).headers, 'subject') ?? '')
