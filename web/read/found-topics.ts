// The topics that a search finds which asks for no word of a mail: `is:open is:bug from:ines`. Each stands once, the one with
// the newest mail first. Words and times are those of its first mail and of its last.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { HitRange } from './hits.ts'
import { leavesOf, type Query } from './query.ts'
import { queryCondition } from './query-sql.ts'
import { type DatabaseTopicRow, rowColumns, type TopicRow, toTopicRow } from './topic-row.ts'

export interface FoundTopics {
  /** Up to `countMax` + 1, which stands for "more". */
  readonly count: number
  readonly rows: readonly FoundTopic[]
}

interface FoundTopic extends TopicRow {
  readonly list: ListId
}

/** `query` asks for topics (query.ts). */
export async function findTopics(
  db: Kysely<Tables>,
  lists: readonly ListId[],
  query: Query,
  { offset, limit, countMax }: HitRange,
): Promise<FoundTopics> {
  const { holds } = queryCondition(query)
  const { rows } = await sql<DatabaseTopicRow & { count: number; list: ListId }>`
    with found as materialized (
      select t.list_id, t.id_key from topic t cross join lateral (${firstMail(query)}) s
      where t.list_id = any(${lists}::int[]) and t.kind <> 'spam' and ${holds}
      order by t.last_said desc, t.id_key desc limit ${sql.lit(countMax + 1)})
    select total.count, t.list_id as list, ${rowColumns}
    from (select count(*)::int as count from found) total
    left join (found join topic t using (list_id, id_key)) on true
    order by t.last_said desc, t.id_key desc offset ${offset} limit ${limit}`.execute(db)
  return {
    count: rows[0]?.count ?? 0,
    rows: rows
      .filter(row => row.id !== null)
      .map(({ count, list, ...row }) => ({ ...toTopicRow(row), list })),
  }
}

/** As a row of `search s` of the topic `t`; its words are looked up only for who asks for some. */
const firstMail = (query: Query): RawBuilder<unknown> =>
  leavesOf(query).some(({ what }) => what === 'words')
    ? sql`select s.list_id, s.seq, s.words, t.last_said as said from search s
        where s.list_id = t.list_id and s.seq in (
          select m.seq from mail m where m.list_id = t.list_id and m.message_key = t.id_key) limit 1`
    : sql`select t.list_id, t.last_said as said`
