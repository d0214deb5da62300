// Whether a step fails without a patchset, too: then it is no fault of its author.
import type { Kysely } from 'kysely'
import { codeEnds } from '../../base/build-state.ts'
import type { Tables } from '../../sql/tables.ts'
import { resultOf } from './stored-result.ts'

export interface SameFailure {
  readonly branch: string
  readonly number: string
}

/** The newest build of the branch that says something of its code, when the same step failed there. */
export async function sameFailure(
  db: Kysely<Tables>,
  repository: string,
  branch: string,
  step: string,
): Promise<SameFailure | null> {
  const newest = await db
    .selectFrom('build')
    .select(['number', 'result'])
    .where('repository', '=', repository)
    .where('ref', '=', branch.startsWith('refs/') ? branch : `refs/heads/${branch}`)
    .where('kind', '=', 'push')
    .where('state', 'in', codeEnds)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const there = newest && resultOf(newest)?.steps.find(({ name }) => name === step)
  if (!newest || (there?.outcome !== 'failure' && there?.outcome !== 'timeout')) return null
  return { branch: branch.replace(/^refs\/heads\//, ''), number: newest.number }
}
