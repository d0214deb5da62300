// The row of a push: queued when it was verified, else refused.
import { type Kysely, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { PolicyRepository } from '../../ci/policy.ts'
import type { Push, Update } from '../../ci/push.ts'
import type { Verdict } from '../../ci/verify/verdict.ts'
import { addBuild, cancelBuild, type NewBuild, openBuildsOf, supersedeOlder } from '../../sql/builds.ts'
import { findList } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'

export interface AddedPush {
  /** Null when it was known, or too many were refused. */
  readonly build: string | null
  readonly why: string | null
}

export interface JudgedPush {
  readonly repository: PolicyRepository
  readonly push: Push
  readonly update: Update
  readonly commit: string
  readonly verdict: Verdict
  /** It takes the place of other builds of its ref. */
  readonly replaces: boolean
}

/** `openMax` is how many builds of one submitter may be open. */
export function addPush(db: Kysely<Tables>, judged: JudgedPush, openMax: number): Promise<AddedPush> {
  return db.transaction().execute(async trx => {
    const { verdict, replaces, repository, update } = judged
    const others = await openBuildsOfRef(trx, { repository: repository.name, ref: update.ref })
    const builds = await sameCommit(trx, judged)
    const live = builds.find(({ spent }) => !spent)
    if (live !== undefined) {
      // The ref came back to what was built.
      if (replaces && verdict.verified) await endOthers(trx, others, live.number, 'The ref was moved back')
      return { build: null, why: 'it is known' }
    }
    const why = verdict.verified ? await tooMany(trx, judged, others, openMax) : verdict.why
    if (
      why !== null &&
      (builds.some(({ state }) => state === 'refused') || (await floods(trx, repository.name)))
    )
      return { build: null, why }
    const { number } = await addBuild(trx, await rowOf(trx, judged, builds.length, why))
    if (why === null && replaces) await supersedeOlder(trx, number)
    return { build: number, why }
  })
}

/** Of a ref that is there no more nothing needs to be built. */
export function endDeleted(db: Kysely<Tables>, place: { repository: string; ref: string }): Promise<void> {
  return db.transaction().execute(async trx => {
    await endOthers(trx, await openBuildsOfRef(trx, place), null, 'The ref was deleted')
  })
}

interface OpenBuild {
  readonly number: string
  readonly submitter: string
}

const openBuildsOfRef = (
  trx: Kysely<Tables>,
  { repository, ref }: { repository: string; ref: string },
): Promise<OpenBuild[]> =>
  trx
    .selectFrom('build')
    .select(['number', 'submitter'])
    .where('kind', '=', 'push')
    .where('repository', '=', repository)
    .where('ref', '=', ref)
    .where('ended_at', 'is', null)
    .where('cancel_at', 'is', null)
    .execute()

async function endOthers(
  trx: Kysely<Tables>,
  open: readonly OpenBuild[],
  except: string | null,
  why: string,
): Promise<void> {
  for (const { number } of open) if (number !== except) await cancelBuild(trx, number, why)
}

/** Builds of the same commit of the same ref. Spent is one that says nothing of it: it was refused, or made way. */
async function sameCommit(
  trx: Kysely<Tables>,
  { repository, update, commit }: JudgedPush,
): Promise<{ number: string; state: string; spent: boolean }[]> {
  const { rows } = await sql<{ number: string; state: string; spent: boolean }>`
    select number, state, state in ('refused', 'superseded') or superseded_by is not null as spent from build
    where kind = 'push' and repository = ${repository.name} and ref = ${update.ref} and commit = ${commit}
    order by number`.execute(trx)
  return rows
}

/** A sentence when the submitter has all that he may; those that this one takes the place of are not counted. */
async function tooMany(
  trx: Kysely<Tables>,
  { verdict, replaces }: JudgedPush,
  others: readonly OpenBuild[],
  openMax: number,
): Promise<string | null> {
  const submitter = submitterOf(verdict)
  const replaced = replaces ? others.filter(other => other.submitter === submitter).length : 0
  const open = (await openBuildsOf(trx, submitter)) - replaced
  return open < openMax ? null : `${submitter} has ${open} builds that wait or run; allowed: ${openMax}`
}

/** Whoever may push and may not have anything built could fill the table. */
async function floods(trx: Kysely<Tables>, repository: string): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from build
    where repository = ${repository} and state = 'refused' and made_at > now() - interval '1 hour'`.execute(
    trx,
  )
  return (rows[0]?.count ?? 0) >= limits.refusedPerHourMax
}

const submitterOf = (verdict: Verdict): string => (verdict.verified ? verdict.submitter : 'nobody')

async function rowOf(
  trx: Kysely<Tables>,
  { repository, push, update, commit, verdict }: JudgedPush,
  before: number,
  why: string | null,
): Promise<NewBuild> {
  const { name, list, weakest } = repository
  const again = before === 0 ? '' : `#${before + 1}`
  return {
    key: `push:${name}:${update.ref}:${commit}${again}`,
    repository: name,
    ref: update.ref,
    commit,
    base: update.ref.startsWith('refs/heads/') ? update.old : null,
    list: list === null ? null : ((await findList(trx, list))?.id ?? null),
    patchset: null,
    submitter: submitterOf(verdict),
    state: why === null ? 'queued' : 'refused',
    why,
    evidence: { ...verdict.evidence, user: push.user },
    // A runner that cannot keep it is not asked.
    terms: weakest === null ? {} : { weakest },
  }
}
