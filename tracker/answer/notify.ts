// Events -> the mails that a list chose to send: a new bug's number to its reporter, a new state to the author. Events of one
// topic that come close together make one mail.
import { type Kysely, type Selectable, sql } from 'kysely'
import { type IndexKey, type ListId, listId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { type Owing, oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../mail/facts.ts'
import { numbersOf } from '../project/bug-number.ts'
import type { Topic } from '../topic/topic.ts'
import { type AnsweringList, answering, answeringList, copiesOf, situationOf, topicHolding } from './asker.ts'
import { mayAnswer } from './may-answer.ts'
import { oneLine } from './one-line.ts'

type Event = Selectable<Tables['event']>

/** Tells the events of each topic whose newest is some minutes old. */
export async function notifyOfEvents(db: Kysely<Tables>, now: Date, log?: Log): Promise<void> {
  const { rows } = await sql<{ list_id: number; topic_key: IndexKey }>`
    select list_id, topic_key from event where notified_at is null group by list_id, topic_key
    having max(at) <= ${new Date(now.getTime() - limits.eventRestMinutesMin * 60_000)} order by min(id)`.execute(
    db,
  )
  for (const row of rows)
    await notifyOfTopic(db, listId(row.list_id), row.topic_key, now).catch((error: unknown) =>
      log?.warn({ error }, 'Changes of a topic could not be told and will be tried again'),
    )
}

function notifyOfTopic(db: Kysely<Tables>, id: ListId, key: IndexKey, now: Date): Promise<void> {
  return db.transaction().execute(async trx => {
    const events = await trx
      .selectFrom('event')
      .selectAll()
      .where('list_id', '=', id)
      .where('topic_key', '=', key)
      .where('notified_at', 'is', null)
      .orderBy('id')
      .forUpdate()
      .skipLocked()
      .execute()
    const owing = await notify(trx, id, events, now)
    const fresh = (event: Event) => owing === 'limited' && now.getTime() - +event.at < dayMs
    const done = events.filter(event => !fresh(event)).map(event => event.id)
    if (done.length > 0)
      await trx.updateTable('event').set({ notified_at: now }).where('id', 'in', done).execute()
  })
}

const dayMs = 86_400_000

/** Null when nobody is to hear of it. What is over the limits of an hour waits for the next one. */
async function notify(
  trx: Kysely<Tables>,
  id: ListId,
  events: readonly Event[],
  now: Date,
): Promise<Owing | null> {
  const list = await answeringList(trx, id)
  const [first] = events
  const about = first?.on_mails[0]
  // What made the change may be a mail of another topic.
  const topic = about === undefined ? undefined : await topicHolding(trx, id, indexKey(about))
  if (!topic) return null
  const wanted = events.filter(event => isWanted(event, list, topic))
  const concerned = wanted[0]?.on_mails[0]
  if (concerned === undefined) return null
  const { copies, pending } = await copiesOf(trx, id, indexKey(concerned))
  if (pending) return 'limited'
  const situation = await situationOf(trx, list, topic, { now, mail: concerned, recent: false })
  const asked = mayAnswer(copies, situation)
  const facts = copies[0]?.facts
  if ('reason' in asked || !facts) return null
  const speakers = new Map<string, Person | undefined>()
  for (const event of wanted) speakers.set(event.id, await speakerOf(trx, id, topic, event))
  // The topic knows the owner by the address that the .mailmap means.
  const owner = topic.mails.find(({ id: one }) => one === concerned)?.author.address
  const isOwner = (address: string | undefined) =>
    address !== undefined && (address === asked.to || address === owner)
  const news = wanted.filter(({ what, id: one }) => what === 'bug' || !isOwner(speakers.get(one)?.address))
  if (news.length === 0) return null
  const number = (await numbersOf(trx, id, [topic])).get(topic.id)
  return oweMail(trx, {
    key: `events ${id} ${news.map(event => event.id).join(' ')}`,
    list: id,
    to: asked.to,
    ...answering(facts, [asked.to]),
    body: news
      .map(event => sentence(event, topic, list, { number, speaker: speakers.get(event.id) }))
      .join('\n\n')
      .concat('\n'),
    thread: topic.id,
    kind: news.some(({ what }) => what === 'bug') ? 'ack' : 'state',
  })
}

/** A guess never mails anybody, and who posts a newer version knows that the older one is superseded. */
function isWanted({ what, became }: Event, { answers }: AnsweringList, topic: Topic): boolean {
  if (what === 'bug') return answers.bugs === true && topic.bug?.explicit === true
  return answers.states === true && became !== 'superseded'
}

/** Whose mail made the change; nobody's where a bug is again what it was at first, since what set it was taken back. */
async function speakerOf(
  trx: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  { what, mail, on_mails: on }: Event,
): Promise<Person | undefined> {
  if (what === 'bug-status' && on.includes(mail)) return undefined
  const authorIn = (one: Topic | undefined) =>
    [...(one?.mails ?? []), ...(one?.notes ?? [])].find(({ id }) => id === mail)?.author
  return authorIn(topic) ?? authorIn(await topicHolding(trx, list, indexKey(mail)))
}

interface Notice {
  /** Of the bug. */
  readonly number: number | undefined
  readonly speaker: Person | undefined
}

function sentence(event: Event, topic: Topic, list: AnsweringList, { number, speaker }: Notice): string {
  const name = number === undefined ? 'Your report' : `Bug #${number}`
  if (event.what === 'bug')
    return `Your report to ${list.address} is${number === undefined ? ' kept' : ` bug #${number}`}:\n\n  ${oneLine(topic.title)}\n\nAnswers in its thread belong to it.`
  const what = event.what === 'bug-status' ? name : patchesOf(event, topic)
  const from = event.was === null ? '' : `, was ${event.was}`
  const by = speaker
    ? `Said by ${oneLine(speaker.name || speaker.address)} in <${oneLine(event.mail)}>.`
    : 'What said otherwise was taken back.'
  return `${what}: ${event.became}${from}\n\n  ${oneLine(topic.title)}\n\n${by}`
}

function patchesOf({ on_mails: on }: Event, topic: Topic): string {
  const revision = topic.revisions.find(({ patches }) => patches.some(({ id }) => on.includes(id)))
  const patches = revision?.patches.filter(({ id }) => on.includes(id)) ?? []
  const words = on.length === 1 ? 'Your patch' : 'Your patches'
  if (!revision || patches.length === revision.patches.length) return words
  return `${words} ${patches.map(({ number }) => `${number}/${revision.total}`).join(', ')}`
}
