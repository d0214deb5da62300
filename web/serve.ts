// The HTTP server around the pages.
import type { Kysely } from 'kysely'
import type { Endpoint } from '../base/endpoint.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Tables } from '../sql/tables.ts'
import { makeApp } from './app.ts'
import { type Listener, listen } from './listen.ts'

export interface WebOptions extends Endpoint {
  readonly db: Kysely<Tables>
  readonly log: { error(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly metrics?: Metrics
}

/** Resolves once it accepts connections; rejects when the address is taken or not ours. */
export function startWeb({ db, log, metrics, ...endpoint }: WebOptions): Promise<Listener> {
  const app = makeApp({
    db,
    onError: (error, path) => {
      metrics?.errors.inc({ kind: 'page' })
      log.error({ error, path }, 'A page could not be made')
    },
    timing: { metrics, onSlow: fields => log.warn(fields, 'A page took long') },
  })
  return listen(app, endpoint, 'HTTP')
}
