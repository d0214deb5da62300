// What a runner last said of itself, as far as it can be read: it may be of another version of this program.
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { type TierName, tierNames } from '../../ci/job.ts'
import type { Runner } from '../../sql/runners.ts'

const schema = z.object({
  tiers: z.array(z.string().max(40)).max(10).catch([]),
  atOnce: z.number().nullable().catch(null),
  cpus: z.number().nullable().catch(null),
  memoryFreeBytes: z.number().nullable().catch(null),
  version: z.string().max(100).nullable().catch(null),
  launcher: z.string().max(200).nullable().catch(null),
})

export interface RunnerHealth extends z.infer<typeof schema> {
  /** It said something within a lease. */
  readonly there: boolean
  /** Processors that one build of it has; null where it does not say. */
  readonly cpusOfBuild: number | null
  /** The sandbox that mailed code goes to there; null where none would do. */
  readonly sandbox: string | null
}

const nothing = { tiers: [], atOnce: null, cpus: null, memoryFreeBytes: null, version: null, launcher: null }

/** `weakest`: the weakest sandbox that will do; null for any. */
export function runnerHealth(
  { health, seenAt }: Pick<Runner, 'health' | 'seenAt'>,
  now: Date,
  weakest: TierName | null = null,
): RunnerHealth {
  const said = schema.safeParse(health).data ?? nothing
  const { cpus, atOnce, tiers } = said
  const last = weakest === null ? tierNames.length : tierNames.indexOf(weakest) + 1
  return {
    ...said,
    there: seenAt !== null && now.getTime() - seenAt.getTime() < limits.buildLeaseSecondsMax * 1_000,
    cpusOfBuild: cpus === null ? null : Math.max(1, Math.floor(cpus / (atOnce ?? 1))),
    sandbox: tierNames.slice(0, last).find(name => name !== 'none' && tiers.includes(name)) ?? null,
  }
}
