// All lists with what is open on each.
import { type Kysely, sql } from 'kysely'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'

export interface ListLine {
  readonly name: string
  readonly address: string
  readonly description: string
  readonly version: string
  readonly patchsets: number
  readonly bugs: number
  /** When its newest mail was written, milliseconds; null for an empty list. */
  readonly lastSaid: number | null
}

/** By name; the counts end at `max` + 1, which stands for "more". */
export async function readLists(db: Kysely<Tables>, max: number): Promise<ListLine[]> {
  const open = (kind: string) =>
    sql`(select count(*)::int from (
      select from topic t where t.list_id = l.id and t.kind = ${kind} and t.open limit ${max + 1}) c)`
  const { rows } = await sql<Omit<ListLine, 'lastSaid'> & { last_said: Date | null }>`
    select l.name, l.settings->>'address' as address, l.settings->>'description' as description, l.version, ${open('patchset')} as patchsets, ${open('bug')} as bugs,
      (select t.last_said from topic t where t.list_id = l.id order by t.last_said desc limit 1) as last_said
    from list l order by l.name`.execute(db)
  return rows.map(({ last_said, ...line }) => ({ ...line, lastSaid: last_said?.getTime() ?? null }))
}

/** What the page of all lists depends on. */
export async function readListsVersion(db: Kysely<Tables>): Promise<string> {
  const rows = await db.selectFrom('list').select(['version', 'settings']).orderBy('id').execute()
  return rows.map(({ version, settings }) => `${version} ${pagesVersion(settings)}`).join('\n')
}
