// How far an import of a source has come: a row, written in the transaction of the mails that it stands behind. Without
// a list it is that of an import whose mails find their lists themselves.
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import type { Tables } from '../sql/tables.ts'

interface Place {
  readonly list: ListId | null
  /** `Source.key`. */
  readonly source: string
}

export async function savedPosition(db: Kysely<Tables>, place: Place): Promise<string | undefined> {
  const row = await at(db.selectFrom('import_progress').select('position'), place).executeTakeFirst()
  return row?.position
}

export async function savePosition(
  db: Kysely<Tables>,
  { list, source }: Place,
  position: string,
): Promise<void> {
  await db
    .insertInto('import_progress')
    .values({ list_id: list, source, position })
    .onConflict(conflict => conflict.columns(['list_id', 'source']).doUpdateSet({ position }))
    .execute()
}

export async function forgetPosition(db: Kysely<Tables>, place: Place): Promise<void> {
  await at(db.deleteFrom('import_progress'), place).execute()
}

interface Filtered<Query> {
  where(column: 'list_id', operator: 'is not distinct from', value: ListId | null): Query
  where(column: 'source', operator: '=', value: string): Query
}

const at = <Query extends Filtered<Query>>(query: Query, { list, source }: Place): Query =>
  query.where('list_id', 'is not distinct from', list).where('source', '=', source)
