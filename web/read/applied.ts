// What was applied lately on a list: patchsets that a followed branch holds, or that somebody said to be accepted, each with the
// changes that say so.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Change } from '../../tracker/topic/topic.ts'
import { type DatabaseTopicRow, rowColumns, type TopicRow, toTopicRow } from './topic-row.ts'

export interface AppliedRow extends TopicRow {
  /** The newest first; at most `changesMax`. */
  readonly changes: readonly Change[]
  /** How many there are. */
  readonly count: number
  /** Milliseconds, of the newest. */
  readonly at: number
}

/** A series of thirty patches landed thirty times. */
const changesMax = 4

/** Newest first. When a patch was applied is known only from its topic's history: some more are looked at than are shown. */
export async function readApplied(db: Kysely<Tables>, list: ListId, limit: number): Promise<AppliedRow[]> {
  const candidates = sql.lit(limit * 2)
  const { rows } = await sql<DatabaseTopicRow & { changes: Change[]; count: number; at: string }>`
    with lately as (
      (select t.id_key from topic t
        where t.list_id = ${list} and t.kind = 'patchset' and not t.open and t.state = 'accepted'
        order by t.last_said desc limit ${candidates})
      union
      select tm.topic_key from (
        select l.message_key from landing l where l.list_id = ${list} and l.how <> 'closes'
        order by l.at desc limit ${candidates}) l
      join topic_mail tm on tm.list_id = ${list} and tm.message_key = l.message_key)
    select ${rowColumns}, h.changes, h.count, h.at from lately join topic t on t.list_id = ${list} and t.id_key = lately.id_key
      cross join lateral (
        select jsonb_agg(c order by (c->>'said')::bigint desc) as changes, count(*)::int as count,
          max((c->>'said')::bigint) as at
        from jsonb_array_elements(t.data->'history') c
        where (c->>'effect')::bool and c->'undone' is null and (c->>'state' = 'accepted' or c->>'what' in ('applied', 'landed', 'landed again'))) h
    where t.kind = 'patchset' and h.count > 0 order by h.at desc, t.id_key limit ${limit}`.execute(db)
  return rows.map(({ changes, count, at, ...row }) => ({
    ...{ ...toTopicRow(row), count, at: Number(at) },
    changes: changes.slice(0, changesMax),
  }))
}
