// Topics that a rebuild left behind: they stand (and are shown) until everything is folded again.
import { type Kysely, sql } from 'kysely'
import { type ListId, noCluster } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { dropStatements } from './statements.ts'

/** Removes topics that no fold claimed, once nothing waits any more. Answers whether others must be folded again. */
export function dropStale(db: Kysely<Tables>, list: ListId): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const { rows } = await sql`
      select where not exists (select from unsorted where list_id = ${list})
        and not exists (select from cluster where list_id = ${list} and dirty)`.execute(trx)
    if (rows.length === 0) return false
    const dropped = await dropStatements(trx, list, noCluster, 'late')
    await sql`
      delete from api_item i using topic t where t.list_id = ${list} and t.cluster = ${noCluster}::bigint
        and i.list_id = t.list_id and i.topic_key = t.id_key`.execute(trx)
    for (const table of ['topic_mail', 'topic'] as const)
      await sql`delete from ${sql.table(table)} where list_id = ${list} and cluster = ${noCluster}::bigint`.execute(
        trx,
      )
    return dropped
  })
}
