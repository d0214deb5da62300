import { type Endpoint, showEndpoint } from '../../base/endpoint.ts'
import { type Metrics, makeMetrics } from '../../base/metrics.ts'
import { backlog } from '../../sql/backlog.ts'
import { poolState } from '../../sql/connect.ts'
import type { Pools } from './pools.ts'
import type { Serving } from './serving.ts'

/** The metrics of this process, and the server that shows them where one is configured; else no address. */
export async function startWatch(
  endpoint: Endpoint | null,
  pools: Pools,
  closers: Serving['closers'],
): Promise<{ metrics: Metrics; address: string | null }> {
  const metrics = makeMetrics({
    backlog: () => backlog(pools.web).catch(() => undefined),
    pools: () => Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, poolState(pool)])),
  })
  if (endpoint === null) return { metrics, address: null }
  const { startWatch: listen } = await import('../../web/watch.ts')
  const watching = await listen({ ...endpoint, db: pools.web, metrics })
  closers.push(() => watching.close())
  return { metrics, address: `http://${showEndpoint(watching)}/metrics` }
}
