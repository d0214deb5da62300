// How long mails waited from their commit to their topic, for the log and the metrics.
import type { Log } from '../../base/log.ts'
import type { Metrics } from '../../base/metrics.ts'

/** A mail that has a cluster, and no topic yet. */
interface SortedMail {
  readonly messageId: string
  /** Milliseconds since 1970. */
  readonly knownAt: number
}

export interface Lag {
  sorted(mails: readonly SortedMail[]): void
  /** So many clusters were folded just now; `all` says that none is left, so what was sorted is on the pages. */
  folded(clusters: number, all: boolean): void
}

/** While a long import is sorted before it is folded, no more than this is kept for the figures. */
const mailsKeptMax = 1_000

/** For one list's rounds of sorting and folding. */
export function measureLag(list: string, log: Log, metrics: Metrics | undefined): Lag {
  let waiting: SortedMail[] = []
  return {
    sorted(mails) {
      waiting.push(...mails.slice(0, mailsKeptMax - waiting.length))
      metrics?.sorted.inc(mails.length)
    },
    folded(clusters, all) {
      metrics?.folded.inc(clusters)
      if (!all || waiting.length === 0) return
      const now = Date.now()
      // Another machine's clock may be ahead.
      const lags = waiting.map(({ knownAt }) => Math.max(0, now - knownAt))
      for (const lag of lags) metrics?.lag.observe(lag / 1000)
      log.info({ list, mails: waiting.length, clusters, lagMs: Math.max(...lags) }, 'Sorted mails')
      for (const [index, { messageId }] of waiting.entries())
        log.debug({ list, messageId, lagMs: lags[index] }, 'Sorted a mail')
      waiting = []
    },
  }
}
