// Who is who on a list, and what it wants to be sure of: its roles at all times, its settings, and the .mailmap of its
// repository.
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { openRules, type Rules } from '../topic/authority.ts'
import type { Mailmap } from '../topic/mailmap.ts'

export async function peopleOf(
  db: Kysely<Tables>,
  list: ListId,
): Promise<{ rules: Rules; mailmap: Mailmap }> {
  const row = await db
    .selectFrom('list')
    .select(['trust', 'history', 'needs', 'mailmap'])
    .where('id', '=', list)
    .executeTakeFirst()
  if (!row) return { rules: openRules, mailmap: [] }
  const { mailmap, ...settings } = row
  const rosters = await db
    .selectFrom('roster')
    .select(['since', 'people'])
    .where('list_id', '=', list)
    .orderBy('since')
    .orderBy('id')
    .execute()
  return { rules: { ...settings, rosters: rosters.map(one => ({ ...one, since: +one.since })) }, mailmap }
}

/** The half that says which mails belong together. */
export async function mailmapOf(db: Kysely<Tables>, list: ListId): Promise<Mailmap> {
  const row = await db.selectFrom('list').select('mailmap').where('id', '=', list).executeTakeFirst()
  return row?.mailmap ?? []
}
