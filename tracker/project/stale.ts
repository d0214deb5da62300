// Topics that a rebuild left behind: they stand (and are shown) until everything is folded again.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

/** The cluster of rows whose cluster is being made again. */
export const noCluster = '0'

/** Removes topics that no fold claimed, once nothing waits any more. */
export async function dropStale(db: Kysely<Tables>, list: ListId): Promise<void> {
  await sql`
    with idle as (select 1 where not exists (select from unsorted where list_id = ${list})
                            and not exists (select from cluster where list_id = ${list} and dirty)),
    places as (delete from topic_mail using idle where list_id = ${list} and cluster = ${noCluster}::bigint)
    delete from topic using idle where list_id = ${list} and cluster = ${noCluster}::bigint`.execute(db)
}
