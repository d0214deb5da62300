// What the policy of today says of the repository that a build is of.
import { readFile } from 'node:fs/promises'
import { matchesRef, type Policy } from '../../ci/policy.ts'
import { publishedRepository } from '../../ci/published.ts'
import { gitPath } from '../../ci/wire.ts'
import type { BuildRow } from '../../sql/builds.ts'
import type { PlaceOf } from './job-of.ts'

export interface PlaceOptions {
  /** As it is now. Throws what is wrong in it. */
  readonly policy: () => Policy | null
  readonly data: string
}

/** The repository that a build is fetched from, as the address calls it. */
export const gitNameOf = ({ kind, repository }: Pick<BuildRow, 'kind' | 'repository'>): string =>
  kind === 'push' ? repository : 'ci'

export const placeOf =
  ({ policy, data }: PlaceOptions): PlaceOf =>
  async build => {
    const repository = policy()?.repositories.find(({ name }) => name === build.repository)
    if (repository === undefined) return `Cannot build: the policy names no repository "${build.repository}"`
    const { path, network, limits, weakest, secrets } = repository
    const pushed = build.kind === 'push'
    const due = pushed ? secrets.filter(({ refs }) => matchesRef(refs, build.ref)) : []
    const values = await Promise.all(
      due.map(async ({ name, file }) => [name, (await readFile(file, 'utf8')).trimEnd()]),
    )
    return {
      directory: pushed ? path : publishedRepository(data),
      path: `${gitPath}${gitNameOf(build)}.git`,
      ...{ network, limits, weakest },
      secrets: Object.fromEntries(values),
    }
  }
