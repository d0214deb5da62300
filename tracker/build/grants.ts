// What a runner may fetch beside what is offered to everybody: the commits of the builds that it has, for as long as it has them.
import type { Kysely } from 'kysely'
import type { Policy } from '../../ci/policy.ts'
import { publishedRepository } from '../../ci/published.ts'
import { buildsOfRunner } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import { gitNameOf } from './place.ts'

export interface Grant {
  readonly directory: string
  readonly commits: ReadonlySet<string>
}

/** By the name in the address, without `.git`; null for a repository of which it builds nothing. */
export type GrantOf = (runner: number, name: string) => Promise<Grant | null>

export const grantsOf =
  (db: Kysely<Tables>, policy: () => Policy | null, data: string): GrantOf =>
  async (runner, name) => {
    const builds = (await buildsOfRunner(db, runner)).filter(build => gitNameOf(build) === name)
    const kind = builds[0]?.kind
    if (kind === undefined) return null
    const pushed = policy()?.repositories.find(repository => repository.name === name)?.path
    const directory = kind === 'push' ? pushed : publishedRepository(data)
    if (directory === undefined) return null
    return { directory, commits: new Set(builds.flatMap(({ commit }) => commit ?? [])) }
  }
