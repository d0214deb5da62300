// Measures every answer: a histogram by route for the metrics, and a line in the log for one that took too long.
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { limits } from '../base/limits.ts'
import type { Metrics } from '../base/metrics.ts'

export interface Timing {
  readonly metrics?: Metrics | undefined
  onSlow(fields: { readonly path: string; readonly ms: number }): void
}

/** The time until the answer begins; a long mbox flows on behind that. */
export const measure = ({ metrics, onSlow }: Timing): MiddlewareHandler =>
  async function measured(c, next) {
    const began = performance.now()
    await next()
    const ms = performance.now() - began
    // The handler that ran last; when none but the layers around all pages did, nothing is at this address.
    const path = routePath(c)
    const route = path === '/*' ? 'none' : path
    metrics?.pages.observe({ route, status: String(c.res.status) }, ms / 1000)
    if (ms > limits.pageMillisecondsMax) onSlow({ path: c.req.path, ms: Math.round(ms) })
  }
