// Mail to an address that a mail of ours named: a bounce to its return path, or a reader who wants no more of it. It marks
// that mail in the outbox and is in no list's log.
import type { Kysely } from 'kysely'
import { markBounced, ownAddress, unsubscribe } from '../sql/own-address.ts'
import type { Tables } from '../sql/tables.ts'
import { decodeMail } from '../tracker/decode/decode.ts'
import { headerValue } from '../tracker/decode/headers.ts'
import { decodeWords } from '../tracker/decode/words.ts'
import { readText } from '../tracker/mail/text.ts'
import type { Reply } from './account.ts'

/** Null when none of these addresses is one of ours in this sense; else what to answer for all that are. */
export async function takeReturned(
  db: Kysely<Tables>,
  addresses: readonly string[],
  bytes: Buffer,
): Promise<Reply | null> {
  let reply: Reply | null = null
  for (const address of addresses) {
    const own = await ownAddress(db, address)
    if (own === null) continue
    reply = own.what === 'bounce' ? await bounced(db, own.id, bytes) : await unsubscribed(db, own.id, bytes)
  }
  return reply
}

/** Whether it is a delivery report in form or not: nothing else has a reason to go there (RFC 3464 is not spoken by all). */
async function bounced(db: Kysely<Tables>, id: string, bytes: Buffer): Promise<Reply> {
  await markBounced(db, id, subjectOf(decodeMail(bytes).headers))
  return { code: 250, text: 'OK: the mail is marked as bounced' }
}

/** A vacation program answers too, so the word is needed: in the subject or as a line that is said. */
async function unsubscribed(db: Kysely<Tables>, id: string, bytes: Buffer): Promise<Reply> {
  const mail = decodeMail(bytes)
  const own = readText(mail.body).own.map(({ line }) => line)
  if (
    ![subjectOf(mail.headers), ...own].some(line => /^\s{0,3}unsubscribe\W{0,3}$/i.test(line.slice(0, 100)))
  )
    return {
      code: 550,
      text: 'This address takes only the one line "Unsubscribe"; answer in the thread instead',
    }
  await unsubscribe(db, id)
  return { code: 250, text: 'OK: unsubscribed' }
}

const subjectOf = (headers: Parameters<typeof headerValue>[0]) =>
  decodeWords(headerValue(headers, 'subject') ?? '')
