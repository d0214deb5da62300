// The bytes of all mails, each kept once and compressed, whichever lists have it.
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import { binaryArray } from './binary-array.ts'
import { keepBytes, recentBytes } from './recent-bytes.ts'
import type { Tables } from './tables.ts'

/**
 * The bytes with these hashes, in their order, without asking which list has them; purged and unknown ones are left
 * out. No more than `readBytesMax` of them are in memory at once, and a larger mail alone. Those that passed just now
 * come from memory, so an import does not read back what it wrote.
 */
export async function* rawBytes(
  db: Kysely<Tables>,
  hashes: readonly Buffer[],
): AsyncGenerator<[hash: string, bytes: Buffer]> {
  let portion = new Map<string, Buffer>()
  for (const [index, hash] of hashes.entries()) {
    const name = hash.toString('base64')
    if (!portion.has(name) && recentBytes(hash) === undefined)
      portion = await readPortion(db, hashes.slice(index))
    const bytes = portion.get(name) ?? recentBytes(hash)
    if (bytes !== undefined) yield [name, bytes]
  }
}

/** `rawBytes` of hashes that fit into memory together, by hash in base64. */
export async function readBytes(
  db: Kysely<Tables>,
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for await (const [hash, bytes] of rawBytes(db, hashes)) found.set(hash, bytes)
  return found
}

/** How many bytes `rawBytes` has in memory at once, and all together. */
interface Sizes {
  readonly held: number
  readonly all: number
}

export async function sizesOf(db: Kysely<Tables>, hashes: readonly Buffer[]): Promise<Sizes> {
  const { rows } = await sql<{ largest: number; all: number }>`
    select coalesce(max(size), 0)::float as largest, coalesce(sum(size), 0)::float as all
    from raw where hash = any(${binaryArray('bytea', hashes)}::bytea[]) and encoding <> 'purged'`.execute(db)
  const { largest = 0, all = 0 } = rows[0] ?? {}
  return sizesFrom(largest, all)
}

/** The same of what is known by its sizes; that of a purged one is 0. */
export const addSizes = (sizes: readonly number[]): Sizes =>
  sizesFrom(
    sizes.reduce((most, size) => Math.max(most, size), 0),
    sizes.reduce((sum, size) => sum + size, 0),
  )

const sizesFrom = (largest: number, all: number): Sizes => ({
  held: Math.max(largest, Math.min(all, limits.readBytesMax)),
  all,
})

/** Those of them whose bytes are no more than so many. */
export async function hashesUpTo(
  db: Kysely<Tables>,
  hashes: readonly Buffer[],
  bytesMax: number,
): Promise<Buffer[]> {
  const { rows } = await sql<{ hash: Buffer }>`
    select hash from raw where hash = any(${binaryArray('bytea', hashes)}::bytea[]) and size <= ${bytesMax}`.execute(
    db,
  )
  return rows.map(({ hash }) => hash)
}

/** How a query for mails brings along what mostly is asked for next: the bytes of small ones; null of others, and of purged ones. */
export const smallBytes = (raw: RawBuilder<unknown>): RawBuilder<Buffer | null> =>
  sql<Buffer | null>`case when octet_length(${raw}.bytes) <= ${sql.lit(packHereBytesMax)} and ${raw}.encoding <> 'purged' then ${raw}.bytes end`

/** Those bytes, for `rawBytes`, which then asks nothing. */
export async function keepSmall(
  rows: readonly (Pick<PackedRow, 'encoding' | 'size'> & { hash: Buffer; bytes: Buffer | null })[],
): Promise<void> {
  for (const { bytes, ...row } of rows)
    if (bytes !== null) keepBytes(row.hash, await unpack({ ...row, bytes }))
}

/** As many of the first of these as fit, of those that are not in memory. */
async function readPortion(db: Kysely<Tables>, hashes: readonly Buffer[]): Promise<Map<string, Buffer>> {
  const absent = hashes.filter(hash => recentBytes(hash) === undefined)
  const [only, ...others] = absent
  const rows = only && others.length === 0 ? await readOne(db, only) : await readFirst(db, absent)
  const portion = new Map<string, Buffer>()
  for (const row of rows) {
    const bytes = await unpack(row)
    keepBytes(row.hash, bytes)
    portion.set(row.hash.toString('base64'), bytes)
  }
  return portion
}

interface PackedRow extends PackedBytes {
  hash: Buffer
  size: number
}

