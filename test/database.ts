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

/**
 * Clones are not dropped (that takes longer than to make one); the server ends with the test run. `url` serves
 * child processes as DATABASE_URL.
 */
export async function testDatabase(): Promise<{ db: Kysely<Tables>; url: string }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const server = new pg.Client({ connectionString: inject('server') })
  await server.connect()
  await server.query(`create database ${name} template threadwork`)
  await server.end()
  const url = new URL(inject('server'))
  url.pathname = `/${name}`
  return { db: connect(url.href, { max: 5 }), url: url.href }
}
