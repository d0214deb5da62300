// A pool of connections to PostgreSQL behind kysely, the one way that Threadwork talks to its database.
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { PoolState } from '../base/metrics.ts'
import { statementName } from './prepared.ts'
import type { Tables } from './tables.ts'

export interface ConnectOptions {
  /** Connections at most. */
  readonly max?: number
  /** A query that is not answered by then fails, and its connection is dropped. Without it queries may take hours. */
  readonly answerSecondsMax?: number
  /** The same for opening a connection. */
  readonly connectSecondsMax?: number
}

/** Opens no connection yet. A bigint comes as a string (`pg`'s default), jsonb parsed. */
export function connect(url: string, options: ConnectOptions = {}): Kysely<Tables> {
  const { max = 10, answerSecondsMax, connectSecondsMax = 0 } = options
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'threadwork',
    // A server that vanished without a word (power, cable) is noticed in minutes, not never.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    // While all connections hang, whoever waits for a free one gives up as well.
    connectionTimeoutMillis: connectSecondsMax * 1000,
    ...(answerSecondsMax === undefined ? {} : timeouts(answerSecondsMax * 1000)),
  })
  // An idle connection that breaks is reported here; the pool drops it and the next query opens another.
  // Without a listener Node would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => {
    // One that breaks between two queries of a transaction is reported by the client alone; the next query fails.
    client.on('error', () => {})
    guard(client)
  })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  pools.set(db, pool)
  return db
}

/** How the connections of `connect` are used now. */
export function poolState(db: Kysely<Tables>): PoolState {
  const pool = pools.get(db)
  return { open: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 }
}

const pools = new WeakMap<Kysely<Tables>, pg.Pool>()

/**
 * kysely gives text and values; `pg` prepares what has a name. After some failures the connection is broken off, and the
 * pool throws it away.
 */
function guard(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...words: unknown[]) => unknown
  const guarded = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    const name = typeof text === 'string' && Array.isArray(values) ? statementName(text) : undefined
    const answer = name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest)
    const isSpoilt = (error: unknown) => isSilence(error) || (name !== undefined && isOutdated(error))
    if (answer instanceof Promise) answer.catch(error => isSpoilt(error) && breakOff(client))
    return answer
  }
  client.query = guarded as typeof client.query
}

/** A newer program changed the tables behind a prepared statement: a fresh connection prepares it anew. */
const isOutdated = (error: unknown) => error instanceof pg.DatabaseError && error.code === '0A000'

/** The server gives up first, so that no query that nobody waits for goes on there. */
const timeouts = (answerMs: number) => ({ statement_timeout: answerMs, query_timeout: answerMs + 1000 })

/**
 * After `query_timeout` the client of `pg` still waits for the answer, and would keep whoever gets it next (the
 * ROLLBACK first of all) waiting as well.
 */
const isSilence = (error: unknown) => error instanceof Error && error.message === 'Query read timeout'

/** While a query is under way, `end` destroys the socket without a word to the server. */
const breakOff = (client: pg.PoolClient) => void (client as unknown as pg.Client).end()
