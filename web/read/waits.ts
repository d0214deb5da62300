// What waits on a list, and for whom: the standings of its open topics, read in the order of their waiting.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import type { Standing, Topic } from '../../tracker/topic/topic.ts'

export interface WaitRow {
  readonly id: string
  readonly kind: Topic['kind']
  readonly title: string
  readonly author: Person
  readonly standing: Standing
  /** Where the next page begins. */
  readonly cursor: string
}

type Database = Kysely<Tables>

const columns = sql`t.id, t.id_key, t.kind, t.title, t.data->'author' as author, t.data->'standing' as standing`

/** As the indexes of migration 0013 say it. */
const waiting = sql`t.open and t.data->'standing'->>'since' is not null`
const since = sql`(t.data->'standing'->>'since')::bigint`

/** The longest wait first. */
export async function readWaits(
  db: Database,
  list: ListId,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<{ readonly rows: readonly WaitRow[]; readonly next: string | null }> {
  const from = cursorOf(after)
  const behind = from ? sql`and (${since}, t.id_key) > (${from.since}::bigint, ${from.key})` : sql``
  const rows = await read(
    db,
    sql`select ${columns} from topic t where t.list_id = ${list} and ${waiting} ${behind}
      order by ${since}, t.id_key limit ${limit + 1}`,
  )
  const shown = rows.slice(0, limit)
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.cursor ?? null) : null }
}

/** What waits for this person, and what he posted or reported that waits for others; each the longest wait first. */
export async function readWaitsOf(
  db: Database,
  list: ListId,
  address: string,
  limit: number,
): Promise<{ readonly here: readonly WaitRow[]; readonly elsewhere: readonly WaitRow[] }> {
  const who = toStorableText(address)
  const rows = await read(
    db,
    sql`(select ${columns} from topic t where t.list_id = ${list} and ${waiting}
        and t.data->'standing'->'waits'->>'address' = ${who} order by ${since}, t.id_key limit ${limit})
      union all
      (select ${columns} from topic t where t.list_id = ${list} and t.open and t.data->'author'->>'address' = ${who}
        and t.data->'standing'->>'since' is not null
        and coalesce(t.data->'standing'->'waits'->>'address', '') <> ${who}
        order by t.last_said desc limit ${limit})`,
  )
  const mine = ({ standing }: WaitRow) => standing.waits?.address === who
  const byWait = (a: WaitRow, b: WaitRow) => (a.standing.since ?? 0) - (b.standing.since ?? 0)
  return { here: rows.filter(mine).sort(byWait), elsewhere: rows.filter(row => !mine(row)).sort(byWait) }
}

async function read(db: Database, query: RawBuilder<Omit<WaitRow, 'cursor'> & { id_key: IndexKey }>) {
  const { rows } = await query.execute(db)
  return rows.map(
    ({ id_key, ...row }): WaitRow => ({ ...row, cursor: `${row.standing.since ?? 0}.${id_key}` }),
  )
}

function cursorOf(text: string | undefined): { since: string; key: string } | null {
  const [, milliseconds, key] = text?.match(/^(-?\d{1,15})\.(.{1,300})$/s) ?? []
  return milliseconds && key && !key.includes('\0') ? { since: milliseconds, key: key.toWellFormed() } : null
}
