// Mail of our own that comes back over a list, as the results of builds do. Whatever the list did to it (a footer, a prefix, its
// own address in From, a signature that does not hold any more): we know what we wrote, so its id and its text are proof enough.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { lfOnly } from '../../base/line-ends.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import type { Check } from './check.ts'

export interface SentMail {
  readonly bytes: Buffer
  /** The address that we write from. */
  readonly from: string
}

/** Of these mails of one list those that we owed to it, by Message-ID. */
export async function sentMails(
  db: Kysely<Tables>,
  mails: readonly { readonly list: ListId; readonly messageId: string }[],
): Promise<ReadonlyMap<string, SentMail>> {
  const hashes = mails.flatMap(({ messageId }) => /^tw\.([0-9a-f]{32})@/.exec(messageId)?.[1] ?? [])
  const [first] = mails
  if (hashes.length === 0 || !first) return new Map()
  const { rows } = await sql<{ message_id: string; bytes: Buffer; from: string }>`
    select o.message_id, o.bytes, i.address as from from outbox o, instance i
    where o.hash = any(${hashes}::text[]) and o.list_id = ${first.list} and o.bytes is not null`.execute(db)
  return new Map(rows.map(({ message_id: id, ...sent }) => [id, sent]))
}

/** Passes when it is that mail with nothing but a list's footer below it; null when it is another one. */
export function checkOutbox(bytes: Buffer, sent: SentMail, now: number): Check | null {
  const [was, is] = [opened(lfOnly(sent.bytes)), opened(bytes)]
  if (was.said !== is.said || !isContinued(was.lines, is.lines)) return null
  return { method: 'outbox', result: 'pass', signer: sent.from, signedAt: now, covers }
}

const covers = ['from', 'to', 'date', 'message-id', 'in-reply-to', 'references', 'auto-submitted']

/** Its lines, and all that anybody would take out of it: a footer that says more is none. */
function opened(bytes: Buffer): { lines: string[]; said: string } {
  const mail = decodeMail(bytes)
  const facts = factsOf(mail, messageIdOf(bytes), {})
  const { references, checks, tags, trailers, applied, withdrawal, findings, posting, relations } = facts
  const said = [references[0], checks, tags, trailers, applied, withdrawal, findings, posting, relations]
  return { lines: linesOf(mail.body), said: JSON.stringify(said) }
}

const linesOf = (body: string): string[] =>
  body
    .trimEnd()
    .split('\n')
    .map(line => line.trimEnd())

const isContinued = (was: readonly string[], is: readonly string[]): boolean =>
  was.every((line, at) => line === is[at]) && is.length - was.length <= limits.footerLinesMax
