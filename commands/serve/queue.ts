import type { Log } from '../../base/log.ts'
import { listenForBuilds } from '../../sql/build-news.ts'
import { placeOf } from '../../tracker/build/place.ts'
import { makeQueue, type Queue } from '../../tracker/build/queue.ts'
import type { Serving } from './serving.ts'

/** Of this process, for the runners that come by any of its doors. Throws when the policy cannot be read. */
export async function openQueue(
  { config, pools, log, databaseUrl, closers }: Serving,
  data: string,
): Promise<Queue> {
  const { policy } = config.ci
  const { openPolicy } = await import('../../tracker/build/policy-file.ts')
  const current = policy === null ? () => null : openPolicy(policy.path)
  const last = lastOf(current)
  const news = listenForBuilds(databaseUrl)
  closers.push(() => news.close())
  const { reportBuild } = await import('../../tracker/build/report.ts')
  const report = { policy: last, data, url: config.url }
  return makeQueue({
    db: pools.web,
    news,
    placeOf: placeOf({ policy: current, data }),
    isHeld: heldBy(current, log),
    tell: (trx, build, attempt) => reportBuild(trx, build, attempt, report),
  })
}

/** What could be read last: a build that ends while the policy is wrong is told as before. Throws when there is none yet. */
function lastOf<T>(read: () => T): () => T {
  let last = read()
  return () => {
    try {
      last = read()
    } catch {
      // It is said where builds wait for it.
    }
    return last
  }
}

/** While the policy is wrong nothing is built: a mistake in it would end all that waits as an error. Said once. */
function heldBy(policy: () => unknown, log: Pick<Log, 'error'>): () => boolean {
  let told = ''
  return () => {
    try {
      policy()
      told = ''
      return false
    } catch (error) {
      const { message } = error as Error
      if (message !== told) log.error({ error }, 'Builds wait until the policy can be read')
      told = message
      return true
    }
  }
}
