// Sorts behind the appends of an import: an append waits only for the batch before it. Mails are put into clusters as
// they come and folded at the end, once for each cluster and not once for each mail of a thread.
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import type { Tables } from '../sql/tables.ts'
import { assignAll, sortAll } from '../tracker/project/projector.ts'

export interface ImportSorter {
  /** Waits for the sorting under way and begins that of these lists. */
  next(lists: readonly ListId[]): Promise<void>
  /** Sorts and folds all that is left. */
  finish(): Promise<void>
}

export function startSorter(db: Kysely<Tables>): ImportSorter {
  const touched = new Set<ListId>()
  let sorting: Promise<unknown> = Promise.resolve()
  return {
    async next(lists) {
      await sorting
      for (const list of lists) touched.add(list)
      sorting = (async () => {
        for (const list of lists) await assignAll(db, list)
      })()
      // Its failure is met by the next `next` or by `finish`.
      sorting.catch(() => {})
    },
    async finish() {
      await sorting
      for (const list of touched) await sortAll(db, list)
      touched.clear()
    },
  }
}
