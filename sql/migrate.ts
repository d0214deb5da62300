// Brings a database to the newest schema: the numbered files of sql/migrations, each once, in order, forward only. A database
// that holds what is in none of these files is left alone.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration'
import type { Tables } from './tables.ts'

const directory = join(import.meta.dirname, 'migrations')

/**
 * Safe when several processes start at once: one runs the files, the others wait and find nothing to do.
 * All new files run in one transaction; an error leaves the database as it was.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const known = Object.keys(await readMigrations())
  const done = await executed(db)
  const foreign = foreignIn(known, done)
  if (foreign !== null) throw new Error(`Cannot use this database: ${foreign.found}. ${foreign.mend}`)
  // kysely would look through all tables to find that nothing is to be done.
  if (known.every(name => done.includes(name))) return
  refuseFailed(await migrator(db).migrateToLatest())
}

/**
 * Brings a database that has no tables yet to the schema of an older version, whose migrations these are. Throws when they are not
 * the first of this program's, or when the database is beyond them.
 */
export async function migrateTo(db: Kysely<Tables>, names: readonly string[]): Promise<void> {
  const known = Object.keys(await readMigrations()).toSorted()
  const newer = names.filter((name, at) => known[at] !== name)
  if (newer.length > 0)
    throw new Error(
      `A newer Threadwork made these tables (${newer.join(', ')}): start that version, or a newer one`,
    )
  const beyond = (await executed(db)).filter(name => !names.includes(name))
  if (beyond.length > 0)
    throw new Error(`The database has newer tables already (${beyond.join(', ')}); allowed: an empty one`)
  refuseFailed(await migrator(db).migrateTo(names.at(-1) ?? ''))
}

function refuseFailed({ error, results }: MigrationResultSet): void {
  if (error === undefined) return
  const failed = results?.find(result => result.status === 'Error')
  const reason = error instanceof Error ? error.message : String(error)
  const what = failed ? `Cannot run the migration ${failed.migrationName}` : 'Cannot migrate the database'
  throw new Error(`${what}: ${reason}`, { cause: error })
}

/** The migrations of this program, and which of them the database has. */
export async function migrationState(db: Kysely<Tables>): Promise<{ name: string; done: boolean }[]> {
  const known = await migrator(db).getMigrations()
  return known.map(({ name, executedAt }) => ({ name, done: executedAt !== undefined }))
}

/** Why the tables of this database are not those of this program, and what to do; null when they are, or there are none yet. */
export async function foreignSchema(db: Kysely<Tables>): Promise<Foreign | null> {
  return foreignIn(Object.keys(await readMigrations()), await executed(db))
}

interface Foreign {
  readonly found: string
  readonly mend: string
}

function foreignIn(known: readonly string[], done: readonly string[]): Foreign | null {
  const last = known.toSorted().at(-1) ?? ''
  const unknown = done.filter(name => !known.includes(name))
  if (unknown.length === 0) return null
  // The numbers of a pre-release began at 0001, too, under other names.
  if (unknown.some(name => name <= last))
    return {
      found: 'a pre-release of Threadwork made its tables, and this program cannot read them',
      mend: 'Write the mails of each list with the old program ("threadwork export mbox --list NAME --out FILE"), then start with an empty data directory or database and import these files',
    }
  return {
    found: `a newer Threadwork made its tables (${unknown.join(', ')})`,
    mend: 'Start that version, or a newer one',
  }
}

async function executed(db: Kysely<Tables>): Promise<string[]> {
  const { rows: there } = await sql`select where to_regclass('kysely_migration') is not null`.execute(db)
  if (there.length === 0) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}

function migrator(db: Kysely<Tables>): Migrator {
  return new Migrator({ db, provider: { getMigrations: readMigrations } })
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(directory)).filter(name => name.endsWith('.sql'))
  const migrations = files.map(async (file): Promise<[string, Migration]> => {
    const text = await readFile(join(directory, file), 'utf8')
    // Without parameters `pg` uses the simple protocol, which takes many statements at once.
    return [file.replace(/\.sql$/, ''), { up: async db => void (await sql.raw(text).execute(db)) }]
  })
  return Object.fromEntries(await Promise.all(migrations))
}
