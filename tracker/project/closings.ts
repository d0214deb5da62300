// Closings on their way from a patchset to its bug. Written with the topic that makes them, read by the fold of the
// bug's cluster, which is folded again when they change: so either may come first.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { MailFacts } from '../mail/facts.ts'
import { type Closing, closingsOf } from '../topic/closing.ts'
import type { Topic } from '../topic/topic.ts'

/** The closings of these mails. */
export async function closingsFor(
  db: Kysely<Tables>,
  list: ListId,
  arrivals: ReadonlyMap<string, readonly { facts: MailFacts }[]>,
): Promise<Closing[]> {
  const keys = new Set([...arrivals.values()].flat().map(({ facts }) => indexKey(facts.messageId)))
  const { rows } = await sql<{ data: Closing }>`
    select data from claim where list_id = ${list} and target_key = any(${[...keys]}::text[])`.execute(db)
  return rows.map(row => row.data)
}

/** What a fold leaves to be written. */
interface Moved {
  readonly rows: readonly { topic_key: string; target_key: string; data: string }[]
  /** The mails whose topics hear something else than before. */
  readonly targets: readonly string[]
}

/** Takes back what the topics that are written again or gone have said. Before they are deleted. */
export async function moveClosings(
  db: Kysely<Tables>,
  list: ListId,
  gone: readonly string[],
  written: readonly { id_key: string; topic: Topic }[],
): Promise<Moved> {
  const topics = [...gone, ...written.map(row => row.id_key)]
  if (topics.length === 0) return { rows: [], targets: [] }
  const { rows: old } = await sql<{ topic_key: string; target_key: string; data: Closing }>`
    delete from claim where list_id = ${list} and topic_key = any(${topics}::text[])
    returning topic_key, target_key, data`.execute(db)
  const rows = written.flatMap(({ id_key, topic }) =>
    closingsOf(topic).map(closing => ({
      topic_key: id_key,
      target_key: indexKey(closing.target),
      data: toStorableJson(closing),
      digest: digestOf(id_key, closing),
    })),
  )
  const before = new Map(old.map(row => [digestOf(row.topic_key, row.data), row.target_key]))
  const after = new Map(rows.map(row => [row.digest, row.target_key]))
  const targets = [...before, ...after].filter(([digest]) => before.has(digest) !== after.has(digest))
  return { rows: rows.map(({ digest, ...row }) => row), targets: targets.map(([, target]) => target) }
}

const digestOf = (topic: string, { target, by, said, title }: Closing) =>
  JSON.stringify([topic, target, by, said, title])

/** After the topics stand. */
export async function writeClosings(db: Kysely<Tables>, list: ListId, { rows }: Moved): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into claim (list_id, topic_key, target_key, data)
    select ${list}, topic_key, target_key, data::jsonb
    from unnest(${rows.map(row => row.topic_key)}::text[], ${rows.map(row => row.target_key)}::text[],
      ${rows.map(row => row.data)}::text[]) as row (topic_key, target_key, data)
    on conflict (list_id, topic_key, target_key) do update set data = excluded.data`.execute(db)
}

/** The clusters of these mails are folded again. One whose row somebody else holds is being made dirty by him. */
export async function wakeTargets(
  db: Kysely<Tables>,
  list: ListId,
  targets: readonly string[],
): Promise<void> {
  if (targets.length === 0) return
  await sql`
    update cluster set dirty = true where id in (
      select id from cluster where id in (
        select cluster from fact where list_id = ${list} and message_key = any(${targets}::text[]))
      order by id for update skip locked)`.execute(db)
}

/** What the topics of a cluster said is not said any more; call it before they are deleted. */
export async function dropClosings(db: Kysely<Tables>, list: ListId, cluster: string): Promise<boolean> {
  const { rows } = await sql<{ target_key: string }>`
    delete from claim c using topic t
    where t.list_id = ${list} and t.cluster = ${cluster}::bigint and c.list_id = t.list_id and c.topic_key = t.id_key
    returning c.target_key`.execute(db)
  await wakeTargets(
    db,
    list,
    rows.map(row => row.target_key),
  )
  return rows.length > 0
}
