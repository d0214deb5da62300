// How an attempt at a build ends the build, or why it is tried again. Whoever ends one does it here, in one transaction
// with what follows from it, and only while the attempt's fence still holds.
import type { Kysely } from 'kysely'
import type { BuildState } from '../../base/build-state.ts'
import { limits } from '../../base/limits.ts'
import type { Result } from '../../ci/result.ts'
import {
  endAttempt,
  endBuild,
  failedAttempts,
  forgottenAttempt,
  overdueAttempt,
  requeueBuild,
} from '../../sql/build-attempts.ts'
import type { BuildRow } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'

type End =
  | { readonly how: 'done'; readonly result: Result }
  | { readonly how: 'lost'; readonly why: string }
  | { readonly how: 'returned'; readonly why: string }

/** Owes what is to be told of a build that has just ended, as its row is now. */
export type Tell = (trx: Kysely<Tables>, build: BuildRow, attempt: number) => Promise<void>

/** False when the fence is stale; then nothing was changed. */
export const finishAttempt = (
  db: Kysely<Tables>,
  runner: number,
  fence: string,
  end: End,
  tell: Tell,
): Promise<boolean> => db.transaction().execute(trx => finish(trx, runner, fence, end, tell))

async function finish(
  trx: Kysely<Tables>,
  runner: number,
  fence: string,
  end: End,
  tell: Tell,
): Promise<boolean> {
  const ended = await endAttempt(trx, runner, fence, end)
  if (ended === null) return false
  const { build, attempt } = ended
  const row = await settle(trx, build, end)
  if (row !== null) await tell(trx, row, attempt)
  return true
}

/** The build as it ended; null when it is tried again. */
async function settle(trx: Kysely<Tables>, build: BuildRow, end: End): Promise<BuildRow | null> {
  const result = end.how === 'done' ? end.result : null
  if (build.cancel_at !== null) {
    const state = build.superseded_by === null ? 'cancelled' : 'superseded'
    return conclude(trx, build, { state, why: build.why, result })
  }
  if (end.how === 'returned') return requeue(trx, build, 0)
  // A runner that cancels what nobody wanted to end has not built it.
  const failed = end.how === 'lost' || end.result.outcome === 'error' || end.result.outcome === 'cancelled'
  if (!failed) return conclude(trx, build, { state: end.result.outcome, why: end.result.why, result })
  const why = end.how === 'lost' ? end.why : end.result.why
  const failures = await failedAttempts(trx, build.number)
  if (failures > limits.buildRetriesMax) return conclude(trx, build, { state: 'error', why, result })
  // Of what was lost nothing says that it would be lost again; what is out of order here may need some time.
  return requeue(trx, build, end.how === 'lost' ? 0 : failures * limits.buildRetrySecondsMin)
}

async function requeue(trx: Kysely<Tables>, { number }: BuildRow, restSeconds: number): Promise<null> {
  await requeueBuild(trx, number, restSeconds)
  return null
}

async function conclude(
  trx: Kysely<Tables>,
  build: BuildRow,
  end: { state: BuildState; why: string | null; result: Result | null },
): Promise<BuildRow> {
  await endBuild(trx, build.number, end)
  return { ...build, ...end }
}

/** Gives up what the runners hold who said nothing for too long; answers how many builds that were. */
export const giveUpOverdue = (db: Kysely<Tables>, tell: Tell): Promise<number> =>
  giveUpAll(db, overdueAttempt, 'The runner said nothing for too long', tell)

/** Gives up what this runner does not know of: it was started anew, or our answer did not reach it. */
export const giveUpForgotten = (
  db: Kysely<Tables>,
  runner: number,
  held: readonly string[],
  tell: Tell,
): Promise<number> =>
  giveUpAll(db, trx => forgottenAttempt(trx, runner, held), 'The runner does not know of it any more', tell)

async function giveUpAll(
  db: Kysely<Tables>,
  next: (trx: Kysely<Tables>) => Promise<{ runner_id: number; fence: string } | null>,
  why: string,
  tell: Tell,
): Promise<number> {
  for (let count = 0; ; count++) {
    const more = await db.transaction().execute(async trx => {
      const attempt = await next(trx)
      return attempt !== null && finish(trx, attempt.runner_id, attempt.fence, { how: 'lost', why }, tell)
    })
    if (!more) return count
  }
}
