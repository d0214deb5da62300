// Mails by the calendar, for lists that chose them: daily to each configured person what is delegated to them, and on Mondays
// to the maintainers what waits for whom and for how long.

import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import { allLists } from '../../sql/lists.ts'
import { configuredRoster } from '../../sql/merged-roster.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { mailmapOf } from '../project/people.ts'
import { rosterWithMailmap } from '../topic/mailmap.ts'
import type { Roster } from '../topic/rules.ts'
import type { Topic as WholeTopic } from '../topic/topic.ts'
import { oneLine } from './one-line.ts'

type Topic = Omit<WholeTopic, 'mails'>

interface DigestList {
  readonly id: ListId
  readonly name: string
  readonly address: string
  readonly people: Roster
  readonly answers: ListConfig['answers']
}

/** Owes what is due today; a mail that was owed before is not owed again. */
export async function oweDigests(db: Kysely<Tables>, now: Date): Promise<void> {
  if (now.getUTCHours() < hourOfDay) return
  const day = now.toISOString().slice(0, 10)
  for (const list of await listsThatChose(db)) {
    if (list.answers.digest) await oweDelegated(db, list, day, now)
    if (list.answers.waiting && now.getUTCDay() === monday) await oweWaiting(db, list, day, now)
  }
}

const hourOfDay = 6
const monday = 1

async function listsThatChose(db: Kysely<Tables>): Promise<DigestList[]> {
  return (await allLists(db))
    .filter(({ answers }) => answers.digest || answers.waiting)
    .map(list => ({ ...list, people: configuredRoster(list.people) }))
}

/** To configured people only: whoever else is named in a `Delegate:` line did not ask for mail. */
async function oweDelegated(db: Kysely<Tables>, list: DigestList, day: string, now: Date): Promise<void> {
  // A task may be taken from any address of a person.
  const known = rosterWithMailmap(list.people, await mailmapOf(db, list.id))
  for (const to of addressesOf(list.people)) {
    const key = `digest ${list.id} ${to} ${day}`
    if (await isOwed(db, key)) continue
    const own = known.flatMap(({ person, aliases = [] }) => (person.address === to ? [to, ...aliases] : []))
    const topics = await openTopics(
      db,
      list.id,
      sql`data->'delegate'->'person'->>'address' = any(${own}::text[])`,
    )
    if (topics.length === 0) continue
    const subject = `${list.name}: ${counted(topics.length, 'topic')} delegated to you`
    const body = `Open on ${list.address} and delegated to you:\n\n${topics.map(topic => entry(topic, now)).join('\n')}`
    await owe(db, { key, list: list.id, to, subject, body, kind: 'digest' })
  }
}

async function oweWaiting(db: Kysely<Tables>, list: DigestList, day: string, now: Date): Promise<void> {
  const maintainers = addressesOf(list.people.filter(({ role }) => role === 'maintainer'))
  const fresh: string[] = []
  for (const to of maintainers) if (!(await isOwed(db, `waiting ${list.id} ${to} ${day}`))) fresh.push(to)
  if (fresh.length === 0) return
  const topics = await openTopics(db, list.id, sql`coalesce(data->'standing'->>'turn', '') <> 'nobody'`)
  if (topics.length === 0) return
  const subject = `${list.name}: ${counted(topics.length, 'topic')} that ${topics.length === 1 ? 'waits' : 'wait'}`
  const body = waitingText(list, topics, now)
  for (const to of fresh)
    await owe(db, {
      key: `waiting ${list.id} ${to} ${day}`,
      list: list.id,
      to,
      subject,
      body,
      kind: 'waiting',
    })
}

type Owed = Parameters<typeof oweMail>[1]

const owe = (db: Kysely<Tables>, mail: Owed) => db.transaction().execute(trx => oweMail(trx, mail))

async function isOwed(db: Kysely<Tables>, key: string): Promise<boolean> {
  const row = await db.selectFrom('outbox').select('id').where('key', '=', indexKey(key)).executeTakeFirst()
  return row !== undefined
}

const addressesOf = (people: Roster) => [
  ...new Set(people.filter(({ role }) => role !== 'robot').map(({ person }) => person.address)),
]

/** Patchsets and bugs; what waits longest comes first. */
async function openTopics(db: Kysely<Tables>, list: ListId, which: ReturnType<typeof sql>): Promise<Topic[]> {
  const { rows } = await sql<{ data: Topic }>`
    select data from topic where list_id = ${list} and open and kind in ('patchset', 'bug') and ${which}
    order by last_said, id_key limit ${limits.digestTopicsMax}`.execute(db)
  return rows.map(({ data }) => data)
}

const groups: readonly (readonly [string, (topic: Topic) => boolean])[] = [
  ['Ready to apply', ({ standing }) => standing.turn === 'maintainer'],
  ['Waits for a review', ({ standing }) => standing.turn === 'reviewer'],
  ['Waits for its author', ({ standing }) => standing.turn === 'author'],
  ['Open bugs', ({ kind }) => kind === 'bug'],
]

function waitingText({ address }: DigestList, topics: readonly Topic[], now: Date): string {
  const parts = groups.flatMap(([title, belongs]) => {
    const those = topics.filter(belongs)
    return those.length === 0 ? [] : [`${title}\n\n${those.map(topic => entry(topic, now)).join('\n')}`]
  })
  const cut =
    topics.length < limits.digestTopicsMax ? '' : `\nOnly the ${limits.digestTopicsMax} that wait longest.\n`
  return `Open on ${address}, what waits longest first.\n\n${parts.join('\n')}${cut}`
}

/** Indented, so that no line of somebody else's title can be read as one of ours. */
function entry({ title, author, standing, state, lastSaid, id }: Topic, now: Date): string {
  const days = Math.max(0, Math.floor((now.getTime() - lastSaid) / 86_400_000))
  const why = standing.sentence.map(piece => (typeof piece === 'string' ? piece : piece.text)).join('')
  return [
    `  ${oneLine(title)}`,
    `    by ${oneLine(author.name || author.address)}, ${oneLine(state ?? standing.word)}, quiet for ${counted(days, 'day')}`,
    ...(why === '' ? [] : [`    ${oneLine(why)}`]),
    `    <${oneLine(id)}>\n`,
  ].join('\n')
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
