// What was made by an older program or under other settings: it is made again in place, while its pages are served.
import { type Kysely, sql } from 'kysely'
import { type ListId, listId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { foldVersion } from '../topic/fold.ts'
import { requeue } from './requeue.ts'

/** Makes them dirty; a cluster that could not be folded is tried again too. */
export async function markOutdated(db: Kysely<Tables>): Promise<void> {
  await sql`update cluster set dirty = true where folded < ${foldVersion} and not dirty`.execute(db)
}

/** Mails that were read under other settings of their list (address, List-Id, prefix) wait to be read again. */
export async function requeueRedressed(db: Kysely<Tables>, only?: ListId): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    update list set dressed = ${settings} where dressed is distinct from ${settings}
      and (${only ?? null}::integer is null or id = ${only ?? null}::integer) returning id`.execute(db)
  for (const { id } of rows) {
    const { rows: facts } = await sql`select from fact where list_id = ${id} limit 1`.execute(db)
    if (facts.length > 0) await requeue(db, listId(id))
  }
}

const settings = sql`md5(concat_ws(chr(10), address, list_id, prefix))`
