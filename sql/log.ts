// The log: every mail of every list, raw, append only. `append` is the only way in; once it resolves the mail is
// on disk, and a road (SMTP, import) may say so to whoever sent it. Bytes are kept once, however often they come.
import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type IndexKey, type ListId, type MessageId, messageId, type Seq, seq } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { limits } from '../base/limits.ts'
import { toStorableText } from '../base/storable.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'
import { hashArray, writeBytes, writeHashes } from './raw.ts'
import type { Envelope, Tables } from './tables.ts'
import { buriedBy, type Stone, stonesOn } from './tombstones.ts'

export interface NewMail {
  readonly bytes: Buffer
  readonly envelope: Envelope
  /** Of an import: the newest time that the mail bears, milliseconds. From the list's first mail on it is no history. */
  readonly newest?: number
}

/** An arrival and the list it is for. */
export interface MailForList extends NewMail {
  readonly list: ListId
}

export interface Appended {
  readonly seq: Seq
  readonly messageId: MessageId
  /** False when the list had these bytes before, or a tombstone is on the mail: nothing is shown that was not before. */
  readonly fresh: boolean
}

/**
 * Appends mails to one list in one transaction and answers each in the same order. When it resolves they are
 * durable; when it throws none of them is in the log.
 */
export function append(db: Kysely<Tables>, list: ListId, arrivals: readonly NewMail[]): Promise<Appended[]> {
  return appendAll(
    db,
    arrivals.map(arrival => ({ ...arrival, list })),
  )
}

/** `append` for mails to several lists at once. */
export function appendAll(db: Kysely<Tables>, arrivals: readonly MailForList[]): Promise<Appended[]> {
  return db.transaction().execute(transaction => appendWithin(transaction, arrivals))
}

/** `append` as a part of the caller's transaction, for what must be written together with the mails. */
export async function appendWithin(
  transaction: Kysely<Tables>,
  arrivals: readonly MailForList[],
): Promise<Appended[]> {
  const entries = arrivals.map(toEntry)
  const { places, stones } = await lookUp(transaction, entries)
  const unknown = distinct(entries.filter(entry => !places.has(entry.place)))
  const buried = buriedBy(stones, unknown)
  const kept = unknown.filter(entry => !buried.has(entry))
  const written = await writeMails(transaction, kept)
  for (const [place, at] of await writeBuried(transaction, unknown, buried)) places.set(place, at)
  for (const [place, at] of written) places.set(place, at)
  await queueLiveCopies(
    transaction,
    entries.filter(entry => places.has(entry.place) && !written.has(entry.place)),
    places,
  )
  // What was neither known nor written was committed by somebody else in between: read it with a newer snapshot.
  const missed = unknown.filter(entry => !places.has(entry.place))
  for (const [place, at] of (await lookUp(transaction, missed)).places) places.set(place, at)
  return entries.map(entry => {
    const at = places.get(entry.place)
    if (at === undefined) throw new Error(`The mail ${entry.id} was neither written nor found`)
    // Of the same mail twice in one call only the first is fresh.
    return { seq: at, messageId: entry.id, fresh: written.delete(entry.place) }
  })
}

/** Every arrival of one Message-ID (`key` is its index key) that may be seen, in log order: copies and imposters. */
export const arrivalsOf = (
  db: Kysely<Tables>,
  list: ListId,
  key: IndexKey,
): Promise<{ seq: Seq; raw_hash: Buffer; size: number }[]> =>
  db
    .selectFrom('mail')
    .innerJoin('raw', 'raw.hash', 'mail.raw_hash')
    .select(['seq', 'raw_hash', 'size'])
    .where('list_id', '=', list)
    .where('message_key', '=', key)
    .where('hidden', '=', false)
    .orderBy('seq')
    .limit(limits.copiesReadMax)
    .execute()

interface Entry extends MailForList {
  readonly hash: Buffer
  readonly id: MessageId
  /** List and hash: what makes an arrival the same as another. */
  readonly place: string
}

function toEntry(arrival: MailForList): Entry {
  const hash = createHash('sha256').update(arrival.bytes).digest()
  const id = messageId(toStorableText(messageIdOf(arrival.bytes).id))
  return { ...arrival, hash, id, place: placeOf(arrival.list, hash) }
}

const placeOf = (list: number, hash: Buffer) => `${list} ${hash.toString('base64')}`

/** One entry for each place, in the order of arrival, which `seq` keeps. */
const distinct = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map(entry => [entry.place, entry])).values(),
]

interface Lookup {
  /** Of those that are in the log. */
  readonly places: Map<string, Seq>
  readonly stones: readonly Stone[]
}

