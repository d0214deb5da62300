// Dirty clusters -> topics. A cluster is leased by its row lock, folded whole, and only rows that differ are written.

import { createHash } from 'node:crypto'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Log } from '../../base/log.ts'
import { memo } from '../../base/memo.ts'
import { packJson } from '../../base/pack.ts'
import { toStorableJson, toStorableText } from '../../base/storable.ts'
import { binaryArray } from '../../sql/binary-array.ts'
import { pagesRenewed } from '../../sql/pages-version.ts'
import type { Tables } from '../../sql/tables.ts'
import { wake } from '../../sql/wake.ts'
import { type Folded, fold, foldVersion } from '../topic/fold.ts'
import type { KnownPeople } from '../topic/known-people.ts'
import type { Outside } from '../topic/outside.ts'
import type { Rules } from '../topic/rules.ts'
import { summaryOf } from '../topic/summary.ts'
import type { Topic, TopicMail } from '../topic/topic.ts'
import type { Arrival } from '../topic/unit.ts'
import { type ApiItems, apiItems } from './api-items.ts'
import { newsOf, recordChanges } from './events.ts'
import { foldInputs } from './fold-inputs.ts'
import { jsonTexts } from './json-texts.ts'
import { writeJudgings } from './judged.ts'
import { writeKnownPeople } from './known-people.ts'
import { lockToFold } from './lock.ts'
import { isOpen } from './open.ts'
import { writeRobotLines } from './robot-lines.ts'
import { type StandingTopic, standingTopics } from './standing-topics.ts'
import { clustersOf, moveStatements, writeStatements } from './statements.ts'
import { markStatementsDue } from './statements-due.ts'

/**
 * Folds at most `count` dirty clusters of the list; answers how many, 0 when none is left. One fold a list at a time:
 * whom the list knows grows with each, and what was guessed without it must be seen by the next.
 */
export function refold(db: Kysely<Tables>, list: ListId, count: number, log?: Log): Promise<number> {
  return db.transaction().execute(async trx => {
    await lockToFold(trx, list)
    const leased = await lease(trx, list, count)
    if (leased.length === 0) return 0
    const clusters = leased.map(({ id }) => id)
    const { arrivals, rules, known, outside, marked, ...naming } = await foldInputs(trx, list, clusters, db)
    const folds = clusters.map(cluster => ({
      cluster,
      fold: foldSafely(cluster, arrivals.get(cluster) ?? [], rules, known, outside, log),
    }))
    const done = folds.filter((one): one is ClusterFold => one.fold !== null)
    const folded = done.map(({ cluster }) => cluster)
    const news = await newsOf(trx, list, folded, marked)
    const standing = await standingTopics(trx, list, {
      clusters: folded,
      keys: done.flatMap(({ fold }) => fold.topics.map(({ id }) => indexKey(id))),
      told: [...news.keys()],
    })
    const events = await recordChanges(trx, list, done, news, standing)
    const items = apiItems(db, list, naming)
    const targets = await write(trx, list, clusters, done, standing, items, { events, marked })
    await writeJudgings(
      trx,
      list,
      done.flatMap(one => one.fold.judgings),
    )
    await writeKnownPeople(trx, list, known, done)
    await writeRobotLines(trx, list, done)
    // Who hears something of a new mail waits no longer than that mail.
    const when = leased.every(({ late }) => late) ? 'late' : 'now'
    if (targets.length > 0) await wake(trx, clustersOf(list, targets), when, 'beside')
    return clusters.length
  })
}

/** A cluster that could be folded. */
interface ClusterFold {
  readonly cluster: ClusterId
  readonly fold: Folded
}

type Trx = Transaction<Tables>

async function lease(trx: Trx, list: ListId, count: number): Promise<{ id: ClusterId; late: boolean }[]> {
  const { rows } = await sql<{ id: ClusterId; late: boolean }>`
    select id, late from cluster where list_id = ${list} and dirty order by late, id limit ${count} for update skip locked`.execute(
    trx,
  )
  return rows
}

