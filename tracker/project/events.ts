// What a fold of live mails changed, written once: numbers of bugs, events, and mails whose lines had no effect. Importing and
// rebuilding write no event, and neither does a mail whose verdict is pending: then the topics are remembered as they were.
import { sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId, Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { toStorableJson, toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Topic } from '../topic/topic.ts'
import { giveNumbers } from './bug-number.ts'
import { changesBetween, type TopicChange } from './changes.ts'
import { fileOfRoster } from './rosters.ts'
import type { StandingTopic } from './standing-topics.ts'
import { dropStatementsDue, type EventState, type StatementDue, statementsDueIn } from './statements-due.ts'

type Trx = Transaction<Tables>

/** Of a cluster: what came live and was not told yet, and which of its topics hear something new of others. */
interface News {
  readonly mails: readonly LiveMail[]
  readonly heard: readonly StatementDue[]
}

/** For the clusters that have some. `marked`: a topic of the list bears a mark (statements-due.ts). */
export async function newsOf(
  trx: Trx,
  list: ListId,
  clusters: readonly ClusterId[],
  marked: boolean,
): Promise<ReadonlyMap<ClusterId, News>> {
  const live = Map.groupBy(await liveMails(trx, list, clusters), mail => mail.cluster)
  const due = Map.groupBy(marked ? await statementsDueIn(trx, list, clusters) : [], mark => mark.cluster)
  const of = (cluster: ClusterId) => ({ mails: live.get(cluster) ?? [], heard: due.get(cluster) ?? [] })
  return new Map([...live.keys(), ...due.keys()].map(cluster => [cluster, of(cluster)]))
}

/**
 * Called before the topics are written, in their transaction: `standing` is the state before. Answers which clusters tell
 * something: what their topics say of others is told when those are folded.
 */
export async function recordChanges(
  trx: Trx,
  list: ListId,
  folds: readonly { readonly cluster: ClusterId; readonly fold: { readonly topics: readonly Topic[] } }[],
  news: ReadonlyMap<ClusterId, News>,
  standing: readonly StandingTopic[],
): Promise<ReadonlyMap<ClusterId, EventState>> {
  await giveNumbers(
    trx,
    list,
    folds.flatMap(({ fold }) => fold.topics),
  )
  const events = new Map<ClusterId, EventState>()
  for (const { cluster, fold } of folds) {
    const told = news.get(cluster)
    if (!told) continue
    const { mails, heard } = told
    const before = standing.filter(one => one.cluster === cluster)
    if (mails.length > 0) events.set(cluster, mails.some(({ pending }) => pending) ? 'pending' : 'written')
    if ([...mails, ...heard].some(({ pending }) => pending)) {
      await remember(trx, list, before, fold.topics)
      continue
    }
    await record(trx, list, before, fold.topics, mails)
    await dropStatementsDue(trx, list, heard)
  }
  return events
}

interface LiveMail {
  readonly cluster: ClusterId
  readonly seq: Seq
  readonly key: IndexKey
  /** No verdict yet, or nobody knows yet who may. */
  readonly pending: boolean
  readonly misses: number
  readonly knownAt: Date
  /** Whoever wrote it through the API was answered there. */
  readonly note: boolean
}

/**
 * Of these clusters the mails that came live and of which nothing was told yet. Read from them, who are few: left to
 * itself PostgreSQL read all mails of a large thread instead, which took ten times as long.
 */
async function liveMails(trx: Trx, list: ListId, clusters: readonly ClusterId[]): Promise<LiveMail[]> {
  const { rows } = await sql<LiveMail>`
    select f.cluster, live.seq, f.key, live.pending, m.known_at as "knownAt", m.note, f.misses
    from (select seq, true as pending from verdict_due where list_id = ${list}
      union all select seq, ${fileOfRoster} is not distinct from 'unread' from event_due join list l on l.id = list_id
      where list_id = ${list}) live,
    lateral (select cluster, message_key as key, coalesce(jsonb_array_length(data->'misses'), 0) as misses
      from fact where list_id = ${list} and seq = live.seq and cluster = any(${clusters}::bigint[]) offset 0) f,
    lateral (select known_at, envelope, note from mail where list_id = ${list} and seq = live.seq offset 0) m
    where not m.envelope ? 'later'`.execute(trx)
  return rows
}

/** The topic is null for one that did not stand when a pending mail came. */
type Standing = Pick<StandingTopic, 'id_key' | 'topic'>

async function remember(
  trx: Trx,
  list: ListId,
  standing: readonly Standing[],
  folded: readonly Topic[],
): Promise<void> {
  const known = new Map(standing.map(({ id_key, topic }) => [id_key, topic]))
  const keys = new Set([...known.keys(), ...folded.map(({ id }) => indexKey(id))])
  const rows = [...keys].map(key => ({
    list_id: list,
    topic_key: key,
    data: known.get(key) ? toStorableJson(known.get(key)) : null,
  }))
  await trx
    .insertInto('topic_before')
    .values(rows)
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

async function record(
  trx: Trx,
  list: ListId,
  standing: readonly Standing[],
  folded: readonly Topic[],
  mails: readonly LiveMail[],
): Promise<void> {
  const before = new Map(standing.map(({ id_key, topic }) => [id_key, topic]))
  for (const { id_key, topic } of await takeRemembered(trx, list, standing, folded, mails))
    before.set(id_key, topic)
  const live = new Set(mails.map(({ key }) => key))
  const changes = changesBetween(
    [...before.values()].filter(topic => topic !== null),
    folded,
    ({ id }) => live.has(indexKey(id)),
  )
  // What a topic hears makes nothing new: it was imported.
  const fresh = mails.length > 0
  await writeEvents(
    trx,
    list,
    changes.filter(({ what }) => fresh || what === 'bug-status' || what === 'patch-state'),
  )
  await writeErrors(trx, list, folded, mails)
}

/** As they stood before the mails came, where that was not told at once. What is told now must be on disk first. */
async function takeRemembered(
  trx: Trx,
  list: ListId,
  standing: readonly Standing[],
  folded: readonly Topic[],
  mails: readonly LiveMail[],
): Promise<Standing[]> {
  const keys = [...standing.map(row => row.id_key), ...folded.map(({ id }) => indexKey(id))]
  const { rows } = await sql<{ remembered: Standing[] }>`
    with done as (
      delete from event_due where list_id = ${list} and seq = any(${mails.map(mail => mail.seq)}::bigint[])),
    before as (
      delete from topic_before where list_id = ${list} and topic_key = any(${keys}::text[]) returning topic_key, data)
    select array(select json_build_object('id_key', topic_key, 'topic', data) from before) as remembered,
      set_config('synchronous_commit', 'on', true)`.execute(trx)
  return rows[0]?.remembered ?? []
}

async function writeEvents(trx: Trx, list: ListId, changes: readonly TopicChange[]): Promise<void> {
  if (changes.length === 0) return
  await trx
    .insertInto('event')
    .values(
      changes.map(({ topic, mail, on, what, was, became, data }) => ({
        list_id: list,
        topic_id: toStorableText(topic),
        topic_key: indexKey(topic),
        mail: toStorableText(mail),
        on_mails: toStorableJson(on),
        what,
        was,
        became,
        data: data === undefined ? null : toStorableJson(data),
        // People hear of these alone (tracker/answer/notify.ts).
        notified_at: what === 'bug' || what === 'bug-status' || what === 'patch-state' ? null : sql`now()`,
      })),
    )
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** Half an hour is left for what a line needs and that is still on its way. */
async function writeErrors(
  trx: Trx,
  list: ListId,
  folded: readonly Topic[],
  mails: readonly LiveMail[],
): Promise<void> {
  const failed = new Set(
    folded.flatMap(({ history }) =>
      // What became of a line that was handed on shows elsewhere, a little later.
      history
        .filter(change => !change.effect && (change.reason !== null || change.sent))
        .map(change => indexKey(change.mail)),
    ),
  )
  const rows = mails
    .filter(({ key, misses, note }) => !note && (misses > 0 || failed.has(key)))
    .map(({ key, knownAt }) => ({
      list_id: list,
      message_key: key,
      due_at: new Date(knownAt.getTime() + limits.errorAnswerMinutesMin * 60_000),
    }))
  if (rows.length === 0) return
  await trx
    .insertInto('error_due')
    .values(rows)
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
