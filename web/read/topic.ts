// One topic, and the topics beside it.

import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import type { Claim, Topic } from '../../tracker/topic/topic.ts'

/** What another page shows of a topic: a link with its state. */
export interface TopicLink {
  readonly id: string
  readonly kind: Topic['kind']
  readonly title: string
  readonly state: Topic['state']
}

/** Undefined when it was refolded into another one since its place was read. */
export async function readTopic(db: Kysely<Tables>, list: ListId, key: string): Promise<Topic | undefined> {
  const row = await db
    .selectFrom('topic')
    .select(topicColumns)
    .where('list_id', '=', list)
    .where('id_key', '=', key)
    .executeTakeFirst()
  return row && wholeTopic(row)
}

/** The topics that hold these claimed targets, by target; a target that is no mail of the list is left out. */
export async function readClaimed(
  db: Kysely<Tables>,
  list: ListId,
  targets: readonly string[],
): Promise<ReadonlyMap<string, TopicLink>> {
  if (targets.length === 0) return new Map()
  const keys = new Map(targets.slice(0, limits.claimsShownMax).map(target => [indexKey(target), target]))
  const rows = await db
    .selectFrom('topic_mail as m')
    .innerJoin('topic as t', join =>
      join.onRef('t.list_id', '=', 'm.list_id').onRef('t.id_key', '=', 'm.topic_key'),
    )
    .select(['m.message_key', 't.id', 't.kind', 't.title', 't.state'])
    .where('m.list_id', '=', list)
    .where('m.message_key', 'in', [...keys.keys()])
    .execute()
  return new Map(rows.map(row => [keys.get(row.message_key) ?? '', toLink(row)]))
}

/** The patchsets that say they close one of these mails, or were posted below it. Newest first. */
export function readFixes(db: Kysely<Tables>, list: ListId, ids: readonly string[]): Promise<TopicLink[]> {
  return readClaiming(
    db,
    list,
    'patchset',
    ids.flatMap(target => [
      { what: 'closes', target },
      { what: 'proposed', target },
    ]),
  )
}

/** The bugs that are said to repeat one of these mails. */
export function readDuplicates(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly string[],
): Promise<TopicLink[]> {
  return readClaiming(
    db,
    list,
    'bug',
    ids.map(target => ({ what: 'duplicate', target })),
  )
}

async function readClaiming(
  db: Kysely<Tables>,
  list: ListId,
  kind: 'patchset' | 'bug',
  wanted: readonly { what: Claim['what']; target: string }[],
): Promise<TopicLink[]> {
  const claims = wanted.map(claim => JSON.stringify([claim]))
  const { rows } = await sql<LinkRow>`
    select t.id, t.kind, t.title, t.state from topic t
    where t.list_id = ${list} and t.kind = ${sql.lit(kind)} and t.data->'claims' @> any(${claims}::jsonb[])
    order by t.last_said desc limit ${limits.claimsShownMax}`.execute(db)
  return rows.map(toLink)
}

interface LinkRow {
  id: string
  kind: Topic['kind']
  title: string
  state: string | null
}

const toLink = ({ id, kind, title, state }: LinkRow): TopicLink => ({
  id,
  kind,
  title,
  state: state as Topic['state'],
})
