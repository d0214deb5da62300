// The log: every mail of every list, raw, append only. `append` is the only way in; once it resolves the mail is
// on disk, and a road (SMTP, import) may say so to whoever sent it. Bytes are kept once, however often they come.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { type Kysely, sql } from 'kysely'
import { type ListId, type MessageId, messageId, type Seq, seq } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { limits } from '../base/limits.ts'
import { toStorableText } from '../base/storable.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'
import { binaryArray } from './binary-array.ts'
import { keepBytes, recentBytes } from './recent-bytes.ts'
import type { Envelope, Tables } from './tables.ts'
import { readTombstones } from './tombstones.ts'

export interface Arrival {
  readonly bytes: Buffer
  readonly envelope: Envelope
}

/** An arrival and the list it is for. */
export interface ListArrival extends Arrival {
  readonly list: ListId
}

export interface Appended {
  readonly seq: Seq
  readonly messageId: MessageId
  /** False when the list had these bytes before, or a tombstone is on the mail: nothing is shown that was not before. */
  readonly fresh: boolean
}

/** A stored mail, as it came. One that was hidden or purged is not read any more. */
export interface StoredMail {
  readonly seq: Seq
  readonly messageId: MessageId
  readonly bytes: Buffer
  readonly knownAt: Date
}

/**
 * Appends mails to one list in one transaction and answers each in the same order. When it resolves they are
 * durable; when it throws none of them is in the log.
 */
export function append(db: Kysely<Tables>, list: ListId, arrivals: readonly Arrival[]): Promise<Appended[]> {
  return appendAll(
    db,
    arrivals.map(arrival => ({ ...arrival, list })),
  )
}

/** `append` for mails to several lists at once. */
export function appendAll(db: Kysely<Tables>, arrivals: readonly ListArrival[]): Promise<Appended[]> {
  return db.transaction().execute(transaction => appendWithin(transaction, arrivals))
}

/** `append` as a part of the caller's transaction, for what must be written together with the mails. */
export async function appendWithin(
  transaction: Kysely<Tables>,
  arrivals: readonly ListArrival[],
): Promise<Appended[]> {
  const entries = arrivals.map(toEntry)
  const places = await findPlaces(transaction, entries)
  const unknown = distinct(entries.filter(entry => !places.has(entry.place)))
  const buried = await readTombstones(transaction, unknown)
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
  for (const [place, at] of await findPlaces(transaction, missed)) places.set(place, at)
  return entries.map(entry => {
    const at = places.get(entry.place)
    if (at === undefined) throw new Error(`The mail ${entry.id} was neither written nor found`)
    // Of the same mail twice in one call only the first is fresh.
    return { seq: at, messageId: entry.id, fresh: written.delete(entry.place) }
  })
}

/** The bytes of one mail as they came; undefined when the list has no such place. */
export async function readRaw(db: Kysely<Tables>, list: ListId, at: Seq): Promise<Buffer | undefined> {
  const row = await storedMails(db, list).where('mail.seq', '=', at).executeTakeFirst()
  return row && unpack(row)
}

/** Every arrival with this index key (`indexKey` of a Message-ID): copies and imposters, the first to come first. */
export async function readRawByMessage(db: Kysely<Tables>, list: ListId, key: string): Promise<StoredMail[]> {
  const rows = await storedMails(db, list)
    .where('mail.message_key', '=', key)
    .orderBy('mail.seq')
    .limit(limits.copiesReadMax)
    .execute()
  return Promise.all(rows.map(toStoredMail))
}

/** The mails at these places, in log order; unknown places are left out. */
export async function readRawBatch(
  db: Kysely<Tables>,
  list: ListId,
  places: readonly Seq[],
): Promise<StoredMail[]> {
  if (places.length === 0) return []
  const rows = await storedMails(db, list).where('mail.seq', 'in', places).orderBy('mail.seq').execute()
  return Promise.all(rows.map(toStoredMail))
}

/**
 * The bytes with these hashes, by hash in base64, without asking which list has them; purged and unknown ones are left
 * out. Those that passed just now come from memory, so an import does not read back what it wrote.
 */
