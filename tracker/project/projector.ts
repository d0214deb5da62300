// The worker that turns the log into topics: sorts what waits, folds what changed. Any number of processes may run
// one; work is taken by locks of the database, never held in memory only.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type ListId, listId, noCluster } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { Metrics } from '../../base/metrics.ts'
import type { Tables } from '../../sql/tables.ts'
import { assign } from './assign.ts'
import { obeyReleases } from './hold.ts'
import { type Lag, measureLag } from './lag.ts'
import { requeueChanged, wakeOutdated } from './outdated.ts'
import { refold } from './refold.ts'
import { dropStale } from './stale.ts'
import { indexWords } from './write-search.ts'

export interface Projector {
  /** Something was appended: look now. */
  poke(): void
  close(): Promise<void>
}

/** Sorts the unsorted mails of all lists until closed. `onSorted` is waited for when mails got their cluster, before they are folded. */
export function startProjector(
  db: Kysely<Tables>,
  log: Log,
  metrics?: Metrics,
  onSorted: () => Promise<void> = async () => {},
): Projector {
  const stop = new AbortController()
  const lags = new Map<ListId, Lag>()
  let poked = false
  let wake = () => {}
  const rest = (ms: number) => {
    const woken = new Promise<void>(resolve => {
      wake = resolve
    })
    return Promise.race([woken, sleep(ms, undefined, { signal: stop.signal }).catch(() => {})])
  }
  /** Whoever hands over mail is served first, and each thread is then folded for more of its mails at once. */
  const giveWay = (ms: number) =>
    sleep(Math.min(ms, limits.sortRestMillisecondsMax), undefined, { signal: stop.signal }).catch(() => {})
  let upgraded = false
  const run = async () => {
    while (!stop.signal.aborted) {
      poked = false
      const began = performance.now()
      try {
        if (!upgraded) {
          await wakeOutdated(db)
          await requeueChanged(db)
        }
        upgraded = true
        const done = await sortOnce(db, log, list => lagOf(lags, list, log, metrics), onSorted)
        if (done === 0 && !poked) await rest(limits.sortLookMillisecondsMax)
        else if (poked) await giveWay(performance.now() - began)
      } catch (error) {
        metrics?.errors.inc({ kind: 'sort' })
        log.warn({ error }, 'Sorting failed and will be tried again')
        await rest(limits.sortRetryMillisecondsMax)
      }
    }
  }
  const running = run()
  return {
    poke: () => {
      poked = true
      wake()
    },
    close: async () => {
      stop.abort()
      await running
    },
  }
}

/** Sorts and folds all that waits on one list, and tells now and then how many mails are sorted. */
export async function sortAll(
  db: Kysely<Tables>,
  list: ListId,
  onProgress?: (sorted: number) => void,
  log?: Log,
): Promise<number> {
  await requeueChanged(db, list)
  let sorted = await assignAll(db, list, onProgress, log)
  if ((await obeyReleases(db, list)) > 0) sorted += await assignAll(db, list, onProgress, log)
  do for (;;) if ((await refold(db, list, limits.foldClustersMax, log)) === 0) break
  while (await dropStale(db, list))
  await indexWords(db)
  return sorted
}

/** The first half of `sortAll`: clusters without folding, for a road that brings many mails of one thread in turn. */
export async function assignAll(
  db: Kysely<Tables>,
  list: ListId,
  onProgress?: (sorted: number) => void,
  log?: Log,
): Promise<number> {
  let sorted = 0
  for (;;) {
    const taken = await assign(db, list, limits.sortMailsMax, log)
    if (taken === 0) return sorted
    sorted += taken
    onProgress?.(sorted)
  }
}

interface Work {
  readonly id: ListId
  readonly name: string
  /** A line `Release:` has its verdict. */
  readonly releases: boolean
  /** Topics stand from before a rebuild. */
  readonly stale: boolean
}

/** One batch of each list that has work; answers how much there was. */
async function sortOnce(
  db: Kysely<Tables>,
  log: Log,
  lagOf: (list: Work) => Lag,
  onSorted: () => Promise<void>,
): Promise<number> {
  let done = 0
  for (const list of await listsWithWork(db)) {
    const lag = lagOf(list)
    if (list.releases) await obeyReleases(db, list.id)
    const sorted = await assign(db, list.id, limits.sortMailsMax, log, mails =>
      lag.sorted(mails.map(({ facts, knownAt }) => ({ messageId: facts.messageId, knownAt: +knownAt }))),
    )
    if (sorted > 0) await onSorted()
    done += sorted
    const folded = await refold(db, list.id, limits.foldClustersMax, log)
    lag.folded(folded, folded < limits.foldClustersMax)
    done += folded
    if (list.stale && sorted === 0 && folded === 0) await dropStale(db, list.id)
  }
  return done
}

function lagOf(lags: Map<ListId, Lag>, list: Work, log: Log, metrics: Metrics | undefined): Lag {
  const known = lags.get(list.id)
  if (known) return known
  const lag = measureLag(list.name, log, metrics)
  lags.set(list.id, lag)
  return lag
}

async function listsWithWork(db: Kysely<Tables>): Promise<Work[]> {
  const { rows } = await sql<{ id: number; name: string; releases: boolean; stale: boolean }>`
    select id, name, releases, stale from list l,
    lateral (select exists (select from release_line r join verdict v using (list_id, seq)
      where r.list_id = l.id and r.obeyed is null) as releases) line,
    lateral (select exists (select from topic t where t.list_id = l.id and t.cluster = ${noCluster}::bigint) as stale) old
    where releases or stale or exists (select from unsorted u where u.list_id = l.id)
      or exists (select from cluster c where c.list_id = l.id and c.dirty)`.execute(db)
  return rows.map(row => ({ ...row, id: listId(row.id) }))
}