/** A cluster that can't be folded (null) keeps the topics it has; doctor names it. */
function foldSafely(
  cluster: ClusterId,
  arrivals: readonly Arrival[],
  rules: Rules,
  known: KnownPeople,
  outside: Outside,
  log: Log | undefined,
): Folded | null {
  try {
    return fold(arrivals, rules, known, outside)
  } catch (error) {
    log?.error(
      { cluster, mails: arrivals.map(({ facts }) => facts.messageId), error },
      'A cluster could not be folded',
    )
    return null
  }
}

/**
 * For the `with` of a statement: the clusters are folded. Those that failed are set to version -1; of the others it is
 * written anew on which strangers they hang, and what robots say there.
 */
function markedFolded(
  list: ListId,
  clusters: readonly ClusterId[],
  folded: readonly ClusterId[],
  changed: boolean,
): RawBuilder<unknown> {
  return sql`
    strangers as (delete from stranger where cluster = any(${folded}::bigint[])),
    robots as (delete from robot_line where cluster = any(${folded}::bigint[])),
    pages as (${pagesRenewed(list, changed)}),
    folded as (
      update cluster set dirty = false, late = false, folded = case when id = any(${folded}::bigint[]) then ${foldVersion}::int else -1 end
      where id = any(${clusters}::bigint[]))`
}

/** Compare and write; answers what other topics are to hear of it. */
async function write(
  trx: Trx,
  list: ListId,
  clusters: readonly ClusterId[],
  folds: readonly ClusterFold[],
  standing: readonly StandingTopic[],
  items: ApiItems,
  news: Parameters<typeof markStatementsDue>[4],
): Promise<IndexKey[]> {
  const wanted = folds.flatMap(({ cluster, fold: { topics, shown } }) =>
    topics.map(topic => topicRow(list, cluster, topic, shown)),
  )
  const wantedKeys = new Set(wanted.map(row => row.id_key))
  const before = new Map(standing.map(row => [row.id_key, row]))
  const differing = wanted.filter(row => !isSame(before.get(row.id_key), row))
  const left = standing.filter(row => !wantedKeys.has(row.id_key))
  const gone = left.map(row => row.id_key)
  const spoke = [...gone, ...differing.map(row => row.id_key)].filter(key => before.get(key)?.speaks)
  const moved = await moveStatements(trx, list, spoke, differing)
  if (gone.length > 0)
    await sql`
      with items as (delete from api_item where list_id = ${list} and topic_key = any(${gone}::text[]))
      delete from topic where list_id = ${list} and id_key = any(${gone}::text[])`.execute(trx)
  const folded = folds.map(({ cluster }) => cluster)
  const changed = gone.length + differing.length > 0
  const { rows } = await sql<{ written: string }>`
    with mails as (${mailRows(list, movedMails(before, wanted))}), ${markedFolded(list, clusters, folded, changed)}
    ${topicRows(differing)} returning xmin::text as written`.execute(trx)
  await items.write(
    trx,
    differing.map(row => ({ ...row, before: before.get(row.id_key) })),
    rows[0]?.written,
  )
  await writeStatements(trx, list, moved)
  const released = await markStatementsDue(trx, list, moved.changed, { stand: wanted, gone: left }, news)
  return [...moved.changed.map(({ target_key }) => target_key), ...released]
}

const isSame = (before: StandingTopic | undefined, { digest, cluster }: TopicRow) =>
  before?.digest === digest && before.cluster === cluster

type TopicRow = ReturnType<typeof topicRow>

/** Of a long thread nearly all mails are the same as in its last fold. */
const mailJson = memo((mail: TopicMail) => Buffer.from(toStorableJson(mail)))

const keyOf = memo((mail: TopicMail) => indexKey(mail.id))

/** `name` tells it apart from the same mail with another copy shown. */
function topicMailOf(mail: TopicMail, copies: Folded['shown']) {
  const key = keyOf(mail)
  const shown = copies.get(mail.id) ?? null
  return { key, shown, name: shown === null ? key : `${shown} ${key}` }
}

/** Of a thread of 2,000 mails it has a megabyte; as a string it took ten times as long to put together. */
function jsonArray(items: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  for (const item of items) parts.push(parts.length === 0 ? opening : comma, item)
  return items.length === 0 ? Buffer.from('[]') : Buffer.concat([...parts, closing])
}

const [opening, comma, closing] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')]

