// A build in the hands of a runner: who takes which one, for how long its word counts, and how the attempt ends. Each
// attempt has a fence, a number that whoever speaks for it must name; of one that has ended, none counts any more.
import { type Kysely, type Selectable, sql } from 'kysely'
import type { BuildState } from '../base/build-state.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import type { BuildRow } from './builds.ts'
import type { Tables } from './tables.ts'

export interface Claim {
  readonly build: BuildRow
  readonly attempt: number
  readonly fence: string
}

export interface ClaimOptions {
  readonly runner: number
  readonly leaseSeconds: number
  /** Of a submitter who has so many running, another one is given only while nobody else waits. */
  readonly perSubmitterMax: number
  /** Of each kind of build the values of `terms.weakest` that this runner can keep; null is "whichever". */
  readonly can: Readonly<Record<'push' | 'patchset', readonly (string | null)[]>>
}

/**
 * The build that waits longest of those that this runner may have; null when there is none, and for a runner whose token was
 * taken away while it waited. Needs no transaction around it.
 */
export function claimBuild(db: Kysely<Tables>, options: ClaimOptions): Promise<Claim | null> {
  return db.transaction().execute(async trx => {
    // One after the other: two at once would both find the same submitter below the cap.
    await sql`select pg_advisory_xact_lock(${claimLock})`.execute(trx)
    const number = await nextOf(trx, options)
    if (number === null) return null
    const build = await trx
      .updateTable('build')
      .set({ state: 'running', started_at: sql`coalesce(started_at, now())` })
      .where('number', '=', number)
      .returningAll()
      .executeTakeFirstOrThrow()
    return { build, ...(await addAttempt(trx, number, options)) }
  })
}

const claimLock = 8_001

async function nextOf(
  trx: Kysely<Tables>,
  { runner, perSubmitterMax, can }: ClaimOptions,
): Promise<string | null> {
  const weakest = (kind: 'push' | 'patchset') => can[kind].map(name => name ?? whichever)
  const { rows } = await sql<{ number: string }>`
    select number from build where state = 'queued' and queued_at <= now()
      and coalesce(terms ->> 'weakest', ${whichever}) = any(case kind
        when 'push' then ${weakest('push')}::text[] else ${weakest('patchset')}::text[] end)
      and exists (select from runner join token on token.id = token_id where runner.id = ${runner}
        and revoked_at is null and (expires_at is null or expires_at > now()))
    order by (select count(*) from build other where other.state = 'running' and other.submitter = build.submitter)
      >= ${perSubmitterMax}, queued_at, number limit 1 for update of build skip locked`.execute(trx)
  return rows[0]?.number ?? null
}

const whichever = 'whichever'

async function addAttempt(
  trx: Kysely<Tables>,
  number: string,
  { runner, leaseSeconds }: ClaimOptions,
): Promise<{ attempt: number; fence: string }> {
  const { rows } = await sql<{ number: number; fence: string }>`
    insert into build_attempt (build, number, runner_id, lease_until)
    select ${number}::bigint, 1 + count(*), ${runner}::int, now() + make_interval(secs => ${leaseSeconds})
    from build_attempt where build = ${number}
    returning number, fence`.execute(trx)
  const [row] = rows
  if (row === undefined) throw new Error(`Cannot begin an attempt at build ${number}`)
  return { attempt: row.number, fence: row.fence }
}

export interface KeptAttempt {
  readonly build: string
  readonly attempt: number
  /** Somebody wants it ended. */
  readonly cancel: boolean
}

/** Lengthens the lease; null when it is not this runner's any more. */
export async function keepAttempt(
  db: Kysely<Tables>,
  runner: number,
  fence: string,
  leaseSeconds: number,
): Promise<KeptAttempt | null> {
  const { rows } = await sql<KeptAttempt>`
    update build_attempt attempt set lease_until = now() + make_interval(secs => ${leaseSeconds}) from build
    where build.number = attempt.build and fence = ${fence} and runner_id = ${runner} and attempt.ended_at is null
    returning attempt.build, attempt.number as attempt, cancel_at is not null as cancel`.execute(db)
  return rows[0] ?? null
}

export type AttemptEnd =
  | { readonly how: 'done'; readonly result: object }
  | { readonly how: 'lost' | 'returned'; readonly why: string }

/** The attempt that ended, with its build, which is locked to the end of the transaction; null for a stale fence. */
export async function endAttempt(
  trx: Kysely<Tables>,
  runner: number,
  fence: string,
  end: AttemptEnd,
): Promise<{ build: BuildRow; attempt: number } | null> {
  const row = await trx
    .updateTable('build_attempt')
    .set({
      ended_at: sql`now()`,
      how: end.how,
      result: end.how === 'done' ? toStorableJson(end.result) : null,
      why: end.how === 'done' ? null : toStorableText(end.why),
    })
    .where('fence', '=', fence)
    .where('runner_id', '=', runner)
    .where('ended_at', 'is', null)
    .returning(['build', 'number'])
    .executeTakeFirst()
  if (row === undefined) return null
  const build = await trx
    .selectFrom('build')
    .selectAll()
    .where('number', '=', row.build)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { build, attempt: row.number }
}

type AttemptRow = Selectable<Tables['build_attempt']>

/** One whose runner said nothing for too long. */
export const overdueAttempt = (trx: Kysely<Tables>): Promise<AttemptRow | null> =>
  firstOf(runningAttempts(trx).where('lease_until', '<', sql<Date>`now()`))

/** One that this runner has, as far as we know, and does not know of. */
export const forgottenAttempt = (
  trx: Kysely<Tables>,
  runner: number,
  held: readonly string[],
): Promise<AttemptRow | null> =>
  firstOf(
    runningAttempts(trx)
      .where('runner_id', '=', runner)
      .$if(held.length > 0, query => query.where('fence', 'not in', held)),
  )

const runningAttempts = (trx: Kysely<Tables>) =>
  trx.selectFrom('build_attempt').selectAll().where('ended_at', 'is', null)

/** Locked; what somebody else ends just now is left out. */
const firstOf = async (attempts: ReturnType<typeof runningAttempts>): Promise<AttemptRow | null> =>
  (await attempts.orderBy('fence').limit(1).forUpdate().skipLocked().executeTakeFirst()) ?? null

/** How often it was lost, or not built for a reason that is not its own. A runner that stops in order takes nothing of that. */
export async function failedAttempts(trx: Kysely<Tables>, number: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from build_attempt
    where build = ${number} and (how = 'lost' or result ->> 'outcome' in ('error', 'cancelled'))`.execute(trx)
  return rows[0]?.count ?? 0
}

/** Back into the queue, where it was, or not before some seconds from now. */
export async function requeueBuild(trx: Kysely<Tables>, number: string, restSeconds: number): Promise<void> {
  await sql`
    update build set state = 'queued', queued_at = case when ${restSeconds} > 0
      then now() + make_interval(secs => ${restSeconds}) else queued_at end
    where number = ${number} and state = 'running'`.execute(trx)
}

/** For good. */
export async function endBuild(
  trx: Kysely<Tables>,
  number: string,
  end: { state: BuildState; why: string | null; result: object | null },
): Promise<void> {
  await trx
    .updateTable('build')
    .set({
      state: end.state,
      why: end.why === null ? null : toStorableText(end.why),
      result: end.result === null ? null : toStorableJson(end.result),
      ended_at: sql`now()`,
    })
    .where('number', '=', number)
    .where('ended_at', 'is', null)
    .execute()
}
