// A database for one measurement, thrown away behind it.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { openDatabase } from '../../sql/server.ts'
import type { Tables } from '../../sql/tables.ts'
import { cpuOfTree } from './cpu.ts'

export interface BenchDatabase {
  readonly db: Kysely<Tables>
  /** Of the measurement, for its files. */
  readonly directory: string
  /** Threadwork's data directory. */
  readonly data: string
  /** CPU milliseconds that PostgreSQL has used so far. */
  databaseCpu(): number
}

export async function withBenchDatabase<T>(measure: (bench: BenchDatabase) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-bench-'))
  // PostgreSQL runs under another account when we are root, and must get through.
  chmodSync(directory, 0o711)
  const data = join(directory, 'data')
  const database = await openDatabase(
    { database: null, data, dataChosen: true },
    { info: () => {}, warn: console.warn },
  )
  const postmaster = Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  try {
    return await measure({ db: database.db, directory, data, databaseCpu: () => cpuOfTree(postmaster) })
  } finally {
    await database.close()
    rmSync(directory, { recursive: true })
  }
}
