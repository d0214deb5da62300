// Which notes of an import are in the log: their names come of what they say, so one of that name says it already.
import type { Kysely } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import type { Tables } from '../sql/tables.ts'

export async function knownNotes(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
): Promise<ReadonlySet<IndexKey>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('mail')
    .select('message_key')
    .where('list_id', '=', list)
    .where('message_key', 'in', ids.map(indexKey))
    .where('note', '=', true)
    .execute()
  return new Set(rows.map(row => row.message_key))
}
