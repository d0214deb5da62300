// How far an import of a source has come: a row, written in the transaction of the mails that it stands behind. Without
// a list it is that of an import whose mails find their lists themselves.
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import type { Tables } from '../sql/tables.ts'

interface ImportSource {
  readonly list: ListId | null
  /** `Source.key`. */
  readonly source: string
}

export async function savedPosition(db: Kysely<Tables>, source: ImportSource): Promise<string | undefined> {
  const row = await at(db.selectFrom('import_progress').select('position'), source).executeTakeFirst()
  return row?.position
}

export async function savePosition(
  db: Kysely<Tables>,
  { list, source }: ImportSource,
  position: string,
): Promise<void> {
  await db
    .insertInto('import_progress')
    .values({ list_id: list, source, position })
    .onConflict(conflict => conflict.columns(['list_id', 'source']).doUpdateSet({ position }))
    .execute()
}

export async function forgetPosition(db: Kysely<Tables>, source: ImportSource): Promise<void> {
  await at(db.deleteFrom('import_progress'), source).execute()
}

interface Filtered<Query> {
  where(column: 'list_id', operator: 'is not distinct from', value: ListId | null): Query
  where(column: 'source', operator: '=', value: string): Query
}

const at = <Query extends Filtered<Query>>(query: Query, { list, source }: ImportSource): Query =>
  query.where('list_id', 'is not distinct from', list).where('source', '=', source)
