// Looks into the spool, one after the other: at once when something was put there, and now and then in case that was missed.
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../../base/limits.ts'
import { makeSpool, watchSpool } from '../../ci/spool.ts'

export interface SpoolLooks {
  /** Resolves when the last look has ended. */
  close(): Promise<void>
}

/** `spool`: a directory; it is made when it is not there. `look` never rejects. */
export function startSpoolLooks(spool: string, look: () => Promise<void>): SpoolLooks {
  const stop = new AbortController()
  makeSpool(spool)
  let news = new AbortController()
  const watched = watchSpool(spool, () => news.abort())
  const run = async () => {
    while (!stop.signal.aborted) {
      news = new AbortController()
      await look()
      const woken = AbortSignal.any([stop.signal, news.signal])
      await sleep(limits.spoolLookMillisecondsMax, undefined, { signal: woken }).catch(() => {})
    }
  }
  const running = run()
  return {
    async close() {
      stop.abort()
      watched.close()
      await running
    },
  }
}
