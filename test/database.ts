// A database of its own for each test: a clone of the migrated template on the one server of the test run.
import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import pg from 'pg'
import { inject } from 'vitest'
import { connect } from '../sql/connect.ts'
import type { Tables } from '../sql/tables.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the server's maintenance database. */
    server: string
  }
}

const made: string[] = []

interface TestDatabase {
  readonly db: Kysely<Tables>
  /** Serves child processes as DATABASE_URL. */
  readonly url: string
}

/** The database is there until the file has ended. Copied as files, for the server syncs none of them; the other way writes each page into its log as well. */
export const testDatabase = (): Promise<TestDatabase> =>
  databaseLike('template threadwork strategy file_copy')

/** One without tables. */
export const emptyDatabase = (): Promise<TestDatabase> => databaseLike('')

async function databaseLike(model: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer([`create database ${name} ${model}`])
  made.push(name)
  const url = new URL(inject('server'))
  url.pathname = `/${name}`
  return { db: connect(url.href, { max: 5 }), url: url.href }
}

/** The server keeps its files in memory, and a run makes hundreds of databases. */
export async function dropTestDatabases(): Promise<void> {
  if (made.length > 0) await onServer(made.splice(0).map(name => `drop database ${name} with (force)`))
}

async function onServer(statements: readonly string[]): Promise<void> {
  const server = new pg.Client({ connectionString: inject('server') })
  await server.connect()
  for (const statement of statements) await server.query(statement)
  await server.end()
}
