// Opens the database: the one that DATABASE_URL names, else the embedded server of the data directory.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Config } from '../base/config.ts'
import { limits } from '../base/limits.ts'
import { type ConnectOptions, connect } from './connect.ts'
import { blockedAt, serverAccount } from './embedded/account.ts'
import { type Embedded, type JoinOptions, joinEmbedded, type ServerLog } from './embedded/embedded.ts'
import { migrate } from './migrate.ts'
import type { Tables } from './tables.ts'

export interface Database {
  readonly db: Kysely<Tables>
  readonly url: string
  /** Rejects when the database is gone for good; nothing that needs it can go on. */
  readonly lost: Promise<never>
  /** Another pool, so that what uses it neither waits for others nor keeps them waiting. Ended by `close`. */
  pool(options: ConnectOptions): Kysely<Tables>
  /** Ends the pools and, as its last user, the embedded server. */
  close(): Promise<void>
}

type DatabaseChoice = Pick<Config, 'database' | 'data' | 'dataChosen'>

const serviceData = '/var/lib/threadwork'
const oldestVersion = 150_000

export interface OpenOptions extends JoinOptions {
  /** The tables are left as they are, or are not there. */
  readonly bare?: boolean
}

/** Connected and migrated. */
export async function openDatabase(
  choice: DatabaseChoice,
  log: ServerLog,
  options: OpenOptions = {},
): Promise<Database> {
  const server = await joinServer(choice, log, options)
  const db = connect(server.url, { max: limits.databaseConnectionsMax })
  const pools = [db]
  const pool = (options: ConnectOptions) => {
    const more = connect(server.url, options)
    pools.push(more)
    return more
  }
  const close = async (): Promise<void> => {
    const ended = Promise.all(pools.map(each => each.destroy()))
    // A query that still runs (after Ctrl-C) must not keep us, nor the server.
    await Promise.race([ended, sleep(limits.databaseCloseSecondsMax * 1000, undefined, { ref: false })])
    await server.leave()
  }
  try {
    await checkVersion(db)
    if (!options.bare) await migrate(db)
  } catch (error) {
    await close()
    throw error
  }
  return { db, url: server.url, lost: server.lost, pool, close }
}

/** The server alone: nothing is migrated, and a database that DATABASE_URL names is not yet asked. */
export async function joinServer(
  choice: DatabaseChoice,
  log: ServerLog,
  options?: JoinOptions,
): Promise<Embedded> {
  if (choice.database !== null)
    return { url: choice.database, lost: new Promise(() => {}), leave: async () => {} }
  return joinEmbedded(dataDirectory(choice, log), log, options)
}

/**
 * Root often works under /root, which no other account can pass, and PostgreSQL refuses root. A directory that
 * somebody chose is an error then; the default one moves to where services keep their data.
 */
export function dataDirectory(
  { data, dataChosen }: Omit<DatabaseChoice, 'database'>,
  log: ServerLog,
): string {
  if (statSync(data, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new Error(
      `Cannot keep data in "${data}": it is no directory; allowed: a directory, or a path where one can be made (data, --data, THREADWORK_DATA)`,
    )
  const blocked = dataChosen ? null : blockedAt(data, serverAccount(join(data, 'postgres')))
  if (blocked === null) return data
  log.warn(
    `"${blocked}" lets no other account pass and PostgreSQL does not run as root: the data is in "${serviceData}"`,
  )
  return serviceData
}

/** Throws when PostgreSQL is too old or cannot be reached; gives its major. */
export async function checkVersion(db: Kysely<Tables>): Promise<number> {
  const { rows } = await askVersion(db)
  const version = Number(rows[0]?.server_version_num)
  if (version >= oldestVersion) return Math.floor(version / 10_000)
  throw new Error(
    `Cannot use this database: it is PostgreSQL ${Math.floor(version / 10_000)}, and 15 is the oldest allowed`,
  )
}

async function askVersion(db: Kysely<Tables>) {
  try {
    return await sql<{ server_version_num: string }>`show server_version_num`.execute(db)
  } catch (error) {
    throw new Error(
      `Cannot reach the database: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`,
      { cause: error },
    )
  }
}
