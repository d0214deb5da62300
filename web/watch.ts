// A small HTTP server for whoever watches the process: `/metrics` for Prometheus, `/healthz` and `/readyz` for a service
// manager or a load balancer. It is apart from the pages, because a web server in front of those would show it to the world.
import type { Hono } from 'hono'
import { Hono as App } from 'hono'
import type { Kysely } from 'kysely'
import type { Endpoint } from '../base/endpoint.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Tables } from '../sql/tables.ts'
import { addHealth } from './health.ts'
import { type Listener, listen } from './listen.ts'

export interface WatchOptions extends Endpoint {
  readonly db: Kysely<Tables>
  readonly metrics: Metrics
}

export function startWatch({ db, metrics, ...endpoint }: WatchOptions): Promise<Listener> {
  const app: Hono = new App()
  addHealth(app, db)
  app.get('/metrics', async c => c.text(await metrics.show(), 200, { 'Content-Type': metrics.contentType }))
  return listen(app, endpoint, 'metrics')
}
