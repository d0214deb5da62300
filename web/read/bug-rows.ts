// The bugs of a list as its page filters and orders them, and by what it can: the labels and severities that they have.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { type DatabaseTopicRow, rowColumns, type TopicRow, toTopicRow } from './topic-row.ts'

/** `last`: the newest mail first; `age`: the oldest report first; `severity`: the worst first. */
export const bugOrders = ['last', 'age', 'severity'] as const
export type BugOrder = (typeof bugOrders)[number]

export interface BugChoice {
  readonly open: boolean
  readonly label: string | undefined
  readonly severity: string | undefined
  readonly order: BugOrder
}

export interface BugRuns {
  readonly rows: readonly TopicRow[]
  /** There are more behind these. */
  readonly more: boolean
}

type Database = Kysely<Tables>

export async function readBugs(
  db: Database,
  list: ListId,
  choice: BugChoice,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<BugRuns> {
  const { open, label, severity, order } = choice
  const of = [sql`t.list_id = ${list} and t.kind = 'bug'`, open ? sql`t.open` : sql`not t.open`]
  if (label !== undefined) of.push(sql`t.summary->'labels' @> to_jsonb(${toStorableText(label)}::text)`)
  if (severity !== undefined) of.push(sql`t.summary->>'severity' = ${toStorableText(severity)}`)
  const { rows } = await sql<DatabaseTopicRow>`
    select ${rowColumns} from topic t where ${sql.join(of, sql` and `)}
    order by ${orders[order]} offset ${offset} limit ${limit + 1}`.execute(db)
  return { rows: rows.slice(0, limit).map(toTopicRow), more: rows.length > limit }
}

/** Words of debbugs, of Bugzilla and of reviews. What is no word of these comes behind them. */
const worstFirst = [
  ...['blocker', 'critical', 'fatal', 'severe', 'grave', 'serious', 'high', 'major', 'error', 'important'],
  ...['medium', 'moderate', 'normal', 'warning', 'low', 'minor', 'trivial', 'cosmetic', 'wishlist'],
]

const orders: Record<BugOrder, RawBuilder<unknown>> = {
  last: sql`t.last_said desc, t.id_key desc`,
  age: sql`t.said, t.id_key`,
  severity: sql`t.summary->>'severity' is null,
    array_position(${sql.lit(`{${worstFirst.join(',')}}`)}::text[], t.summary->>'severity') nulls last, t.said, t.id_key`,
}

export interface BugMarks {
  readonly labels: readonly BugMark[]
  readonly severities: readonly BugMark[]
}

interface BugMark {
  readonly word: string
  readonly count: number
}

/** Of the bugs with the newest mails: a list of many thousands is not read for its page. */
const markedBugsMax = 1_000
/** More are no overview. */
const marksMax = 12

export async function readBugMarks(db: Database, list: ListId, open: boolean): Promise<BugMarks> {
  const { rows } = await sql<BugMark & { kind: 'label' | 'severity' }>`
    with newest as materialized (
      select t.summary from topic t where t.list_id = ${list} and t.kind = 'bug' and ${open ? sql`t.open` : sql`not t.open`}
      order by t.last_said desc limit ${sql.lit(markedBugsMax)})
    (select 'label' as kind, word, count(*)::int as count
      from newest cross join lateral jsonb_array_elements_text(summary->'labels') word
      group by word order by count(*) desc, word limit ${sql.lit(marksMax)})
    union all
    (select 'severity', summary->>'severity', count(*)::int from newest where summary->>'severity' is not null
      group by summary->>'severity'
      order by array_position(${sql.lit(`{${worstFirst.join(',')}}`)}::text[], summary->>'severity') nulls last
      limit ${sql.lit(marksMax)})`.execute(db)
  const of = (kind: string) => rows.flatMap(row => (row.kind === kind ? [row] : []))
  return { labels: of('label'), severities: of('severity') }
}
