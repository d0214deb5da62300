// The two locks of one list: for whoever gives its mails their clusters or takes them away, and for whoever folds, or
// changes what folds read beside the mails. Each is held to the end of the transaction.
import { sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

type Trx = Transaction<Tables>

export const lockAssignment = (trx: Trx, list: ListId): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${assignLock}, ${list})`.execute(trx)

export const lockFolding = (trx: Trx, list: ListId): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${foldLock}, ${list})`.execute(trx)

/**
 * The same for what can be made again: the commit does not wait for the disk. A crash may lose it whole, and then the
 * mails still wait to be sorted; what is in the log was durable before.
 */
export const lockToAssign = (trx: Trx, list: ListId): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${assignLock}, ${list}), ${commitSoon}`.execute(trx)

export const lockToFold = (trx: Trx, list: ListId): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${foldLock}, ${list}), ${commitSoon}`.execute(trx)

const commitSoon = sql`set_config('synchronous_commit', 'off', true)`
const assignLock = 7_001
const foldLock = 7_002
