// Pushes to refs/for/ become series: who pushed is asked of the policy, and what leaves goes the way of submitted patches.
import { join } from 'node:path'
import { spoolOf } from '../../ci/spool.ts'
import { makeResolver } from '../../ingest/auth/resolver.ts'
import { postSeries } from '../../ingest/submission/post-series.ts'
import { Refusal } from '../../ingest/submission/refusal.ts'
import { openPolicy } from '../../tracker/build/policy-file.ts'
import { SeriesRefusal } from '../../tracker/build/series.ts'
import { type PushedSeries, startSeriesIntake } from '../../tracker/build/series-intake.ts'
import type { Serving } from './serving.ts'

export function startSeries({ config, pools, log, closers }: Serving, data: string): void {
  if (config.ci.policy === null) return
  const { mailBytesMax } = config.limits
  const resolve = makeResolver(config.auth.dns)
  const post = async (posting: PushedSeries) => {
    if (config.relay === null) throw new SeriesRefusal('The server has no relay, so no mail can leave')
    try {
      return await postSeries(posting, { db: pools.main, resolve, mailBytesMax })
    } catch (error) {
      throw error instanceof Refusal ? new SeriesRefusal(error.message) : error
    }
  }
  const intake = startSeriesIntake({
    ...{ log, post, bytesMax: mailBytesMax, spool: spoolOf(config.ci, data) },
    policy: openPolicy(config.ci.policy.path),
    // GnuPG locks a home, so it is not that of the builds.
    homes: join(data, 'series-keys'),
  })
  closers.push(() => intake.close())
}
