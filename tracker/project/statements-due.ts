// Statements that live mails changed: when the topic that hears one is folded, its events are written as if the mails were its
// own. While one of the mails has no verdict it is remembered as it was.
import { type Kysely, sql, type Transaction } from 'kysely'
import { type ClusterId, type IndexKey, type ListId, noCluster } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

type Trx = Transaction<Tables>

/** Of a cluster with live mails: its events are written now, or when no verdict is pending. Others have none. */
export type EventState = 'written' | 'pending'

/** Topics and their clusters, after a fold. */
export interface Spoken {
  readonly stand: readonly TopicInCluster[]
  readonly gone: readonly TopicInCluster[]
}

interface TopicInCluster {
  readonly id_key: IndexKey
  readonly cluster: ClusterId
}

/**
 * After a fold: what changed in clusters with events has events where it is heard, too. Answers the mails whose topics may have
 * those now that were kept while a verdict was missing.
 */
export async function markStatementsDue(
  trx: Trx,
  list: ListId,
  changed: readonly Mark[],
  { stand, gone }: Spoken,
  { events, marked }: { readonly events: ReadonlyMap<ClusterId, EventState>; readonly marked: boolean },
): Promise<IndexKey[]> {
  if (!marked && changed.length === 0) return []
  const clusters = new Map([...gone, ...stand].map(({ id_key, cluster }) => [id_key, cluster]))
  const how = (topic: IndexKey) => events.get(clusters.get(topic) ?? noCluster)
  const left = await takeMarks(
    trx,
    list,
    gone.map(({ id_key }) => id_key),
  )
  const marks = [...left, ...changed.filter(({ topic_key }) => how(topic_key) !== undefined)]
  const standing = new Map(stand.map(({ id_key, cluster }) => [cluster, id_key]))
  const kept = new Set(stand.map(({ id_key }) => id_key))
  // Whether a mark is pending is asked of the cluster, so any of its topics may bear it.
  const bearer = (topic: IndexKey) =>
    kept.has(topic) ? topic : (standing.get(clusters.get(topic) ?? noCluster) ?? topic)
  await writeMarks(
    trx,
    list,
    marks.map(({ topic_key, target_key }) => ({
      topic_key: bearer(topic_key),
      target_key,
      pending: how(topic_key) === 'pending',
    })),
  )
  return release(
    trx,
    list,
    [...kept].filter(topic => how(topic) !== 'pending'),
  )
}

/** The topic that speaks, and the mail whose topic hears it. */
interface Mark {
  readonly topic_key: IndexKey
  readonly target_key: IndexKey
}

async function takeMarks(trx: Trx, list: ListId, topics: readonly IndexKey[]): Promise<Mark[]> {
  if (topics.length === 0) return []
  const { rows } = await sql<Mark>`
    delete from statement_due where list_id = ${list} and topic_key = any(${topics}::text[])
    returning topic_key, target_key`.execute(trx)
  return rows
}

async function writeMarks(
  trx: Trx,
  list: ListId,
  marks: readonly (Mark & { readonly pending: boolean })[],
): Promise<void> {
  const rows = new Map(marks.map(mark => [`${mark.topic_key} ${mark.target_key}`, mark]))
  if (rows.size === 0) return
  await trx
    .insertInto('statement_due')
    .values([...rows.values()].map(row => ({ list_id: list, ...row })))
    .onConflict(conflict =>
      conflict
        .columns(['list_id', 'topic_key', 'target_key'])
        .doUpdateSet({ pending: eb => eb.ref('excluded.pending') }),
    )
    .execute()
  await dropVain(
    trx,
    list,
    [...rows.values()].map(({ target_key }) => target_key),
  )
}

/** What these topics said waits for no verdict any more. Answers the mails that it speaks of. */
export async function release(
  db: Kysely<Tables>,
  list: ListId,
  topics: readonly IndexKey[],
): Promise<IndexKey[]> {
  const { rows } = await sql<{ target_key: IndexKey }>`
    update statement_due set pending = false
    where list_id = ${list} and pending and topic_key = any(${topics}::text[]) returning target_key`.execute(
    db,
  )
  const targets = rows.map(row => row.target_key)
  await dropVain(db, list, targets)
  return targets
}

/**
 * A mail that is not here is told of when it comes live, and is not when it is imported: no mark waits for it, since most
 * never come, and all marks are read for each fold.
 */
async function dropVain(db: Kysely<Tables>, list: ListId, targets: readonly IndexKey[]): Promise<void> {
  if (targets.length === 0) return
  await sql`
    delete from statement_due where list_id = ${list} and not pending and target_key = any(${targets}::text[])
      and not exists (select from fact f where f.list_id = statement_due.list_id and f.message_key = statement_due.target_key)`.execute(
    db,
  )
}

/** A mark at a topic of this cluster. */
export interface StatementDue {
  readonly cluster: ClusterId
  readonly target: IndexKey
  readonly pending: boolean
}

/**
 * The list's marks for these clusters. In two steps: hardly ever is there one, and of both in one statement PostgreSQL made
 * a second's work in a large thread.
 */
export async function statementsDueIn(
  trx: Trx,
  list: ListId,
  clusters: readonly ClusterId[],
): Promise<StatementDue[]> {
  const { rows: marks } = await sql<Omit<StatementDue, 'cluster'>>`
    select target_key as target, bool_or(pending) as pending from statement_due where list_id = ${list} group by target_key`.execute(
    trx,
  )
  if (marks.length === 0) return []
  const { rows: hearing } = await sql<{ cluster: ClusterId; key: IndexKey }>`
    select distinct cluster, message_key as key from fact
    where list_id = ${list} and message_key = any(${marks.map(({ target }) => target)}::text[])
      and cluster = any(${clusters}::bigint[])`.execute(trx)
  return marks.flatMap(mark =>
    hearing.filter(({ key }) => key === mark.target).map(({ cluster }) => ({ ...mark, cluster })),
  )
}

/** They were told. */
export async function dropStatementsDue(
  trx: Trx,
  list: ListId,
  marks: readonly StatementDue[],
): Promise<void> {
  if (marks.length === 0) return
  await sql`
    delete from statement_due where list_id = ${list} and target_key = any(${marks.map(({ target }) => target)}::text[])`.execute(
    trx,
  )
}
