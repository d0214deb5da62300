// How one step went in the last builds: of the same branch or patchset, and of a patchset on the branch that it was put on, too.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { BuildRow } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { resultOf, type StoredStep } from '../../tracker/build/stored-result.ts'
import { alike } from './build.ts'
import { ofBranch } from './builds.ts'

export interface StepBefore {
  readonly number: string
  readonly kind: BuildRow['kind']
  readonly ref: string
  readonly version: number | null
  readonly endedAt: Date
  readonly outcome: StoredStep['outcome']
  readonly seconds: number
}

/** Newest first. `branch`: that of its base, with or without `refs/heads/`. */
export async function readStepBefore(
  db: Kysely<Tables>,
  row: BuildRow,
  step: string,
  branch: string | null,
): Promise<StepBefore[]> {
  const ref = branch === null || branch.startsWith('refs/') ? branch : `refs/heads/${branch}`
  const [own, below] = await Promise.all([
    readSteps(db, alike(row), row.number, step),
    row.kind === 'push' || ref === null ? [] : readSteps(db, ofBranch(row.repository, ref), row.number, step),
  ])
  return [...own.slice(0, ownMax), ...below.slice(0, belowMax)]
}

const ownMax = 5
const belowMax = 3
/** Some of them were built by `CI: retest` of other steps, or had none of that name. */
const readMax = 20

async function readSteps(
  db: Kysely<Tables>,
  those: RawBuilder<unknown>,
  number: string,
  name: string,
): Promise<StepBefore[]> {
  const { rows } = await sql<Omit<StepBefore, 'outcome' | 'seconds'> & Pick<BuildRow, 'result'>>`
    select b.number, b.kind, b.ref, b.version, b.ended_at as "endedAt", b.result from build b
    where ${those} and b.number < ${number}::bigint and b.result is not null and b.ended_at is not null
    order by b.number desc limit ${readMax}`.execute(db)
  return rows.flatMap(({ result, ...build }) => {
    const step = resultOf({ result })?.steps.find(one => one.name === name)
    return step ? [{ ...build, outcome: step.outcome, seconds: step.seconds }] : []
  })
}
