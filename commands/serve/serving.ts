import type { Config } from '../../base/config.ts'
import type { Log } from '../../base/log.ts'
import type { Metrics } from '../../base/metrics.ts'
import type { Pools } from './pools.ts'

/** What every role is started with. */
export interface Serving {
  readonly config: Config
  readonly pools: Pools
  /** For a connection of one's own. */
  readonly databaseUrl: string
  readonly log: Log
  readonly metrics: Metrics
  /** What ends the process in order; called from the last to the first. */
  readonly closers: (() => Promise<void>)[]
}
