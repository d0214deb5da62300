// Who is who on a list: its configured roles, and the .mailmap of its repository.
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Roster } from '../topic/authority.ts'
import type { Mailmap } from '../topic/mailmap.ts'

export async function peopleOf(
  db: Kysely<Tables>,
  list: ListId,
): Promise<{ roster: Roster; mailmap: Mailmap }> {
  const row = await db
    .selectFrom('list')
    .select(['people', 'mailmap'])
    .where('id', '=', list)
    .executeTakeFirst()
  return { roster: row?.people ?? [], mailmap: row?.mailmap ?? [] }
}
