// Who had which role when: a list's people are dated, and mails that came before a change keep those of their time.
import { type Kysely, type Selectable, sql } from 'kysely'
import { toStorableJson } from '../base/storable.ts'
import { mergedRoster } from './merged-roster.ts'
import type { Tables } from './tables.ts'

/** Writes the people of this row as those from now on; answers whether they are others than before. */
export async function dateRoster(
  db: Kysely<Tables>,
  { id, settings, maintainers }: Pick<Selectable<Tables['list']>, 'id' | 'settings' | 'maintainers'>,
): Promise<boolean> {
  const merged = toStorableJson(mergedRoster(settings.people, maintainers))
  const { rows } = await sql`
    insert into roster (list_id, people) select ${id}, ${merged}::jsonb
    where ${merged}::jsonb is distinct from
      (select people from roster where list_id = ${id} order by since desc, id desc limit 1)
    returning id`.execute(db)
  return rows.length > 0
}
