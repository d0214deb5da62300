// The HTTP server around the pages.
import type { Kysely } from 'kysely'
import { type Endpoint, showEndpoint } from '../base/endpoint.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Tables } from '../sql/tables.ts'
import { type AppOptions, makeApp } from './app.ts'
import { type Listener, listen } from './listen.ts'

export interface WebOptions extends Endpoint {
  readonly db: Kysely<Tables>
  readonly log: { error(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly metrics?: Metrics
  /** Where the world sees the pages, without a slash at its end; null when the configuration does not say. */
  readonly url?: string | null
  readonly builds?: AppOptions['builds']
  readonly offers?: AppOptions['offers']
  readonly grants?: AppOptions['grants']
  readonly data?: AppOptions['data']
  readonly place?: AppOptions['place']
  /** Is told where the world sees the pages. */
  readonly submission?: ((url: () => string) => AppOptions['submission']) | undefined
}

/** Resolves once it accepts connections; rejects when the address is taken or not ours. */
export async function startWeb(options: WebOptions): Promise<Listener> {
  const {
    db,
    log,
    metrics,
    url = null,
    builds,
    offers,
    grants,
    data,
    place,
    submission,
    ...endpoint
  } = options
  let own: string | undefined
  const app = makeApp({
    db,
    onError: (error, path) => {
      metrics?.errors.inc({ kind: 'page' })
      log.error({ error, path }, 'A page could not be made')
    },
    url,
    listening: () => own,
    builds,
    offers,
    grants,
    data,
    place,
    submission: submission?.(() => url ?? own ?? ''),
    timing: { metrics, onSlow: fields => log.warn(fields, 'A page took long') },
  })
  const listener = await listen(app, endpoint, 'HTTP')
  // Nobody reaches a server by the address that stands for all of its own.
  if (!/^(?:0\.0\.0\.0|::)$/.test(listener.host)) own = `http://${showEndpoint(listener)}`
  return listener
}
