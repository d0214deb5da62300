// The projection of a list made again from its log, in place: its pages are served meanwhile from the topics that
// stand, and rows that come out equal are not written.
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from './projector.ts'
import { requeue } from './requeue.ts'

/** Reads, sorts and folds every mail of the list. Stopped in the middle, the next sorting goes on where it was. */
export async function rebuild(
  db: Kysely<Tables>,
  list: ListId,
  onProgress?: (sorted: number) => void,
): Promise<number> {
  await requeue(db, list)
  return sortAll(db, list, onProgress)
}
