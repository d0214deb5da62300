// What waits on a list, and for whom: the standings of its open topics, read in the order of their waiting.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Standing } from '../../tracker/topic/topic.ts'
import { type DatabaseTopicRow, rowColumns, type TopicRow, toTopicRow } from './topic-row.ts'

export interface WaitRow extends TopicRow {
  readonly standing: Standing
}

type Database = Kysely<Tables>

/** A row that an older program made has no standing in its summary. */
const columns = sql`${rowColumns}, coalesce(t.summary->'standing', t.data->'standing') as standing`

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
    sql`select 'here' as half, ${columns} from topic t where t.list_id = ${list} and ${waiting} ${behind}
      order by ${since}, t.id_key limit ${limit + 1}`,
  )
  const shown = rows.slice(0, limit).map(({ row }) => row)
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.cursor ?? null) : null }
}

export interface WaitsOf {
  /** What waits for the person. */
  readonly here: readonly WaitRow[]
  /** What was given to the person, by a line or by the paths of the list's people, and waits for somebody else, or for nobody. */
  readonly given: readonly WaitRow[]
  /** What the person posted or reported and waits for others. */
  readonly elsewhere: readonly WaitRow[]
}

/** Of a person with these addresses; each the longest wait first. */
export async function readWaitsOf(
  db: Database,
  list: ListId,
  addresses: readonly string[],
  limit: number,
): Promise<WaitsOf> {
  const whom = sql`any(${addresses}::text[])`
  const others = sql`coalesce(t.data->'standing'->'waits'->>'address', '') <> all(${addresses}::text[])`
  const rows = await read(
    db,
    sql`(select 'here' as half, ${columns} from topic t where t.list_id = ${list} and ${waiting}
        and t.data->'standing'->'waits'->>'address' = ${whom} order by ${since}, t.id_key limit ${limit})
      union all
      (select 'given', ${columns} from topic t where t.list_id = ${list} and t.open
        and t.summary->'delegate'->'person'->>'address' = ${whom} and ${others}
        order by t.last_said desc limit ${limit})
      union all
      (select 'elsewhere', ${columns} from topic t where t.list_id = ${list} and t.open
        and t.data->'author'->>'address' = ${whom} and t.data->'standing'->>'since' is not null and ${others}
        order by t.last_said desc limit ${limit})`,
  )
  const half = (name: keyof WaitsOf) =>
    rows
      .flatMap(({ half, row }) => (half === name ? [row] : []))
      .sort((a, b) => (a.standing.since ?? 0) - (b.standing.since ?? 0))
  return { here: half('here'), given: half('given'), elsewhere: half('elsewhere') }
}

interface DatabaseWaitRow extends DatabaseTopicRow {
  half: keyof WaitsOf
  standing: Standing
}

async function read(
  db: Database,
  query: RawBuilder<DatabaseWaitRow>,
): Promise<{ half: keyof WaitsOf; row: WaitRow }[]> {
  const { rows } = await query.execute(db)
  return rows.map(({ half, standing, ...row }) => ({
    half,
    row: { ...toTopicRow(row), standing, cursor: `${standing.since ?? 0}.${row.id_key}` },
  }))
}

function cursorOf(text: string | undefined): { since: string; key: string } | null {
  const [, milliseconds, key] = text?.match(/^(-?\d{1,15})\.(.{1,300})$/s) ?? []
  return milliseconds && key && !key.includes('\0') ? { since: milliseconds, key: key.toWellFormed() } : null
}
