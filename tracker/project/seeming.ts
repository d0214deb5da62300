// What an answer that lost its thread seems to answer: the one topic of the last weeks that has its title and in which its
// sender, or somebody it is addressed to, wrote. Two such topics are none. It is asked when a page or an answer needs it
// and never stored: nothing is sorted by it, and another topic of that title tomorrow makes it untrue.
import { type Kysely, sql } from 'kysely'
import { type ListId, type MessageId, messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { wholeTopic } from '../../sql/topic-row.ts'
import { parseAddresses } from '../decode/addresses.ts'
import type { Header } from '../decode/mail.ts'
import { titleKey } from '../mail/subject.ts'
import { headOf } from '../topic/summary.ts'
import type { Topic } from '../topic/topic.ts'
import { holdsWords } from './holds-words.ts'
import { wordsOf } from './words.ts'

export interface Lost {
  /** The topic that it is alone in. */
  readonly topic: Pick<Topic, 'id' | 'said' | 'author'>
  /** Its title without reply words and brackets. */
  readonly title: string
  readonly headers: readonly Header[]
}

/** The mail that it seems to answer, and the topic that mail is in. */
export interface Seeming {
  readonly mail: MessageId
  readonly topic: Topic
}

export async function seemsToAnswer(
  db: Kysely<Tables>,
  list: ListId,
  { topic, title, headers }: Lost,
): Promise<Seeming | null> {
  const key = titleKey(title)
  const words = wordsOf(title)
  // One word is no title: "Re: hello".
  if (words.length < 2) return null
  const since = new Date(topic.said - limits.seemingDaysMax * 86_400_000).toISOString()
  const query = words.map(word => `'${word}':A`).join(' <-> ')
  const { rows } = await sql<{ data: Omit<Topic, 'mails'>; mail_data: Buffer }>`
    select t.data, t.mail_data from topic t where t.list_id = ${list} and t.id <> ${topic.id} and t.kind <> 'spam'
      and t.said <= ${new Date(topic.said).toISOString()} and t.last_said >= ${since}
      and t.id_key in (
        select m.topic_key from search s join topic_mail m on m.list_id = s.list_id and m.message_key = s.message_key
        where s.list_id = ${list} and ${holdsWords('heads', query)} limit ${mailsTriedMax})
    limit ${topicsTriedMax}`.execute(db)
  // Of so many nobody knows which.
  if (rows.length === topicsTriedMax) return null
  const people = peopleOf(headers, topic)
  const found = rows.flatMap((row): Seeming[] => {
    const other = wholeTopic(row)
    const mail = titledIn(other, key)
    const isOfThem = other.mails.some(({ author }) => people.has(author.address))
    return mail !== null && isOfThem ? [{ mail, topic: other }] : []
  })
  const [only, ...more] = found
  return only && more.length === 0 ? only : null
}

const mailsTriedMax = 200
const topicsTriedMax = 10

/** Its sender and those it is addressed to; a list's own address wrote nothing. */
function peopleOf(headers: readonly Header[], { author }: Lost['topic']): ReadonlySet<string> {
  const to = headers
    .filter(({ name }) => name === 'to' || name === 'cc')
    .flatMap(({ value }) => parseAddresses(value.slice(0, 20_000)))
  return new Set([author.address, ...to.map(({ address }) => address)].filter(Boolean))
}

/** The newest mail there that was posted under this title, else the first one. */
function titledIn(topic: Topic, key: string): MessageId | null {
  const is = (title: string) => titleKey(title) === key
  for (const revision of topic.revisions.toReversed()) {
    const head = headOf(revision)
    if (is(revision.title) && head !== null) return messageId(head)
    const patch = revision.patches.find(({ title }) => is(title))
    if (patch) return patch.id
  }
  return is(topic.title) ? topic.id : null
}
