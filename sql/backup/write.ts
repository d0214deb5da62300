// A backup: everything that nothing else can make again, as it stood at one moment, while mail goes on coming in.
import { mkdir, readdir } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { migrationState } from '../migrate.ts'
import type { Tables } from '../tables.ts'
import { isKept } from './kept.ts'
import { type Manifest, type Piece, readManifest, writeManifest } from './manifest.ts'
import { openPieces, type Pieces } from './pieces.ts'
import { portionsOf } from './rows.ts'
import { type Shape, shapesOf } from './shape.ts'

export interface BackupReport {
  readonly mails: number
  readonly pieces: number
  /** Of the pieces, those that were not there as they are. */
  readonly written: number
}

/**
 * Into a directory that is empty, or has a backup, which is brought up to date: what was purged since is gone from it, too. Broken
 * off anywhere, the backup before it stands.
 */
export async function backup(db: Kysely<Tables>, directory: string, program: string): Promise<BackupReport> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const before = await readManifest(directory)
  if (before === null && (await readdir(directory)).some(name => !ours.test(name)))
    throw new Error(
      `Cannot back up into "${directory}": it holds something else; allowed: an empty directory`,
    )
  const pieces = await openPieces(directory, before)
  const manifest = await atOneMoment(db, trx => readAll(trx, pieces, program))
  await writeManifest(directory, manifest)
  await pieces.sweep(manifest)
  return {
    mails: rowsOf(manifest.tables.find(({ name }) => name === 'mail')?.pieces ?? []),
    pieces: manifest.tables.flatMap(table => table.pieces).length,
    written: pieces.written,
  }
}

/** What one that was broken off left there. */
const ours = /^(?:pieces|ci\.git|manifest\.json\..*)$/

const rowsOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { rows }) => sum + rows, 0)

const atOneMoment = <T>(db: Kysely<Tables>, read: (trx: Kysely<Tables>) => Promise<T>): Promise<T> =>
  db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async trx => {
      const { rows } = await sql<{ alone: boolean }>`
        select pg_try_advisory_xact_lock(hashtextextended('threadwork backup', 0)) as alone`.execute(trx)
      if (!rows[0]?.alone) throw new Error('Cannot back up: another backup of this database runs')
      await sql`set local timezone = 'UTC'`.execute(trx)
      return read(trx)
    })

async function readAll(trx: Kysely<Tables>, pieces: Pieces, program: string): Promise<Manifest> {
  const names = Object.entries(isKept).flatMap(([name, kept]) => (kept ? [name] : []))
  const migrations = await migrationState(trx)
  const tables: Manifest['tables'] = []
  for (const shape of await shapesOf(trx, names)) {
    tables.push({
      name: shape.name,
      columns: [...shape.columns],
      last: await lastNumber(trx, shape),
      pieces: await readTable(trx, shape, pieces),
    })
  }
  return {
    ...{ format: 1, program, madeAt: new Date().toISOString() },
    migrations: migrations.flatMap(({ name, done }) => (done ? [name] : [])),
    tables,
  }
}

async function readTable(trx: Kysely<Tables>, shape: Shape, pieces: Pieces): Promise<Piece[]> {
  const table: Piece[] = []
  for await (const { rows, lines, name } of portionsOf(trx, shape))
    table.push(await pieces.put(shape.name, rows, lines, name))
  return table
}

/** Numbers are never given twice, also those of rows that are gone. */
async function lastNumber(trx: Kysely<Tables>, { name, numbered }: Shape): Promise<string | null> {
  if (numbered === null) return null
  const { rows } = await sql<{ last: string | null }>`
    select pg_sequence_last_value(pg_get_serial_sequence(${name}, ${numbered})::regclass) as last`.execute(
    trx,
  )
  return rows[0]?.last ?? null
}
