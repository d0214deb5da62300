// What `/metrics` tells of this process, in one place: names, labels and what they count. Every label has few values;
// none comes from a mail or a URL.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  /** Mails by road (smtp, lmtp ...) and result: kept, known (had the same bytes), refused (5xx), later (4xx). */
  readonly arrivals: Counter<'road' | 'result'>
  /** Bytes of the mails that were kept. */
  readonly arrivalBytes: Counter<'road'>
  readonly sorted: Counter
  readonly folded: Counter
  /** Seconds from a mail's commit to its topic on the pages. */
  readonly lag: Histogram
  /** Kinds: connection (refused at the door), store, sort, page. */
  readonly errors: Counter<'kind'>
  readonly pages: Histogram<'route' | 'status'>
  /** The text that Prometheus reads. */
  show(): Promise<string>
  readonly contentType: string
}

/** What waits in the database; undefined while it is away. */
export interface Backlog {
  readonly unsorted: number
  readonly oldestSeconds: number
  readonly unfolded: number
  readonly failed: number
  /** Mails that did not leave yet, and those refused or bounced within a week. */
  readonly owed: number
  readonly undelivered: number
  /** Builds that could be built, and those that are. */
  readonly queued: number
  readonly queuedSeconds: number
  readonly building: number
  /** Runners that said something within a lease. */
  readonly runners: number
}

export interface PoolState {
  readonly open: number
  readonly idle: number
  readonly waiting: number
}

/** What is asked each time somebody reads the metrics. */
export interface Asked {
  backlog(): Promise<Backlog | undefined>
  pools(): Readonly<Record<string, PoolState>>
}

/** A registry of its own, so that two instances in one process do not count together. */
export function makeMetrics(asked: Asked): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const askBacklog = addBacklog(registry, asked)
  addPools(registry, asked)
  return {
    arrivals: new Counter({
      name: 'threadwork_arrivals_total',
      help: 'Mails by road and result: kept, known (had these bytes), refused (5xx), later (4xx)',
      labelNames: ['road', 'result'],
      registers,
    }),
    arrivalBytes: new Counter({
      name: 'threadwork_arrival_bytes_total',
      help: 'Bytes of the mails that were kept',
      labelNames: ['road'],
      registers,
    }),
    sorted: new Counter({ name: 'threadwork_sorted_total', help: 'Mails given to a cluster', registers }),
    folded: new Counter({ name: 'threadwork_folded_total', help: 'Clusters made into topics', registers }),
    lag: new Histogram({
      name: 'threadwork_lag_seconds',
      help: 'From the commit of a mail to its topic on the pages',
      buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600],
      registers,
    }),
    errors: new Counter({
      name: 'threadwork_errors_total',
      help: 'What went wrong: connection (refused at the door), store, sort, judge, page',
      labelNames: ['kind'],
      registers,
    }),
    pages: new Histogram({
      name: 'threadwork_page_seconds',
      help: 'Time to answer a page, by route and status',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
    async show() {
      await askBacklog()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

/** Answers what brings the gauges up to date. While the database is away they have no value: the last would be a lie. */
function addBacklog(registry: Registry, asked: Asked): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })
  const up = gauge('threadwork_database_up', '1 when the database answered just now')
  const gauges: Record<keyof Backlog, Gauge> = {
    unsorted: gauge('threadwork_unsorted_mails', 'Mails in the log that no cluster has yet'),
    oldestSeconds: gauge('threadwork_oldest_unsorted_seconds', 'Age of the oldest of them; 0 without any'),
    unfolded: gauge('threadwork_dirty_clusters', 'Clusters that changed and are not folded yet'),
    failed: gauge('threadwork_failed_clusters', 'Clusters that could not be folded; doctor names them'),
    owed: gauge('threadwork_owed_mails', 'Mails in the outbox that did not leave yet'),
    queued: gauge('threadwork_queued_builds', 'Builds that no runner has yet'),
    queuedSeconds: gauge(
      'threadwork_oldest_queued_seconds',
      'How long the oldest of them waits; 0 without any',
    ),
    building: gauge('threadwork_running_builds', 'Builds that a runner has'),
    runners: gauge('threadwork_runners', 'Runners that said something within a minute'),
    undelivered: gauge('threadwork_failed_mails', 'Mails that were refused or bounced within a week'),
  }
  return async () => {
    const backlog = await asked.backlog()
    up.set(backlog === undefined ? 0 : 1)
    for (const key of Object.keys(gauges) as (keyof Backlog)[]) {
      if (backlog === undefined) gauges[key].remove()
      else gauges[key].set(backlog[key])
    }
  }
}

function addPools(registry: Registry, asked: Asked): void {
  new Gauge({
    name: 'threadwork_database_connections',
    help: 'Connections of each pool: open, idle, and requests that wait for one',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, states] of Object.entries(asked.pools()))
        for (const [state, count] of Object.entries(states)) this.set({ pool, state }, count)
    },
  })
}
