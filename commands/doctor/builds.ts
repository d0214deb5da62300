// What waits to be built, and whether anybody is there to build it.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { buildCounts } from '../../sql/build-state.ts'
import { listRunners, type Runner, revokedLocalRunners } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Finding } from './finding.ts'

/** Nothing where nothing was ever built and nobody could build it. */
export async function builds(db: Kysely<Tables>, now = new Date()): Promise<Finding[]> {
  const runners = await listRunners(db)
  const { queued, running, waiting, oldestSeconds } = await buildCounts(db)
  const revoked = await revokedLocalRunners(db)
  if (runners.length + revoked.length + queued + running + waiting === 0) return []
  const oldest = queued === 0 ? '' : `, the oldest for ${Math.round(oldestSeconds)} s`
  const found = `${queued} in the queue${oldest}; ${running} run, ${waiting} wait for somebody's word`
  const there = runners.some(runner => isThere(runner, now))
  const idle = queued === 0 || (there && oldestSeconds < limits.queuedSecondsMax)
  const queue: Finding = idle
    ? { well: true, what: 'builds', found }
    : { well: false, what: 'builds', found, mend: there ? tooWeak : nobody }
  return [queue, ...runners.map(runner => runnerFinding(runner, now)), ...revoked.map(revokedFinding)]
}

const nobody = 'start "threadwork serve" with sandbox in [ci], or "threadwork runner" elsewhere (docs/ci.md)'
const tooWeak =
  'let more be built at once, or, where the policy wants a stronger sandbox than the runners have, give them one (docs/ci.md)'

const isThere = ({ seenAt }: Runner, now: Date): boolean =>
  seenAt !== null && now.getTime() - seenAt.getTime() < limits.buildLeaseSecondsMax * 1_000

/** One that is silent may have been switched off for good: it is no disorder, unless builds wait for it. */
function runnerFinding(runner: Runner, now: Date): Finding {
  const { name, seenAt, running, health } = runner
  const tiers = 'tiers' in health && Array.isArray(health.tiers) ? health.tiers.join(',') : ''
  const last = seenAt === null ? 'has never asked for a build' : `last word ${seenAt.toISOString()}`
  const found = isThere(runner, now) ? `is there with ${tiers}, and runs ${running}` : last
  return { well: true, what: `runner ${name}`, found }
}

const revokedFinding = (name: string): Finding => ({
  well: true,
  what: `runner ${name}`,
  found:
    'its token was revoked, so it builds nothing; "threadwork serve" gives it another one when it starts',
})
