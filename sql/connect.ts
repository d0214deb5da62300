// A pool of connections to PostgreSQL behind kysely, the one way that Threadwork talks to its database.
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

/** Opens no connection yet. A bigint comes as a string (`pg`'s default), jsonb parsed. `max` counts connections. */
export function connect(url: string, { max = 10 }: { max?: number } = {}): Kysely<Tables> {
  const pool = new pg.Pool({ connectionString: url, max, application_name: 'threadwork' })
  // An idle connection that breaks is reported here; the pool drops it and the next query opens another.
  // Without a listener Node would end the process.
  pool.on('error', () => {})
  // One that breaks between two queries of a transaction is reported by the client alone; the next query fails.
  pool.on('connect', client => client.on('error', () => {}))
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
