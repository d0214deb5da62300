// How a list is doing, counted from its mails: patches and answers a week, how soon the first answer comes, bugs opened and closed,
// what nobody reviews, and who does. Twelve weeks, up to that of the newest mail.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../../tracker/mail/facts.ts'

export const weekMs = 7 * 86_400_000
const weeksShown = 12

export interface Statistics {
  /** The Mondays of the weeks, UTC's, milliseconds; the last one is that of the newest mail. */
  readonly weeks: readonly number[]
  /** By week. */
  readonly patches: readonly number[]
  readonly answers: readonly number[]
  readonly bugsOpened: readonly number[]
  readonly bugsClosed: readonly number[]
  readonly bugsOpen: readonly number[]
  readonly firstAnswers: FirstAnswers
  /** Open patchsets of which no patch was reviewed, by `waitDays`. */
  readonly unreviewed: readonly number[]
  readonly reviewers: readonly Reviewer[]
}

export interface FirstAnswers {
  /** Patchsets whose first answer came within each of `answerHours`, and later than the last of them. */
  readonly within: readonly number[]
  readonly none: number
  /** Hours; null where none was answered. */
  readonly median: number | null
}

export interface Reviewer {
  readonly who: Person
  readonly reviews: number
  readonly acks: number
  readonly tests: number
  /** The last mail of these, and when. */
  readonly mail: string
  readonly said: number
}

/** Upper ends. */
export const answerHours = [1, 4, 12, 24, 48, 96, 168, 336] as const
/** Upper ends; what waits longer comes behind. */
export const waitDays = [3, 7, 14, 30, 90] as const

type Database = Kysely<Tables>

/** Null for a list without a mail. `now`: milliseconds; what is not reviewed waits until then. */
export async function readStatistics(db: Database, list: ListId, now: number): Promise<Statistics | null> {
  const { rows } = await sql<{ newest: Date | null }>`
    select max(last_said) as newest from topic t where t.list_id = ${list}`.execute(db)
  const newest = rows[0]?.newest?.getTime()
  if (newest === undefined) return null
  const last = mondayOf(Math.min(newest, now))
  const weeks = Array.from({ length: weeksShown }, (_, at) => last - (weeksShown - 1 - at) * weekMs)
  const from = weeks[0] ?? last
  const [items, bugs, firstAnswers, unreviewed, reviewers] = await Promise.all([
    readItems(db, list, from),
    readBugs(db, list, from),
    readFirstAnswers(db, list, from),
    readUnreviewed(db, list, now),
    readReviewers(db, list, from),
  ])
  return { weeks, ...items, ...bugs, firstAnswers, unreviewed, reviewers }
}

/** The first day of 1970 was a Thursday. */
const mondayOf = (ms: number) => Math.floor((ms + 3 * 86_400_000) / weekMs) * weekMs - 3 * 86_400_000

/** The number of the week of a time, from 0. */
const weekOf = (time: string, from: number) =>
  sql`floor(extract(epoch from ${sql.raw(time)} - ${new Date(from)}::timestamptz) / ${sql.lit(weekMs / 1_000)})::int`

interface WeekCount {
  what: string
  week: number
  count: number
}

/** A count for each week; what lies behind the last one is not counted. */
function byWeek(rows: readonly WeekCount[], what: string): number[] {
  const counts = Array.from({ length: weeksShown }, () => 0)
  for (const row of rows) if (row.what === what && row.week in counts) counts[row.week] = row.count
  return counts
}

async function readItems(
  db: Database,
  list: ListId,
  from: number,
): Promise<Pick<Statistics, 'patches' | 'answers'>> {
  const { rows } = await sql<WeekCount>`
    select case when i.kind = 'patch' then 'patches' else 'answers' end as what, ${weekOf('i.said', from)} as week,
      count(*)::int as count
    from api_item i where i.list_id = ${list} and i.kind in ('patch', 'patch-comment', 'cover-comment')
      and i.said >= ${new Date(from)} group by 1, 2`.execute(db)
  return { patches: byWeek(rows, 'patches'), answers: byWeek(rows, 'answers') }
}

