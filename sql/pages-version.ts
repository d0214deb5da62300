// The version of all pages of a list: it grows with what changes any of them, so that nobody is shown what was kept.
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import type { Tables } from './tables.ts'

export async function renewPages(db: Kysely<Tables>, list: ListId): Promise<void> {
  await db
    .updateTable('list')
    .set(({ eb }) => ({ version: eb('version', '+', '1') }))
    .where('id', '=', list)
    .execute()
}