/** Both are asked for each mail that comes, and hardly ever is there one. */
async function lookUp(db: Kysely<Tables>, entries: readonly Entry[]): Promise<Lookup> {
  if (entries.length === 0) return { places: new Map(), stones: [] }
  const keys = [...new Set(entries.map(({ id }) => indexKey(id)))]
  const { rows } = await sql<Stone | { list_id: ListId; raw_hash: Buffer; seq: Seq; kind: null }>`
    select list_id, raw_hash, null as message_key, null as kind, seq from mail
    where list_id = any(${[...new Set(entries.map(entry => entry.list))]}::integer[]) and raw_hash = any(${hashArray(entries)}::bytea[])
    union all select *, null from (${stonesOn(keys)}) stone`.execute(db)
  const places = rows.flatMap(row =>
    row.kind === null ? [[placeOf(row.list_id, row.raw_hash), seq(row.seq)] as const] : [],
  )
  return { places: new Map(places), stones: rows.filter(row => row.kind !== null) }
}

/** Answers the places that this transaction wrote; a place that another one holds is missing. */
async function writeMails(db: Kysely<Tables>, entries: readonly Entry[]): Promise<Map<string, Seq>> {
  if (entries.length === 0) return new Map()
  await writeBytes(db, entries)
  // Whoever sent a live mail is to be authenticated while his keys can be had.
  const { rows } = await sql<{ list_id: ListId; seq: Seq; raw_hash: Buffer }>`
    with written as (
      insert into mail (list_id, message_id, message_key, raw_hash, envelope) ${mailRows(entries)}
      on conflict (list_id, raw_hash) do nothing returning list_id, seq, raw_hash, envelope),
    begun as (
      update list set history_until = now() where id in (select list_id from written) and history_until is null),
    to_judge as (
      insert into verdict_due (list_id, seq) select list_id, seq from written where envelope ?| array['trace', 'later']),
    queued as (insert into unsorted (list_id, seq) select list_id, seq from written)
    select list_id, seq, raw_hash from written`.execute(db)
  return new Map(rows.map(row => [placeOf(row.list_id, row.raw_hash), seq(row.seq)]))
}

/** The bytes of an imported mail that now come live: they get the verdict that an import has none of. */
async function queueLiveCopies(
  transaction: Kysely<Tables>,
  known: readonly Entry[],
  places: ReadonlyMap<string, Seq>,
): Promise<void> {
  const live = known.filter(entry => entry.envelope.trace !== undefined)
  if (live.length === 0) return
  await sql`
    insert into verdict_due (list_id, seq)
    select m.list_id, m.seq from mail m
      join unnest(${live.map(entry => entry.list)}::integer[], ${live.map(entry => places.get(entry.place))}::bigint[])
        as live (list_id, seq) using (list_id, seq)
    where not m.envelope ?| array['trace', 'later'] and not m.hidden
      and not exists (select from verdict v where v.list_id = m.list_id and v.seq = m.seq)
    on conflict do nothing`.execute(transaction)
}

/**
 * A mail under a tombstone gets its place in the log, so that it is answered like any other and known when it comes
 * again, but is not sorted; of a purged one nothing is kept but the hash.
 */
async function writeBuried(
  transaction: Kysely<Tables>,
  unknown: readonly Entry[],
  buried: ReadonlyMap<Entry, 'hidden' | 'purged'>,
): Promise<Map<string, Seq>> {
  const entries = unknown.filter(entry => buried.has(entry))
  if (entries.length === 0) return new Map()
  const isPurged = (entry: Entry) => buried.get(entry) === 'purged'
  await writeBytes(
    transaction,
    entries.filter(entry => !isPurged(entry)),
  )
  await writeHashes(transaction, entries.filter(isPurged))
  const rows = await transaction
    .insertInto('mail')
    .values(
      entries.map(entry => ({
        ...toMailRow(isPurged(entry) ? { ...entry, envelope: { road: entry.envelope.road } } : entry),
        hidden: true,
      })),
    )
    .onConflict(conflict => conflict.columns(['list_id', 'raw_hash']).doNothing())
    .returning(['list_id', 'seq', 'raw_hash'])
    .execute()
  return new Map(rows.map(row => [placeOf(row.list_id, row.raw_hash), seq(row.seq)]))
}

/**
 * As arrays: the statement is the same for each number of mails, and so prepared. What a list's history is was decided by
 * its first mail, and stays so.
 */
function mailRows(entries: readonly Entry[]) {
  const rows = entries.map(toMailRow)
  return sql<never>`
    select list_id, message_id, message_key, raw_hash, case when newest >=
        extract(epoch from coalesce((select history_until from list where id = list_id), now())) * 1000
      then envelope::jsonb || '{"later": true}' else envelope::jsonb end
    from unnest(
      ${rows.map(row => row.list_id)}::integer[], ${rows.map(row => row.message_id)}::text[],
      ${rows.map(row => row.message_key)}::text[], ${hashArray(entries)}::bytea[],
      ${rows.map(row => row.envelope)}::text[], ${entries.map(({ newest }) => newest ?? null)}::float8[])
      as row (list_id, message_id, message_key, raw_hash, envelope, newest)`
}

const toMailRow = ({ list, id, hash, envelope }: Entry) => ({
  list_id: list,
  message_id: id,
  message_key: indexKey(id),
  raw_hash: hash,
  envelope: JSON.stringify(envelope, (_, value: unknown) =>
    typeof value === 'string' ? toStorableText(value) : value,
  ),
})
