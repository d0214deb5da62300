// The version of all pages of a list: it grows with what changes any of them, so that nobody is shown what was kept.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../base/ids.ts'
import type { Tables } from './tables.ts'

export async function renewPages(db: Kysely<Tables>, list: ListId): Promise<void> {
  await pagesRenewed(list, true).execute(db)
}

/** For the `with` of a statement that changes something anyway. */
export const pagesRenewed = (list: ListId, changed: boolean): RawBuilder<unknown> =>
  sql`update list set version = version + 1 where id = ${list} and ${changed}::boolean`
