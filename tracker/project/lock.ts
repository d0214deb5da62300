// The lock of one list for whoever gives its mails their clusters, or takes them away.
import { sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

/** Held to the end of the transaction. */
export async function lockAssignment(trx: Transaction<Tables>, list: ListId): Promise<void> {
  await sql`select pg_advisory_xact_lock(${assignLock}, ${list})`.execute(trx)
}

const assignLock = 7_001
