// The mailing lists we track, as rows. The configuration names them; everything else in the database hangs on
// their ids, so a list that leaves the configuration keeps its row, its mails and its pages.

import { type Kysely, type Selectable, sql } from 'kysely'
import { type ListId, listId } from '../base/ids.ts'
import { completeList, differIn, type GivenList, type ListConfig } from '../base/list-settings.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import { personIds } from './api-id.ts'
import { dateRoster, fileRead } from './date-roster.ts'
import { renewPages } from './pages-version.ts'
import type { Tables } from './tables.ts'
import { wake } from './wake.ts'

export interface List extends ListConfig {
  readonly id: ListId
}

/** Writes the configured lists by name and answers their rows in the same order. */
export async function saveLists(db: Kysely<Tables>, configured: readonly GivenList[]): Promise<List[]> {
  const saved: List[] = []
  for (const list of configured) saved.push(await saveList(db, list))
  return saved
}

/** The list of this name; undefined when there is none. */
export async function findList(db: Kysely<Tables>, name: string): Promise<List | undefined> {
  const row = await db
    .selectFrom('list')
    .selectAll()
    .where('name', '=', toStorableText(name))
    .executeTakeFirst()
  return row && toList(row)
}

/** Every list that has a row, by name. */
export async function allLists(db: Kysely<Tables>): Promise<List[]> {
  const rows = await db.selectFrom('list').selectAll().orderBy('name').execute()
  return rows.map(toList)
}

async function saveList(db: Kysely<Tables>, given: GivenList): Promise<List> {
  const list = completeList(given)
  const name = toStorableText(list.name)
  const settings = toStorableJson(list)
  return db.transaction().execute(async trx => {
    const before = await findList(trx, list.name)
    if (before !== undefined) await beforeChange(trx, before, list)
    // What another file said holds no more.
    const other = before?.maintainers !== list.maintainers
    const forgotten = other ? { maintainers: '[]' } : {}
    const row = await trx
      .insertInto('list')
      .values({ name, settings })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ settings, ...forgotten }))
      .returningAll()
      .executeTakeFirstOrThrow()
    // The API names maintainers, and gives no number when it is asked.
    await personIds(
      db,
      trx,
      list.people.map(({ address }) => address),
    )
    await dateRoster(trx, row, other ? fileOf(list) : await fileRead(trx, row.id))
    return toList(row)
  })
}

/** Of the file that is to name its maintainers. Without a repository there is nothing to wait for: it names nobody. */
const fileOf = ({ maintainers, repository }: ListConfig) =>
  maintainers === null ? null : repository === null ? 'read' : 'unread'

/** The states of a list depend on who is its maintainer and how sure it wants to be: other rules fold all of it again. */
async function beforeChange(trx: Kysely<Tables>, before: List, now: ListConfig): Promise<void> {
  if (differIn('topics', before, now)) {
    // As a fold does it: clusters first, then the row of the list.
    await wake(trx, sql`select id from cluster where list_id = ${before.id}`, 'late')
    await renewPages(trx, before.id)
  }
  if (now.moderate === 'first' && before.moderate !== 'first') await letInEarlierSenders(trx, before.id)
}

/** When moderation begins, whoever has a mail on the list is no newcomer. */
async function letInEarlierSenders(db: Kysely<Tables>, list: ListId): Promise<void> {
  await sql`
    insert into let_in
    select distinct list_id, coalesce(nullif(data->'sender'->>'address', ''), lower(data->'sender'->>'name'))
    from fact where list_id = ${list} on conflict do nothing`.execute(db)
}

/** A list that left the configuration may lack settings that came later. */
const toList = ({ id, settings }: Pick<Selectable<Tables['list']>, 'id' | 'settings'>): List => ({
  ...completeList(settings),
  id: listId(id),
})
