// Brings a database to the newest schema: the numbered files of sql/migrations, each once, in order, forward only.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Tables } from './tables.ts'

const directory = join(import.meta.dirname, 'migrations')

/**
 * Safe when several processes start at once: one runs the files, the others wait and find nothing to do.
 * All new files run in one transaction; an error leaves the database as it was.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error, results } = await migrator(db).migrateToLatest()
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
