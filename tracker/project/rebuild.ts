// The projection of a list made again from its log, in place: its pages are served meanwhile from the topics that
// stand, and rows that come out equal are not written.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from './projector.ts'
import { noCluster } from './stale.ts'

/** Reads, sorts and folds every mail of the list. Stopped in the middle, the next sorting goes on where it was. */
export async function rebuild(
  db: Kysely<Tables>,
  list: ListId,
  onProgress?: (sorted: number) => void,
): Promise<number> {
  await requeue(db, list)
  return sortAll(db, list, onProgress)
}

/** The first half: every mail waits to be sorted again, by whoever sorts. */
export async function requeue(db: Kysely<Tables>, list: ListId): Promise<void> {
  await db.transaction().execute(async trx => {
    await sql`select id from cluster where list_id = ${list} order by id for update`.execute(trx)
    for (const table of [
      'fact',
      'cluster_key',
      'revision_hint',
      'sketch',
      'established',
      'judged',
      'cluster',
    ] as const)
      await sql`delete from ${sql.table(table)} where list_id = ${list}`.execute(trx)
    for (const table of ['topic', 'topic_mail'] as const)
      await sql`update ${sql.table(table)} set cluster = ${noCluster}::bigint where list_id = ${list}`.execute(
        trx,
      )
    await sql`
      insert into unsorted select list_id, seq from mail where list_id = ${list} and not hidden on conflict do nothing`.execute(
      trx,
    )
  })
}
