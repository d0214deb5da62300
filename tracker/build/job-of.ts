// From the row of a build to the job that a runner is handed: what it may cost and reach is said by the policy of today, and by
// the terms under which the build was added.
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { type Job, type JobLimits, jobSchema, type TierName, tierNames } from '../../ci/job.ts'
import type { Claim } from '../../sql/build-attempts.ts'
import type { BuildRow } from '../../sql/builds.ts'

/** What the policy says of the repository that a build is of, now. */
interface BuildPlace {
  /** For a runner of this machine. */
  readonly directory: string
  /** For all others: where it is below the server's own address. */
  readonly path: string
  readonly network: boolean
  readonly limits: Partial<JobLimits>
  /** The weakest sandbox that will do; null for whichever the runner has. */
  readonly weakest: TierName | null
  /** By name; values, never kept in a row. */
  readonly secrets: Readonly<Record<string, string>>
}

/** A sentence when it cannot be built any more. */
export type PlaceOf = (build: BuildRow) => Promise<BuildPlace | string>

/** What `build.terms` may say; what it says counts instead of the policy's. */
const termsSchema = z.object({
  limits: z.record(z.string(), z.number()).optional(),
  network: z.boolean().optional(),
  weakest: z.enum(tierNames).nullable().optional(),
  /** Of a retest: the names that were asked for. */
  checks: z.array(z.string()).optional(),
})

export interface Asker {
  readonly local: boolean
  /** Processors that one build of it may have. */
  readonly cpus: number
}

/** Throws an Error whose message says why there is none. */
export async function jobOf(claim: Claim, asker: Asker, placeOf: PlaceOf): Promise<Job> {
  const { build, attempt } = claim
  const place = await placeOf(build)
  if (typeof place === 'string') throw new Error(place)
  const { checks, limits: allowed, ...wall } = allowanceOf(build, place)
  return jobSchema.parse({
    id: `build-${build.number}-${attempt}`,
    repository: asker.local ? place.directory : place.path,
    commit: build.commit,
    ref: build.ref,
    kind: build.kind === 'push' ? 'push' : 'patchset',
    only: checks.map(name => name.toLowerCase()),
    ...wall,
    limits: { cpus: asker.cpus, ...allowed },
    environment: environmentOf(build, attempt),
    secrets: build.kind === 'push' ? place.secrets : {},
  })
}

/** What it may cost and reach, whoever builds it; of processors the runner says how many there are. */
export function allowanceOf({ terms: given }: Pick<BuildRow, 'terms'>, place: BuildPlace) {
  const terms = termsSchema.parse(given)
  return {
    checks: terms.checks ?? [],
    weakest: terms.weakest ?? place.weakest,
    network: terms.network ?? place.network,
    limits: { ...limits.build, ...place.limits, ...terms.limits },
  }
}

const environmentOf = ({ number, base, kind }: BuildRow, attempt: number): Record<string, string> => ({
  CI_BUILD: number,
  CI_ATTEMPT: String(attempt),
  CI_KIND: kind,
  ...(base === null ? {} : { CI_BASE: base }),
})
