// Unsorted mails -> their facts: bytes from the log, decoded and read, outside of any lock.
import { type Kysely, sql } from 'kysely'
import { type IndexKey, type ListId, messageId, type Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { readBytes } from '../../sql/raw.ts'
import type { Envelope, Tables } from '../../sql/tables.ts'
import { decodeMail } from '../decode/decode.ts'
import type { DecodedMail } from '../decode/mail.ts'
import type { MailFacts } from '../mail/facts.ts'
import { factsOf } from '../mail/facts-of.ts'
import { dressingOf, type ListDressing } from './dressing.ts'
import { searchText } from './search-text.ts'
import { wordFilter } from './word-filter.ts'
import { wordVector } from './word-vector.ts'

export interface ReadMail {
  readonly seq: Seq
  readonly key: IndexKey
  readonly knownAt: Date
  readonly facts: MailFacts
  /** `list.dressing_version` when it was read. */
  readonly dressingVersion: number
  /** It reached us by itself, and not in an archive. */
  readonly live: boolean
  /** Threadwork wrote it: it is on no list. */
  readonly note: boolean
  /** What the word index holds of it (word-vector.ts). */
  readonly words: Buffer
  /** The words beside (word-filter.ts). */
  readonly beside: Buffer
}

/** The next unsorted mails of a list in log order, those that are read again last; at most `count` and `readBytesMax`; none when there are no more. */
export async function readUnsorted(
  db: Kysely<Tables>,
  list: ListId,
  count: number,
  log?: Log,
): Promise<ReadMail[]> {
  // The few that wait are looked up in the log; left to itself PostgreSQL may read the log beside them.
  const { rows: waiting } = await sql<WaitingMail>`
    select seq, message_id, known_at, raw_hash, envelope, note from (
      select u.late, u.seq, m.*, sum(m.size) over (order by u.late, u.seq rows unbounded preceding) - m.size as before
      from (select late, seq from unsorted where list_id = ${list} order by late, seq limit ${count}) u,
      lateral (select message_id, known_at, raw_hash, envelope, note, size from mail join raw on hash = raw_hash
        where list_id = ${list} and seq = u.seq and not hidden offset 0) m) waiting
    where before < ${limits.readBytesMax} order by late, seq`.execute(db)
  if (waiting.length === 0) return []
  const dressing = await dressingOf(db, list)
  const bytes = await readBytes(
    db,
    waiting.map(row => row.raw_hash),
  )
  return waiting.flatMap(mail => {
    const raw = bytes.get(mail.raw_hash.toString('base64'))
    return raw === undefined ? [] : [readMail(mail, raw, dressing, log)]
  })
}

interface WaitingMail {
  seq: Seq
  message_id: string
  known_at: Date
  raw_hash: Buffer
  envelope: Envelope
  note: boolean
}

function readMail(
  { seq, message_id, known_at: knownAt, envelope: { trace, posted }, note }: WaitingMail,
  bytes: Buffer,
  dressing: ListDressing,
  log: Log | undefined,
): ReadMail {
  const id = { id: messageId(message_id), made: message_id.endsWith('@no-message-id.invalid') }
  const envelope = { ...(trace === undefined ? {} : { trace }), ...(posted === undefined ? {} : { posted }) }
  const key = indexKey(message_id)
  const place = { seq, key, knownAt, dressingVersion: dressing.version, live: trace !== undefined, note }
  try {
    const decoded = decodeMail(bytes)
    const facts = factsOf(decoded, id, envelope, dressing)
    return { ...place, facts, ...indexed(decoded, facts) }
  } catch (error) {
    // The readers never throw; should one do so after all, its mail is still in the log and on a page.
    log?.error({ messageId: message_id, error }, 'A mail could not be read')
    const facts = factsOf(unreadable, id, envelope)
    return { ...place, facts, ...indexed(unreadable, facts) }
  }
}

function indexed(mail: DecodedMail, facts: MailFacts): Pick<ReadMail, 'words' | 'beside'> {
  const text = searchText(mail, facts)
  return { words: wordVector(text), beside: wordFilter(text) }
}

const unreadable: DecodedMail = {
  headers: [],
  parts: [],
  others: [],
  body: '',
  attachedPatches: [],
  problems: ['This mail could not be read; its raw form is kept'],
}
