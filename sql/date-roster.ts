// Who had which role when: a list's people are dated, and mails that came before a change keep those of their time.
import { type Kysely, type Selectable, sql } from 'kysely'
import { toStorableJson } from '../base/storable.ts'
import { configuredRoster, mergedRoster } from './merged-roster.ts'
import type { Tables } from './tables.ts'

type Row = Pick<Selectable<Tables['list']>, 'id' | 'settings' | 'maintainers'>
type Dated = Pick<Selectable<Tables['roster']>, 'id' | 'people' | 'file'>

/**
 * Writes the people of this row as those from now on, together with what became of the file that names them; answers
 * whether they are others than before.
 */
export async function dateRoster(
  db: Kysely<Tables>,
  { id, settings, maintainers }: Row,
  file: Dated['file'],
): Promise<boolean> {
  const merged = toStorableJson(mergedRoster(configuredRoster(settings.people), maintainers))
  const { rows } = await sql`
    insert into roster (list_id, people, file) select ${id}, ${merged}::jsonb, ${file}::text
    where not exists (select from (
        select people, file from roster where list_id = ${id} order by since desc, id desc limit 1) newest
      where people = ${merged}::jsonb and file is not distinct from ${file}::text)
    returning id`.execute(db)
  return rows.length > 0
}

/** What became of the file of the newest roster. */
export async function fileRead(db: Kysely<Tables>, list: number): Promise<Dated['file']> {
  return (await newest(db, list))?.file ?? null
}

/**
 * The file was read. What its first reading finds is no change: the people of the project were there before, and the mails
 * that came meanwhile are judged by them. Answers whether anything is to be judged anew.
 */
export async function dateFile(db: Kysely<Tables>, row: Row): Promise<boolean> {
  if ((await fileRead(db, row.id)) !== 'unread') return dateRoster(db, row, 'read')
  const unread = await db
    .selectFrom('roster')
    .select(['id', 'people'])
    .where('list_id', '=', row.id)
    .where('file', '=', 'unread')
    .where(sql<boolean>`not exists (select from roster later where later.list_id = roster.list_id
      and later.file is distinct from 'unread' and (later.since, later.id) > (roster.since, roster.id))`)
    .execute()
  for (const { id, people } of unread)
    await db
      .updateTable('roster')
      .set({ people: toStorableJson(mergedRoster(people, row.maintainers)), file: 'read' })
      .where('id', '=', id)
      .execute()
  return true
}

const newest = (db: Kysely<Tables>, list: number): Promise<Dated | undefined> =>
  db
    .selectFrom('roster')
    .select(['id', 'people', 'file'])
    .where('list_id', '=', list)
    .orderBy('since', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