function topicRow(list: ListId, cluster: ClusterId, topic: Topic, shown: Folded['shown']) {
  const { mails, ...rest } = topic
  const { notes = [] } = rest
  const data = toStorableJson(rest)
  const mailData = packJson(jsonArray(mails.map(mailJson)))
  const summary = toStorableJson(summaryOf(topic))
  const topicMails = [...mails, ...notes].map(mail => topicMailOf(mail, shown))
  const digest = createHash('sha256').update(data).update(mailData).update(summary)
  // Other copies are another page.
  for (const row of topicMails) if (row.shown !== null) digest.update(row.name)
  return {
    list_id: list,
    id: toStorableText(topic.id),
    id_key: indexKey(topic.id),
    cluster,
    kind: topic.kind,
    title: toStorableText(topic.title),
    author: toStorableText(topic.author.name || topic.author.address),
    state: topic.state,
    open: isOpen(topic),
    turn: topic.standing.turn,
    mails: mails.length,
    said: new Date(topic.said).toISOString(),
    last_said: new Date(topic.lastSaid).toISOString(),
    data,
    mail_data: mailData,
    summary,
    digest: digest.digest('base64url'),
    topicMails,
    topic,
  }
}

function topicRows(rows: readonly TopicRow[]): RawBuilder<unknown> {
  const columns = JSON.stringify(rows.map(({ data, mail_data, summary, topicMails, topic, ...row }) => row))
  return sql`
    insert into topic (list_id, id, id_key, cluster, kind, title, author, state, open, turn, mails, said, last_said, digest,
      data, summary, mail_data)
    select list_id, id, id_key, cluster, kind, title, author, state, open, turn, mails, said, last_said, digest,
      data::jsonb, summary::jsonb, mail_data
    from rows from (
      jsonb_to_recordset(${columns}::jsonb) as (list_id integer, id text, id_key text, cluster bigint, kind text,
        title text, author text, state text, open boolean, turn text, mails integer, said timestamptz, last_said timestamptz, digest text),
      ${jsonTexts(rows.map(row => row.data))}, ${jsonTexts(rows.map(row => row.summary))},
      unnest(${binaryArray(
        'bytea',
        rows.map(row => row.mail_data),
      )}::bytea[])) as row (list_id, id, id_key, cluster, kind,
        title, author, state, open, turn, mails, said, last_said, digest, data, summary, mail_data)
    on conflict (list_id, id_key) do update set (cluster, kind, title, author, state, open, turn, mails, said, last_said,
        data, summary, mail_data, digest, version) =
      (excluded.cluster, excluded.kind, excluded.title, excluded.author, excluded.state, excluded.open, excluded.turn, excluded.mails,
       excluded.said, excluded.last_said, excluded.data, excluded.summary, excluded.mail_data, excluded.digest,
       case when topic.digest = excluded.digest then topic.version else topic.version + 1 end)`
}

interface TopicMailRow {
  readonly key: IndexKey
  readonly shown: string | null
  readonly topic: IndexKey
  readonly cluster: ClusterId
}

/** Those that are new or changed. */
function movedMails(
  before: ReadonlyMap<IndexKey, StandingTopic>,
  wanted: readonly TopicRow[],
): TopicMailRow[] {
  return wanted.flatMap(({ id_key: topic, cluster, topicMails }) => {
    const standing = before.get(topic)
    const there = standing?.cluster === cluster ? standing.mails : undefined
    return topicMails.filter(row => !there?.has(row.name)).map(row => ({ ...row, topic, cluster }))
  })
}

/** Which topic holds which mail, and which of its copies is read. */
const mailRows = (list: ListId, rows: readonly TopicMailRow[]): RawBuilder<unknown> => sql`
  insert into topic_mail (list_id, message_key, topic_key, cluster, shown)
  select ${list}, key, topic, cluster, decode(shown, 'hex')
  from unnest(${rows.map(row => row.key)}::text[], ${rows.map(row => row.topic)}::text[],
    ${rows.map(row => row.cluster)}::bigint[], ${rows.map(row => row.shown)}::text[]) as row (key, topic, cluster, shown)
  on conflict (list_id, message_key) do update
    set topic_key = excluded.topic_key, cluster = excluded.cluster, shown = excluded.shown`
