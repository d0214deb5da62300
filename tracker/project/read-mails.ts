// Unsorted mails -> their facts: bytes from the log, decoded and read, outside of any lock.
import type { Kysely } from 'kysely'
import { type ListId, messageId, seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Log } from '../../base/log.ts'
import { readRawBatch, type StoredMail } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../decode/decode.ts'
import type { DecodedMail } from '../decode/mail.ts'
import type { MailFacts } from '../mail/facts.ts'
import { factsOf } from '../mail/facts-of.ts'
import { type SearchText, searchText } from './search-text.ts'

export interface ReadMail {
  readonly seq: string
  readonly key: string
  readonly facts: MailFacts
  readonly search: SearchText
}

/** The next unsorted mails of a list in log order, at most `count`; fewer when there are no more. */
export async function readUnsorted(
  db: Kysely<Tables>,
  list: ListId,
  count: number,
  log?: Log,
): Promise<ReadMail[]> {
  const waiting = await db
    .selectFrom('unsorted')
    .innerJoin('mail', join =>
      join.onRef('mail.list_id', '=', 'unsorted.list_id').onRef('mail.seq', '=', 'unsorted.seq'),
    )
    .select(['unsorted.seq', 'mail.envelope'])
    .where('unsorted.list_id', '=', list)
    .orderBy('unsorted.seq')
    .limit(count)
    .execute()
  const traces = new Map(waiting.map(row => [row.seq, row.envelope.trace]))
  const mails = await readRawBatch(
    db,
    list,
    waiting.map(row => seq(row.seq)),
  )
  return mails.map(mail => readMail(mail, traces.get(mail.seq), log))
}

function readMail(mail: StoredMail, trace: string | undefined, log: Log | undefined): ReadMail {
  const id = { id: messageId(mail.messageId), made: mail.messageId.endsWith('@no-message-id.invalid') }
  const envelope = trace === undefined ? {} : { trace }
  const key = indexKey(mail.messageId)
  try {
    const decoded = decodeMail(mail.bytes)
    const facts = factsOf(decoded, id, envelope)
    return { seq: mail.seq, key, facts, search: searchText(decoded, facts) }
  } catch (error) {
    // The readers never throw; should one do so after all, its mail is still in the log and on a page.
    log?.error({ messageId: mail.messageId, error }, 'A mail could not be read')
    const facts = factsOf(unreadable, id, envelope)
    return { seq: mail.seq, key, facts, search: searchText(unreadable, facts) }
  }
}

const unreadable: DecodedMail = {
  headers: [],
  parts: [],
  others: [],
  body: '',
  attachedPatches: [],
  problems: ['This mail could not be read; its raw form is kept'],
}