/** Most pages show one mail. The question for several is planned anew each time. */
const readOne = (db: Kysely<Tables>, hash: Buffer): Promise<PackedRow[]> =>
  db.selectFrom('raw').selectAll().where('hash', '=', hash).where('encoding', '<>', 'purged').execute()

async function readFirst(db: Kysely<Tables>, hashes: readonly Buffer[]): Promise<PackedRow[]> {
  // An array, or it would be another statement for each number of hashes.
  const { rows } = await sql<PackedRow>`
    select hash, bytes, encoding, size from (
      select r.*, sum(size) over (order by place rows unbounded preceding) - size as before
      from unnest(${binaryArray('bytea', hashes)}::bytea[]) with ordinality as wanted (hash, place)
      join raw r using (hash) where r.encoding <> 'purged') found
    where before < ${limits.readBytesMax}`.execute(db)
  return rows
}

/** SHA-256 of a mail's bytes. */
interface Hashed {
  readonly hash: Buffer
}

/** Of purged mails the hash alone. The bytes may stand already: another list keeps them. */
export async function writeHashes(transaction: Kysely<Tables>, entries: readonly Hashed[]): Promise<void> {
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
export async function writeBytes(
  db: Kysely<Tables>,
  entries: readonly (Hashed & { readonly bytes: Buffer })[],
): Promise<void> {
  if (entries.length === 0) return
  const byHash = new Map(entries.map(entry => [entry.hash.toString('base64'), entry]))
  const ordered = [...byHash.values()].sort((a, b) => Buffer.compare(a.hash, b.hash))
  const rows = await Promise.all(
    ordered.map(async ({ hash, bytes }) => {
      keepBytes(hash, bytes)
      return { hash, ...(await pack(bytes)), size: bytes.length }
    }),
  )
  // Purged on one list, and now on another for the first time.
  const { numAffectedRows } = await sql`
    insert into raw (hash, bytes, encoding, size)
    select * from unnest(${hashArray(rows)}::bytea[], ${binaryArray(
      'bytea',
      rows.map(row => row.bytes),
    )}::bytea[], ${rows.map(row => row.encoding)}::text[], ${rows.map(row => row.size)}::integer[])
    on conflict (hash) do update set (bytes, encoding, size) = (excluded.bytes, excluded.encoding, excluded.size)
      where raw.encoding = 'purged'`.execute(db)
  if (Number(numAffectedRows) === rows.length) return
  await sql`select hash from raw where hash = any(${hashArray(rows)}::bytea[]) order by hash for no key update`.execute(
    db,
  )
}

/** SHA-256 hashes as one parameter. */
export const hashArray = (entries: readonly Hashed[]) =>
  binaryArray(
    'bytea',
    entries.map(entry => entry.hash),
  )

type PackedBytes = Pick<Tables['raw'], 'bytes' | 'encoding'>

/**
 * Level 3 without a dictionary: half of deflate's time for the same size on list mail. Told the size, zstd makes tables of that size
 * and one buffer (0.10 -> 0.07 ms a mail, the same bytes).
 */
const packOptions = ({ length }: Buffer) => ({
  params: { [constants.ZSTD_c_compressionLevel]: 3 },
  pledgedSrcSize: length,
  ...(length <= packHereBytesMax ? { chunkSize: Math.max(64, length) } : {}),
})

/** One buffer of the right size instead of pieces to be joined (0.06 -> 0.03 ms a mail). */
const unpackOptions = (size: number) => ({ chunkSize: Math.max(64, size + 1) })
/** Below this, handing the work to a thread costs more than the work. */
const packHereBytesMax = 64 * 1024

async function pack(bytes: Buffer): Promise<PackedBytes> {
  const packed =
    bytes.length <= packHereBytesMax
      ? zstdCompressSync(bytes, packOptions(bytes))
      : await promisify(zstdCompress)(bytes, packOptions(bytes))
  return packed.length < bytes.length ? { bytes: packed, encoding: 'zstd' } : { bytes, encoding: 'plain' }
}

async function unpack({ bytes, encoding, size }: PackedBytes & { size: number }): Promise<Buffer> {
  if (encoding !== 'zstd') return bytes
  return bytes.length <= packHereBytesMax
    ? zstdDecompressSync(bytes, unpackOptions(size))
    : promisify(zstdDecompress)(bytes, unpackOptions(size))
}
