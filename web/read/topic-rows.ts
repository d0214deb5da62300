// Rows of topics as lists show them: their columns and summaries (tracker/topic/summary.ts), never the topics.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { TopicSummary } from '../../tracker/topic/summary.ts'
import type { Topic } from '../../tracker/topic/topic.ts'

export interface TopicRow extends TopicSummary {
  readonly id: string
  readonly kind: Topic['kind']
  readonly title: string
  readonly state: Topic['state']
  readonly mails: number
  /** Milliseconds. */
  readonly lastSaid: number
  /** Where the next page begins, for `before`. */
  readonly cursor: string
}

/** A run of topics, newest activity first; `next` continues it. */
export interface TopicRun {
  readonly rows: readonly TopicRow[]
  readonly next: string | null
}

export interface TopicChoice {
  /** Without a kind: all but spam. */
  readonly kind?: Topic['kind']
  /** A milestone. */
  readonly target?: string
  /** Only what may be a bug. */
  readonly candidates?: true
  readonly open?: boolean
  readonly phases?: readonly string[]
  /** A cursor of an earlier run; one that is not ours is taken as none. */
  readonly before?: string
  readonly limit: number
}

/** The topics of a list that fit the choice. */
export async function readTopicRun(db: Kysely<Tables>, list: ListId, choice: TopicChoice): Promise<TopicRun> {
  const { rows } = await sql<DatabaseRow>`
    select ${rowColumns} from (
      select * from topic t where ${conditions(list, choice)}
      order by t.last_said desc, t.id_key desc limit ${choice.limit + 1}
    ) t
    order by t.last_said desc, t.id_key desc`.execute(db)
  const shown = rows.slice(0, choice.limit).map(toTopicRow)
  return { rows: shown, next: rows.length > choice.limit ? (shown.at(-1)?.cursor ?? null) : null }
}

/** Open topics of one kind in some phases: whose turn a patchset is, the status of a bug. */
export interface TopicGroup {
  readonly kind: Topic['kind']
  readonly phases: readonly string[]
}

export interface FilledGroup {
  readonly rows: readonly TopicRow[]
  /** Up to `countMax` + 1, which stands for "more": a million topics are not counted for a page. */
  readonly count: number
}

/** The newest topics of each group and how many there are, in the order of `groups`: one query for a whole home page. */
export async function readTopicGroups(
  db: Kysely<Tables>,
  list: ListId,
  groups: readonly TopicGroup[],
  { limit, countMax }: { limit: number; countMax: number },
): Promise<FilledGroup[]> {
  // A line for each phase, so that the index gives its newest topics in order.
  const wanted = groups.flatMap(({ kind, phases }, place) => phases.map(phase => ({ place, kind, phase })))
  const { rows } = await sql<DatabaseRow & { place: number; count: number }>`
    with wanted as (
      select * from unnest(${wanted.map(one => one.place)}::int[], ${wanted.map(one => one.kind)}::text[],
        ${wanted.map(one => one.phase)}::text[]) as w(place, kind, phase)
    ), counted as (
      select w.place, sum(c.count)::int as count from wanted w cross join lateral (
        select count(*) from (
          select from topic t where t.list_id = ${list} and t.kind = w.kind and t.phase = w.phase and t.open
          limit ${countMax + 1}) s
      ) c group by w.place
    ), ranked as (
      select w.place, n.id_key, row_number() over (partition by w.place order by n.last_said desc, n.id_key desc) as rank
      from wanted w cross join lateral (
        select t.id_key, t.last_said from topic t
        where t.list_id = ${list} and t.kind = w.kind and t.phase = w.phase and t.open
        order by t.last_said desc limit ${limit}
      ) n
    )
    select r.place, c.count, ${rowColumns}
    from ranked r join counted c using (place) join topic t on t.list_id = ${list} and t.id_key = r.id_key
    where r.rank <= ${limit} order by r.place, r.rank`.execute(db)
  const filled = Map.groupBy(rows, row => row.place)
  return groups.map((_, place) => {
    const own = filled.get(place) ?? []
    return { rows: own.map(toTopicRow), count: Math.min(own[0]?.count ?? 0, countMax + 1) }
  })
}

const rowColumns = sql`t.id, t.id_key, t.kind, t.title, t.author, t.state, t.mails, t.last_said, t.summary`

interface DatabaseRow extends Pick<TopicRow, 'id' | 'kind' | 'title' | 'state' | 'mails'> {
  id_key: string
  author: string
  last_said: Date
  /** Empty between an upgrade of the database and the next fold. */
  summary: Partial<TopicSummary>
}

const toTopicRow = ({ id_key, author, last_said, summary, ...row }: DatabaseRow): TopicRow => ({
  author: { name: author, address: '' },
  bugType: null,
  candidate: null,
  revision: null,
  ...summary,
  ...row,
  lastSaid: last_said.getTime(),
  cursor: `${last_said.getTime()}.${id_key}`,
})

function conditions(list: ListId, choice: Omit<TopicChoice, 'limit'>): RawBuilder<unknown> {
  const parts = [sql`t.list_id = ${list}`]
  parts.push(choice.kind === undefined ? sql`t.kind <> 'spam'` : sql`t.kind = ${choice.kind}`)
  if (choice.target !== undefined)
    parts.push(sql`t.data->'bug'->>'target' = ${toStorableText(choice.target)}`)
  if (choice.candidates) parts.push(sql`t.data->>'candidate' is not null`)
  if (choice.open !== undefined) parts.push(sql`t.open = ${choice.open}`)
  if (choice.phases !== undefined) parts.push(sql`t.phase = any(${choice.phases}::text[])`)
  const cursor = parseCursor(choice.before)
  if (cursor) parts.push(sql`(t.last_said, t.id_key) < (${cursor.lastSaid}, ${cursor.key})`)
  return sql.join(parts, sql` and `)
}

function parseCursor(text: string | undefined): { lastSaid: Date; key: string } | undefined {
  const [, milliseconds, key] = text?.match(/^(-?\d{1,15})\.(.+)$/s) ?? []
  if (milliseconds === undefined || key === undefined || key.includes('\0')) return undefined
  return { lastSaid: new Date(Number(milliseconds)), key: key.toWellFormed() }
}
