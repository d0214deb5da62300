// The projection of a list made again from its log, in place: its pages are served meanwhile from the topics that
// stand, and rows that come out equal are not written.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type ListId, noCluster } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from './projector.ts'
import { requeue } from './requeue.ts'

/**
 * Reads, sorts and folds every mail of the list. Stopped in the middle, the next sorting goes on where it was. Whoever
 * sorts too takes a part of the work; it has ended when nothing of the list waits, whoever did it.
 */
export async function rebuild(
  db: Kysely<Tables>,
  list: ListId,
  onProgress?: (sorted: number) => void,
): Promise<number> {
  await requeue(db, list)
  let sorted = 0
  for (;;) {
    const before = sorted
    sorted += await sortAll(db, list, part => onProgress?.(before + part))
    const { mails, clusters, stale } = await rebuildLeft(db, list)
    if (mails === 0 && clusters === 0 && !stale) return sorted
    await sleep(limits.sortRestMillisecondsMax)
  }
}

/** What of the list waits to be sorted and to be folded, and whether topics stand from before. */
export async function rebuildLeft(
  db: Kysely<Tables>,
  list: ListId,
): Promise<{ mails: number; clusters: number; stale: boolean }> {
  const { rows } = await sql<{ mails: number; clusters: number; stale: boolean }>`
    select (select count(*)::int from unsorted where list_id = ${list}) as mails,
      (select count(*)::int from cluster where list_id = ${list} and dirty) as clusters,
      exists (select from topic where list_id = ${list} and cluster = ${noCluster}::bigint) as stale`.execute(
    db,
  )
  return rows[0] ?? { mails: 0, clusters: 0, stale: false }
}