/** A bug that no mail speaks of any more was closed before, or is open still. */
async function readBugs(
  db: Database,
  list: ListId,
  from: number,
): Promise<Pick<Statistics, 'bugsOpened' | 'bugsClosed' | 'bugsOpen'>> {
  const { rows } = await sql<WeekCount>`
    with spoken as materialized (
      select t.said, t.open, t.data->'history' as history from topic t
      where t.list_id = ${list} and t.kind = 'bug' and t.last_said >= ${new Date(from)})
    select 'opened' as what, ${weekOf('said', from)} as week, count(*)::int as count
      from spoken where said >= ${new Date(from)} group by 1, 2
    union all
    select 'closed', ${weekOf('closed', from)}, count(*)::int from (
      select to_timestamp(max((c->>'said')::float8) / 1000) as closed
      from spoken cross join lateral jsonb_array_elements(history) with ordinality as h(c, place)
      where not open and (c->>'effect')::bool and (c->>'state' is not null or c->'commit' is not null)
      group by said, history) s where closed >= ${new Date(from)} group by 1, 2
    union all
    select 'open', 0, count(*)::int from topic t where t.list_id = ${list} and t.kind = 'bug' and t.open`.execute(
    db,
  )
  const bugsOpened = byWeek(rows, 'opened')
  const bugsClosed = byWeek(rows, 'closed')
  const open = rows.find(({ what }) => what === 'open')?.count ?? 0
  const later = (at: number) => (sum: number, count: number, week: number) => (week > at ? sum + count : sum)
  const bugsOpen = bugsOpened.map(
    (_, at) => open - bugsOpened.reduce(later(at), 0) + bugsClosed.reduce(later(at), 0),
  )
  return { bugsOpened, bugsClosed, bugsOpen }
}

async function readFirstAnswers(db: Database, list: ListId, from: number): Promise<FirstAnswers> {
  const { rows } = await sql<{ bucket: number | null; count: number; median: number | null }>`
    with posted as materialized (
      select ((t.summary->>'answered')::float8 / 1000 - extract(epoch from t.said)) / 3600 as hours from topic t
      where t.list_id = ${list} and t.kind = 'patchset' and t.last_said >= ${new Date(from)} and t.said >= ${new Date(from)})
    select width_bucket(hours, ${sql.lit(`{${answerHours.join(',')}}`)}::float8[]) as bucket, count(*)::int as count,
      (select percentile_cont(0.5) within group (order by hours) from posted) as median
    from posted group by 1`.execute(db)
  const of = (bucket: number | null) => rows.find(row => row.bucket === bucket)?.count ?? 0
  return {
    within: [...answerHours, null].map((_, at) => of(at)),
    none: of(null),
    median: rows[0]?.median ?? null,
  }
}

async function readUnreviewed(db: Database, list: ListId, now: number): Promise<number[]> {
  const { rows } = await sql<{ bucket: number; count: number }>`
    select width_bucket((${now}::float8 - (t.summary->'standing'->>'since')::float8) / 86400000,
      ${sql.lit(`{${waitDays.join(',')}}`)}::float8[]) as bucket, count(*)::int as count
    from topic t where t.list_id = ${list} and t.kind = 'patchset' and t.open and t.turn = 'reviewer'
      and (t.summary->'revision'->>'reviewed')::int = 0 and t.summary->'standing'->>'since' is not null
    group by 1`.execute(db)
  return [...waitDays, null].map((_, at) => rows.find(({ bucket }) => bucket === at)?.count ?? 0)
}

/** Their trailers are looked at, those of the newest mails. */
export const reviewedTopicsMax = 300
const reviewersMax = 25

async function readReviewers(db: Database, list: ListId, from: number): Promise<Reviewer[]> {
  const { rows } = await sql<Reviewer>`
    with newest as materialized (
      select t.data->'trailers' as trailers from topic t
      where t.list_id = ${list} and t.kind = 'patchset' and t.last_said >= ${new Date(from)}
      order by t.last_said desc limit ${sql.lit(reviewedTopicsMax)}),
    given as (
      select r, lower(r->>'key') as key, (r->>'said')::float8 as said
      from newest cross join lateral jsonb_array_elements(trailers) r
      where (r->>'counts')::bool and (r->>'said')::float8 >= ${from})
    select (array_agg(r->'who' order by said desc))[1] as who, count(*) filter (where key = 'reviewed-by')::int as reviews,
      count(*) filter (where key = 'acked-by')::int as acks, count(*) filter (where key = 'tested-by')::int as tests,
      (array_agg(r->>'mail' order by said desc))[1] as mail, max(said) as said
    from given where key in ('reviewed-by', 'acked-by', 'tested-by')
    group by lower(r->'who'->>'address') order by count(*) desc, max(said) desc limit ${sql.lit(reviewersMax)}`.execute(
    db,
  )
  return rows
}
