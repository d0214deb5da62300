// A backup back into a database that holds nothing yet: the rows as they were, and every mail waits to be sorted.
import { type Kysely, sql } from 'kysely'
import { migrate, migrateTo } from '../migrate.ts'
import type { Tables } from '../tables.ts'
import { type Manifest, readManifest } from './manifest.ts'
import { readPiece } from './pieces.ts'
import { type Shape, shapesOf } from './shape.ts'

/**
 * All of it or nothing: broken off, or from a backup that was spoilt, it leaves the database empty. A backup of an older version
 * becomes one of this version.
 */
export async function restore(db: Kysely<Tables>, directory: string): Promise<void> {
  const manifest = await readManifest(directory)
  if (manifest === null)
    throw new Error(
      `Cannot restore from "${directory}": it has no manifest.json; allowed: what "backup" made`,
    )
  await migrateTo(db, manifest.migrations)
  await db.transaction().execute(async trx => {
    await refuseFull(trx)
    await fill(trx, directory, manifest)
    await sql`insert into unsorted (list_id, seq) select list_id, seq from mail where not hidden`.execute(trx)
  })
  await migrate(db)
}

async function refuseFull(trx: Kysely<Tables>): Promise<void> {
  await sql`lock table list, mail in exclusive mode`.execute(trx)
  const { rows } = await sql<{ full: boolean }>`
    select exists (select from list) or exists (select from raw) as full`.execute(trx)
  if (rows[0]?.full)
    throw new Error(
      'Cannot restore: the database holds lists already; allowed: an empty data directory (--data) or an empty database',
    )
}

async function fill(trx: Kysely<Tables>, directory: string, { tables }: Manifest): Promise<void> {
  const names = tables.map(({ name }) => name)
  for (const shape of await shapesOf(trx, names)) {
    const table = tables.find(({ name }) => name === shape.name)
    if (table === undefined) continue
    const name = sql.table(shape.name)
    // Nothing happens anew: what a trigger wrote then is among the rows.
    await sql`alter table ${name} disable trigger user`.execute(trx)
    await sql`delete from ${name}`.execute(trx)
    for (const piece of table.pieces) await insert(trx, table, await readPiece(directory, piece))
    await sql`alter table ${name} enable trigger user`.execute(trx)
    await goOnFrom(trx, shape, table.last)
  }
}

async function insert(
  trx: Kysely<Tables>,
  { name, columns }: Manifest['tables'][number],
  lines: readonly string[],
): Promise<void> {
  const list = sql.join(columns.map(column => sql.ref(column)))
  await sql`insert into ${sql.table(name)} (${list}) overriding system value
    select ${list} from json_populate_recordset(null::${sql.table(name)}, ${`[${lines.join(',')}]`}::json)`.execute(
    trx,
  )
}

async function goOnFrom(trx: Kysely<Tables>, { name, numbered }: Shape, last: string | null): Promise<void> {
  if (numbered === null || last === null) return
  await sql`select setval(pg_get_serial_sequence(${name}, ${numbered}), ${last}::bigint)`.execute(trx)
}