export async function readBytes(
  db: Kysely<Tables>,
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>()
  const absent = hashes.filter(hash => {
    const bytes = recentBytes(hash)
    if (bytes) found.set(hash.toString('base64'), bytes)
    return bytes === undefined
  })
  if (absent.length === 0) return found
  // An array, or it would be another statement for each number of hashes.
  const rows = await db
    .selectFrom('raw')
    .selectAll()
    .where(sql<boolean>`hash = any(${binaryArray('bytea', absent)}::bytea[])`)
    .execute()
  for (const row of rows.filter(({ encoding }) => encoding !== 'purged')) {
    const bytes = await unpack(row)
    keepBytes(row.hash, bytes)
    found.set(row.hash.toString('base64'), bytes)
  }
  return found
}

interface Entry extends ListArrival {
  readonly hash: Buffer
  readonly id: MessageId
  /** List and hash: what makes an arrival the same as another. */
  readonly place: string
}

function toEntry(arrival: ListArrival): Entry {
  const hash = createHash('sha256').update(arrival.bytes).digest()
  const id = messageId(toStorableText(messageIdOf(arrival.bytes).id))
  return { ...arrival, hash, id, place: placeOf(arrival.list, hash) }
}

const placeOf = (list: number, hash: Buffer) => `${list} ${hash.toString('base64')}`

/** One entry for each place, in the order of arrival, which `seq` keeps. */
const distinct = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map(entry => [entry.place, entry])).values(),
]

async function findPlaces(db: Kysely<Tables>, entries: readonly Entry[]): Promise<Map<string, Seq>> {
  if (entries.length === 0) return new Map()
  const rows = await db
    .selectFrom('mail')
    .select(['list_id', 'seq', 'raw_hash'])
    .where(sql<boolean>`list_id = any(${[...new Set(entries.map(entry => entry.list))]}::integer[])`)
    .where(sql<boolean>`raw_hash = any(${hashArray(entries)}::bytea[])`)
    .execute()
  return new Map(rows.map(row => [placeOf(row.list_id, row.raw_hash), seq(row.seq)]))
}

