// Runs of topics as lists show them, in the order of their last mails.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Topic, Turn } from '../../tracker/topic/topic.ts'
import { type DatabaseTopicRow, rowColumns, type TopicRow, toTopicRow } from './topic-row.ts'

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
  /** Of open patchsets. */
  readonly turn?: Turn
  /** A cursor of an earlier run; one that is not ours is taken as none. */
  readonly before?: string
  readonly limit: number
}

/** The topics of a list that fit the choice. */
export async function readTopicRun(db: Kysely<Tables>, list: ListId, choice: TopicChoice): Promise<TopicRun> {
  const { rows } = await sql<DatabaseTopicRow>`
    select ${rowColumns} from (
      select * from topic t where ${conditions(list, choice)}
      order by t.last_said desc, t.id_key desc limit ${choice.limit + 1}
    ) t
    order by t.last_said desc, t.id_key desc`.execute(db)
  const shown = rows.slice(0, choice.limit).map(toTopicRow)
  return { rows: shown, next: rows.length > choice.limit ? (shown.at(-1)?.cursor ?? null) : null }
}

/** The open topics of one kind; of patchsets those with one whose turn it is. */
export type TopicGroup = Pick<TopicChoice, 'kind' | 'turn'>

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
  // A select for each group, so that an index gives its newest topics in order. As a value the count is made once: joined
  // it would be made for each row.
  const wanted = groups.map((group, place) => {
    const those = sql`from topic t where ${conditions(list, { ...group, open: true })}`
    return sql`
      (select ${sql.lit(place)} as place, t.id_key,
        (select count(*)::int from (select ${those} limit ${sql.lit(countMax + 1)}) s) as count
      ${those} order by t.last_said desc limit ${sql.lit(limit)})`
  })
  const { rows } = await sql<DatabaseTopicRow & { place: number; count: number }>`
    select w.place, w.count, ${rowColumns}
    from (${sql.join(wanted, sql` union all `)}) w join topic t on t.list_id = ${list} and t.id_key = w.id_key
    order by w.place, t.last_said desc, t.id_key desc`.execute(db)
  const filled = Map.groupBy(rows, row => row.place)
  return groups.map((_, place) => {
    const own = filled.get(place) ?? []
    return { rows: own.map(toTopicRow), count: own[0]?.count ?? 0 }
  })
}

function conditions(list: ListId, choice: Omit<TopicChoice, 'limit'>): RawBuilder<unknown> {
  const parts = [sql`t.list_id = ${list}`]
  parts.push(choice.kind === undefined ? sql`t.kind <> 'spam'` : sql`t.kind = ${choice.kind}`)
  if (choice.target !== undefined)
    parts.push(sql`t.data->'bug'->>'target' = ${toStorableText(choice.target)}`)
  if (choice.candidates) parts.push(sql`t.data->>'candidate' is not null`)
  // Written out, so that a prepared statement may take the index of what is open.
  if (choice.open !== undefined) parts.push(choice.open ? sql`t.open` : sql`not t.open`)
  if (choice.turn !== undefined) parts.push(sql`t.turn = ${choice.turn}`)
  const cursor = parseCursor(choice.before)
  if (cursor) parts.push(sql`(t.last_said, t.id_key) < (${cursor.lastSaid}, ${cursor.key})`)
  return sql.join(parts, sql` and `)
}

function parseCursor(text: string | undefined): { lastSaid: Date; key: string } | undefined {
  const [, milliseconds, key] = text?.match(/^(-?\d{1,15})\.(.+)$/s) ?? []
  if (milliseconds === undefined || key === undefined || key.includes('\0')) return undefined
  return { lastSaid: new Date(Number(milliseconds)), key: key.toWellFormed() }
}
