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

/** `url` serves child processes as DATABASE_URL. The database is there until the file has ended. */
export async function testDatabase(): Promise<{ db: Kysely<Tables>; url: string }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // Copied as files, for the server syncs none of them; the other way writes each page into its log as well.
  await onServer([`create database ${name} template threadwork strategy file_copy`])
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
