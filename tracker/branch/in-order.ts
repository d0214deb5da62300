// A change to what folds read beside the mails.
import type { Kysely, Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { lockAssignment, lockFolding } from '../project/lock.ts'

/** No mail is sorted or folded meanwhile that would not see the change, and that the change would not see. */
export function inOrder<T>(
  db: Kysely<Tables>,
  list: ListId,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async trx => {
    await lockFolding(trx, list)
    await lockAssignment(trx, list)
    return work(trx)
  })
}
