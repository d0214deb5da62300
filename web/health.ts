// `/healthz`: the process is alive. `/readyz`: its database answers and has the tables of this program; 503 with the
// reason when not. A list cannot have such a name.
import type { Hono } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../sql/tables.ts'
import { whyNotReady } from './ready.ts'

/** The whole answer of `/healthz`. */
export const aliveText = 'alive\n'

export function addHealth(app: Hono, db: Kysely<Tables>): void {
  app.get('/healthz', c => c.text(aliveText))
  app.get('/readyz', async c => {
    const reason = await whyNotReady(db)
    return reason === null ? c.text('ready\n') : c.text(`not ready: ${reason}\n`, 503)
  })
}
