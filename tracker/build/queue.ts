// What a runner may ask of the queue, behind whichever door it comes in: a build, whether it is still wanted, a place for
// its log, and to take its result. Each word of it lengthens the lease of the build it speaks of.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { type TierName, tierNames } from '../../ci/job.ts'
import type { Result } from '../../ci/result.ts'
import type { Done, Health, Offer } from '../../ci/wire.ts'
import { type Claim, claimBuild, type KeptAttempt, keepAttempt } from '../../sql/build-attempts.ts'
import type { BuildNews } from '../../sql/build-news.ts'
import { noteHealth, noteRunner } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import { finishAttempt, giveUpForgotten, giveUpOverdue, type Tell } from './finish.ts'
import { jobOf, type PlaceOf } from './job-of.ts'
import { type AttemptName, appendAt } from './logs.ts'

export interface QueueOptions {
  readonly db: Kysely<Tables>
  readonly news: BuildNews
  readonly placeOf: PlaceOf
  /** Nothing is handed out while it says so; what waits goes on waiting. */
  readonly isHeld: () => boolean
  readonly tell: Tell
}

export interface AskingRunner {
  readonly id: number
  readonly local: boolean
}

export interface Queue {
  /** Null when there is nothing for it for some time, or it has gone. */
  next(
    runner: AskingRunner,
    asked: { health: Health; held: readonly string[] },
    signal: AbortSignal,
  ): Promise<Offer | null>
  /** Answers at once when the build is to be ended, else after some seconds; null for a stale fence. */
  alive(runner: AskingRunner, fence: string, signal: AbortSignal): Promise<{ cancel: boolean } | null>
  /** How long the file is now; null for a stale fence. */
  append(
    runner: AskingRunner,
    fence: string,
    pathOf: (name: AttemptName) => string,
    piece: { offset: number; bytes: Uint8Array },
  ): Promise<number | 'full' | null>
  /** False for a stale fence. */
  done(runner: AskingRunner, done: Done): Promise<boolean>
  /** Gives up what runners hold who said nothing for too long; answers how many builds that were. */
  giveUp(): Promise<number>
  /** Whoever waits is answered now. */
  close(): void
}

export function makeQueue({ db, news, placeOf, isHeld, tell }: QueueOptions): Queue {
  const keep = (runner: AskingRunner, fence: string): Promise<KeptAttempt | null> =>
    keepAttempt(db, runner.id, fence, limits.buildLeaseSecondsMax)
  const stop = new AbortController()
  const either = (signal: AbortSignal) => AbortSignal.any([signal, stop.signal])
  return {
    giveUp: () => giveUpOverdue(db, tell),
    close: () => stop.abort(),
    async next(runner, { health, held }, signal) {
      await noteHealth(db, runner.id, health)
      await giveUpForgotten(db, runner.id, held, tell)
      if (either(signal).aborted) return null
      const asker = { local: runner.local, cpus: Math.max(1, Math.floor(health.cpus / health.atOnce)) }
      return waitFor(news, limits.runnerAskSecondsMax, either(signal), async () => {
        if (isHeld()) return undefined
        const claim = await claimBuild(db, { ...claimOptions, runner: runner.id, can: canOf(health.tiers) })
        if (claim === null) return undefined
        return offerOf({ db, tell }, runner, claim, () => jobOf(claim, asker, placeOf))
      })
    },
    async alive(runner, fence, signal) {
      await noteRunner(db, runner.id)
      let last: KeptAttempt | null = null
      const wanted = await waitFor(news, limits.runnerAliveSecondsMax, either(signal), async () => {
        last = await keep(runner, fence)
        return last === null || last.cancel ? { kept: last } : undefined
      })
      if (wanted !== null) return wanted.kept
      return last
    },
    async append(runner, fence, pathOf, { offset, bytes }) {
      const kept = await keep(runner, fence)
      return kept === null ? null : appendAt(pathOf(kept), offset, bytes)
    },
    done: (runner, done) =>
      finishAttempt(
        db,
        runner.id,
        done.fence,
        'result' in done ? { how: 'done', result: done.result } : { how: 'returned', why: done.returned },
        tell,
      ),
  }
}

const claimOptions = {
  leaseSeconds: limits.buildLeaseSecondsMax,
  perSubmitterMax: limits.submitterBuildsMax,
}

/** What cannot become a job is ended here, as an error of ours; the runner asks for another one. */
async function offerOf(
  { db, tell }: Pick<QueueOptions, 'db' | 'tell'>,
  runner: AskingRunner,
  { build, attempt, fence }: Claim,
  job: () => Promise<Offer['job']>,
): Promise<Offer | undefined> {
  try {
    return { fence, number: build.number, attempt, job: await job() }
  } catch (error) {
    const why = (error as Error).message.slice(0, 1_000)
    const result: Result = { outcome: 'error', why, tier: null, seconds: 0, steps: [] }
    await finishAttempt(db, runner.id, fence, { how: 'done', result }, tell)
    return undefined
  }
}

/** Looks, and again whenever something changed, until there is an answer; null when there is none in time. */
async function waitFor<T>(
  news: BuildNews,
  seconds: number,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T | null> {
  const deadline = performance.now() + seconds * 1_000
  for (;;) {
    const seen = news.count()
    const found = await look()
    if (found !== undefined) return found
    const left = deadline - performance.now()
    if (left <= 0) return null
    await news.after(seen, Math.min(left, limits.queueLookSecondsMax * 1_000), signal)
    if (signal.aborted) return null
  }
}

/** Mailed code is never built without a sandbox, whatever a runner has. */
function canOf(tiers: readonly TierName[]): Record<'push' | 'patchset', (TierName | null)[]> {
  const can = (among: readonly TierName[]): (TierName | null)[] =>
    among.length === 0
      ? []
      : [null, ...tierNames.filter((_, place) => among.some(tier => tierNames.indexOf(tier) <= place))]
  return { push: can(tiers), patchset: can(tiers.filter(tier => tier !== 'none')) }
}
