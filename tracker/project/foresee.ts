// What would become of a thread if one more mail were in it: the fold itself, of which nothing is written. So a write through
// the API is answered by the very rules that judge mails, before it is in the log.
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../decode/decode.ts'
import { messageIdOf } from '../decode/message-id.ts'
import type { MailFacts } from '../mail/facts.ts'
import { factsOf } from '../mail/facts-of.ts'
import { fold } from '../topic/fold.ts'
import type { Topic } from '../topic/topic.ts'
import type { Verdict } from '../topic/verdict.ts'
import { dressingOf } from './dressing.ts'
import { foldInputs } from './fold-inputs.ts'
import { lockFolding } from './lock.ts'

export interface ForeseenMail {
  readonly bytes: Buffer
  /** When it would come. */
  readonly at: Date
  readonly verdict: Verdict
}

export interface Foreseen {
  readonly facts: MailFacts
  /** The topic that would hold the answered mail. */
  readonly topic: Topic
}

/** With `mail` as a note in the thread of the mail with this key; null when that is in no topic. */
export async function foresee(
  db: Kysely<Tables>,
  list: ListId,
  on: IndexKey,
  mail: ForeseenMail,
): Promise<Foreseen | null> {
  const dressing = await dressingOf(db, list)
  const facts = factsOf(
    decodeMail(mail.bytes),
    messageIdOf(mail.bytes),
    { trace: mail.at.toISOString() },
    dressing,
  )
  const hash = createHash('sha256').update(mail.bytes).digest('hex')
  const arrival = { hash, facts, verdict: mail.verdict, knownAt: mail.at.getTime(), note: true as const }
  let topic: Topic | undefined
  await db
    .transaction()
    .execute(async trx => {
      await lockFolding(trx, list)
      const place = await placeOf(trx, list, on)
      if (place !== undefined) {
        const { arrivals, rules, known, outside } = await foldInputs(trx, list, [place], db, arrival)
        const { topics } = fold(arrivals.get(place) ?? [], rules, known, outside)
        topic = topics.find(({ notes }) => notes?.some(({ id }) => id === facts.messageId))
      }
      // Looking for its commits writes which it found.
      throw nothingHappened
    })
    .catch((error: unknown) => {
      if (error !== nothingHappened) throw error
    })
  return topic === undefined ? null : { facts, topic }
}

const nothingHappened = new Error('Nothing of this is written')

async function placeOf(trx: Kysely<Tables>, list: ListId, key: IndexKey): Promise<ClusterId | undefined> {
  const row = await trx
    .selectFrom('topic_mail')
    .select('cluster')
    .where('list_id', '=', list)
    .where('message_key', '=', key)
    .executeTakeFirst()
  return row?.cluster
}