/** Answers the places that this transaction wrote; a place that another one holds is missing. */
async function writeMails(db: Kysely<Tables>, entries: readonly Entry[]): Promise<Map<string, Seq>> {
  if (entries.length === 0) return new Map()
  await writeBytes(db, entries)
  const rows = await db
    .with('written', query =>
      query
        .insertInto('mail')
        .columns(['list_id', 'message_id', 'message_key', 'raw_hash', 'envelope'])
        .expression(mailRows(entries))
        .onConflict(conflict => conflict.columns(['list_id', 'raw_hash']).doNothing())
        .returning(['list_id', 'seq', 'raw_hash', 'envelope']),
    )
    // Whoever sent a live mail is to be authenticated while his keys can be had.
    .with('to_judge', query =>
      query
        .insertInto('unjudged')
        .columns(['list_id', 'seq'])
        .expression(
          query.selectFrom('written').select(['list_id', 'seq']).where(sql<boolean>`envelope ? 'trace'`),
        ),
    )
    .with('queued', query =>
      query
        .insertInto('unsorted')
        .columns(['list_id', 'seq'])
        .expression(query.selectFrom('written').select(['list_id', 'seq'])),
    )
    .selectFrom('written')
    .select(['list_id', 'seq', 'raw_hash'])
    .execute()
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
    insert into unjudged (list_id, seq)
    select m.list_id, m.seq from mail m
      join unnest(${live.map(entry => entry.list)}::integer[], ${live.map(entry => places.get(entry.place))}::bigint[])
        as live (list_id, seq) using (list_id, seq)
    where not m.envelope ? 'trace' and not m.hidden
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

/** The bytes may stand already: another list keeps them. */
async function writeHashes(transaction: Kysely<Tables>, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  await transaction
    .insertInto('raw')
    .values(entries.map(({ hash }) => ({ hash, bytes: Buffer.alloc(0), encoding: 'purged', size: 0 })))
    .onConflict(conflict => conflict.column('hash').doNothing())
    .execute()
}

/**
 * Writes the bytes that are new and holds the rows of all, always in the order of hashes: two transactions with the
 * same mails wait for each other here, one behind the other, and never crosswise at their rows in `mail`.
 */
async function writeBytes(db: Kysely<Tables>, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  const byHash = new Map(entries.map(entry => [entry.hash.toString('base64'), entry]))
  const ordered = [...byHash.values()].sort((a, b) => Buffer.compare(a.hash, b.hash))
  const rows = await Promise.all(
    ordered.map(async ({ hash, bytes }) => {
      keepBytes(hash, bytes)
      return { hash, ...(await pack(bytes)), size: bytes.length }
    }),
  )
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('raw')
    .columns(['hash', 'bytes', 'encoding', 'size'])
    .expression(
      sql`select * from unnest(${hashArray(rows)}::bytea[], ${binaryArray(
        'bytea',
        rows.map(row => row.bytes),
      )}::bytea[], ${rows.map(row => row.encoding)}::text[], ${rows.map(row => row.size)}::integer[])`,
    )
    // Purged on one list, and now on another for the first time.
    .onConflict(conflict =>
      conflict
        .column('hash')
        .doUpdateSet(({ ref }) => ({
          bytes: ref('excluded.bytes'),
          encoding: ref('excluded.encoding'),
          size: ref('excluded.size'),
        }))
        .where('raw.encoding', '=', 'purged'),
    )
    .executeTakeFirstOrThrow()
  if (Number(numInsertedOrUpdatedRows) === rows.length) return
  await db
    .selectFrom('raw')
    .select('hash')
    .where(sql<boolean>`hash = any(${hashArray(rows)}::bytea[])`)
    .orderBy('hash')
    .forNoKeyUpdate()
    .execute()
}

/** As arrays: the statement is the same for each number of mails, and so prepared. */
function mailRows(entries: readonly Entry[]) {
  const rows = entries.map(toMailRow)
  return sql<never>`
    select list_id, message_id, message_key, raw_hash, envelope::jsonb from unnest(
      ${rows.map(row => row.list_id)}::integer[], ${rows.map(row => row.message_id)}::text[],
      ${rows.map(row => row.message_key)}::text[], ${hashArray(entries)}::bytea[],
      ${rows.map(row => row.envelope)}::text[]) as row (list_id, message_id, message_key, raw_hash, envelope)`
}

const hashArray = (entries: readonly { hash: Buffer }[]) =>
  binaryArray(
    'bytea',
    entries.map(entry => entry.hash),
  )

const toMailRow = ({ list, id, hash, envelope }: Entry) => ({
  list_id: list,
  message_id: id,
  message_key: indexKey(id),
  raw_hash: hash,
  envelope: JSON.stringify(envelope, (_, value: unknown) =>
    typeof value === 'string' ? toStorableText(value) : value,
  ),
})

const storedMails = (db: Kysely<Tables>, list: ListId) =>
  db
    .selectFrom('mail')
    .innerJoin('raw', 'raw.hash', 'mail.raw_hash')
    .select(['mail.seq', 'mail.message_id', 'mail.known_at', 'raw.bytes', 'raw.encoding', 'raw.size'])
    .where('mail.list_id', '=', list)
    .where('mail.hidden', '=', false)

type PackedBytes = Pick<Tables['raw'], 'bytes' | 'encoding'>

const toStoredMail = async (
  row: PackedBytes & { size: number; seq: string; message_id: string; known_at: Date },
): Promise<StoredMail> => ({
  seq: seq(row.seq),
  messageId: messageId(row.message_id),
  bytes: await unpack(row),
  knownAt: row.known_at,
})

/** Level 3 without a dictionary: half of deflate's time for the same size on list mail. */
const packOptions = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** One buffer of the right size instead of pieces to be joined (0.06 -> 0.03 ms a mail). */
const unpackOptions = (size: number) => ({ chunkSize: Math.max(64, size + 1) })
/** Below this, handing the work to a thread costs more than the work. */
const packHereBytesMax = 64 * 1024

async function pack(bytes: Buffer): Promise<PackedBytes> {
  const packed =
    bytes.length <= packHereBytesMax
      ? zstdCompressSync(bytes, packOptions)
      : await promisify(zstdCompress)(bytes, packOptions)
  return packed.length < bytes.length ? { bytes: packed, encoding: 'zstd' } : { bytes, encoding: 'plain' }
}

async function unpack({ bytes, encoding, size }: PackedBytes & { size: number }): Promise<Buffer> {
  if (encoding !== 'zstd') return bytes
  return bytes.length <= packHereBytesMax
    ? zstdDecompressSync(bytes, unpackOptions(size))
    : promisify(zstdDecompress)(bytes, unpackOptions(size))
}
