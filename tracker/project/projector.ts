// The worker that turns the log into topics: sorts what waits, folds what changed. Any number of processes may run
// one; work is taken by locks of the database, never held in memory only.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { type ListId, listId } from '../../base/ids.ts'
import type { Log } from '../../base/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { assign } from './assign.ts'
import { refold } from './refold.ts'
import { dropStale } from './stale.ts'

export interface Projector {
  /** Something was appended: look now. */
  poke(): void
  close(): Promise<void>
}

/** Mails sorted in one transaction. */
const mailsAtOnce = 200
/** Clusters folded in one transaction. */
const clustersAtOnce = 50
/** How soon mail that another process appended is seen; well below the two seconds that a page may lag. */
const lookEveryMs = 300
/** After an error (the database is away) it looks again this much later. */
const retryAfterMs = 1_000

/** Sorts the unsorted mails of all lists until closed. */
export function startProjector(db: Kysely<Tables>, log: Log): Projector {
  const stop = new AbortController()
  let wake = () => {}
  const rest = (ms: number) => {
    const woken = new Promise<void>(resolve => {
      wake = resolve
    })
    return Promise.race([woken, sleep(ms, undefined, { signal: stop.signal }).catch(() => {})])
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        const done = await sortOnce(db, log)
        if (done === 0) await rest(lookEveryMs)
      } catch (error) {
        log.warn({ error }, 'Sorting failed and will be tried again')
        await rest(retryAfterMs)
      }
    }
  }
  const running = run()
  return {
    poke: () => wake(),
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
  const sorted = await assignAll(db, list, onProgress, log)
  for (;;) if ((await refold(db, list, clustersAtOnce, log)) === 0) break
  await dropStale(db, list)
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
    const taken = await assign(db, list, mailsAtOnce, log)
    if (taken === 0) return sorted
    sorted += taken
    onProgress?.(sorted)
  }
}

/** One batch of each list that has work; answers how much there was. */
async function sortOnce(db: Kysely<Tables>, log: Log): Promise<number> {
  let done = 0
  for (const list of await listsWithWork(db)) {
    done += await assign(db, list, mailsAtOnce, log)
    done += await refold(db, list, clustersAtOnce, log)
  }
  return done
}

async function listsWithWork(db: Kysely<Tables>): Promise<ListId[]> {
  const rows = await db
    .selectFrom('list')
    .select('id')
    .where(eb =>
      eb.or([
        eb.exists(eb.selectFrom('unsorted').select('seq').whereRef('unsorted.list_id', '=', 'list.id')),
        eb.exists(
          eb
            .selectFrom('cluster')
            .select('cluster.id')
            .whereRef('cluster.list_id', '=', 'list.id')
            .where('dirty', '=', true),
        ),
      ]),
    )
    .execute()
  return rows.map(row => listId(row.id))
}
