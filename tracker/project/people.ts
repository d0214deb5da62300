// Who is who on a list, and what it wants to be sure of: its roles at all times, its settings, and the .mailmap of its
// repository.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { openRules, type Roster, type Rules } from '../topic/authority.ts'
import type { Mailmap } from '../topic/mailmap.ts'

export async function peopleOf(
  db: Kysely<Tables>,
  list: ListId,
): Promise<{ rules: Rules; mailmap: Mailmap }> {
  const { rows } = await sql<Settings>`
    select trust, history, needs, mailmap, array(
      select json_build_object('since', extract(epoch from since) * 1000, 'people', people)
      from roster where list_id = l.id order by since, id) as rosters
    from list l where id = ${list}`.execute(db)
  const [row] = rows
  if (!row) return { rules: openRules, mailmap: [] }
  const { mailmap, ...rules } = row
  return { rules, mailmap }
}

type Settings = Rules & { readonly mailmap: Mailmap }

/** What sorting asks of a list: who has a role now, whether newcomers wait, and its .mailmap. */
export interface SortingRules {
  readonly roster: Roster
  readonly moderate: 'first' | null
  readonly mailmap: Mailmap
}

export async function sortingRulesOf(db: Kysely<Tables>, list: ListId): Promise<SortingRules> {
  const { people, ...rules } = await db
    .selectFrom('list')
    .select(['people', 'moderate', 'mailmap'])
    .where('id', '=', list)
    .executeTakeFirstOrThrow()
  return { roster: people, ...rules }
}

/** The half that says which mails belong together. */
export async function mailmapOf(db: Kysely<Tables>, list: ListId): Promise<Mailmap> {
  const row = await db.selectFrom('list').select('mailmap').where('id', '=', list).executeTakeFirst()
  return row?.mailmap ?? []
}
