// Every mail of a list waits to be sorted again, by whoever sorts: what was made from the log is made anew.
import { type Kysely, sql, type Transaction } from 'kysely'
import { type ListId, noCluster } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { lockAssignment, lockFolding } from './lock.ts'

/**
 * Topics that stand are shown meanwhile; what no fold claims is dropped at the end. When `change` answers false nothing
 * is requeued; what it writes is there together with it, so that a crash leaves no mail as it was read before. Answers
 * whether the list was requeued.
 */
export function requeue(
  db: Kysely<Tables>,
  list: ListId,
  change: (trx: Transaction<Tables>) => Promise<boolean> = async () => true,
): Promise<boolean> {
  return db.transaction().execute(async trx => {
    // A fold holds clusters and then writes the list's row; `change` may write that row first.
    await lockFolding(trx, list)
    await lockAssignment(trx, list)
    const changed = await change(trx)
    if (changed) await empty(trx, list)
    return changed
  })
}

async function empty(trx: Transaction<Tables>, list: ListId): Promise<void> {
  await sql`select id from cluster where list_id = ${list} order by id for update`.execute(trx)
  await sql`update list set dressing_version = dressing_version + 1 where id = ${list}`.execute(trx)
  for (const table of [
    'fact',
    'cluster_key',
    'revision_hint',
    'sketch',
    'mail_mark',
    'mark_count',
    'established',
    'stranger',
    'robot_line',
    'cluster',
  ] as const)
    await sql`delete from ${sql.table(table)} where list_id = ${list}`.execute(trx)
  for (const table of ['topic', 'topic_mail'] as const)
    await sql`update ${sql.table(table)} set cluster = ${noCluster}::bigint where list_id = ${list}`.execute(
      trx,
    )
  await sql`
    insert into unsorted (list_id, seq) select list_id, seq from mail where list_id = ${list} and not hidden on conflict do nothing`.execute(
    trx,
  )
}
