// Half an hour after a mail with lines that had no effect: when they still have none, its sender is told, privately and once.
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { type ListId, listId, type MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Log } from '../../base/log.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { isLostAnswer } from '../mail/lost-answer.ts'
import { seemsToAnswer } from '../project/seeming.ts'
import type { Topic } from '../topic/topic.ts'
import { askMaintainer } from './ask-maintainer.ts'
import { answering, answeringList, copiesOf, situationOf, topicHolding } from './asker.ts'
import { errorsOf, errorText, type Way } from './error-text.ts'
import { type MailCopy, mayAnswer } from './may-answer.ts'

/** Looks at every mail that is due. One that can't be answered is tried again later and holds up no other. */
export async function answerErrors(db: Kysely<Tables>, now: Date, log?: Log): Promise<void> {
  for (;;) {
    const due = await db
      .selectFrom('error_due')
      .selectAll()
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst()
    if (!due) return
    try {
      await answerOne(db, due, now)
    } catch (error) {
      log?.warn({ error }, 'A mail could not be answered and will be tried again')
      await postpone(db, due, now)
    }
  }
}

type Due = Pick<Selectable<Tables['error_due']>, 'list_id' | 'message_key'>

function answerOne(db: Kysely<Tables>, due: Due, now: Date): Promise<void> {
  return db.transaction().execute(async trx => {
    // Another process may be at it, or was faster.
    const row = await trx
      .selectFrom('error_due')
      .select('due_at')
      .where(same(due))
      .forUpdate()
      .executeTakeFirst()
    if (!row || row.due_at > now) return
    if (await answer(trx, due, now)) await postpone(trx, due, now)
    else await trx.deleteFrom('error_due').where(same(due)).execute()
  })
}

const same = (due: Due) => sql<boolean>`list_id = ${due.list_id} and message_key = ${due.message_key}`

async function postpone(db: Kysely<Tables>, due: Due, now: Date): Promise<void> {
  await db
    .updateTable('error_due')
    .set({ due_at: new Date(now.getTime() + waitMs) })
    .where(same(due))
    .execute()
}

const waitMs = 10 * 60_000

/** True when it is too early to say: a copy of it came that nobody looked at yet. */
async function answer(trx: Transaction<Tables>, due: Due, now: Date): Promise<boolean> {
  const id = listId(due.list_id)
  const topic = await topicHolding(trx, id, due.message_key)
  const { copies, pending } = await copiesOf(trx, id, due.message_key)
  if (pending) return true
  const [first] = copies
  if (!topic || !first) return false
  const mail = first.facts.messageId
  const reached = await topicsReached(trx, id, topic, mail)
  const errors = errorsOf(first.facts, topic, reached)
  const list = await answeringList(trx, id)
  const situation = await situationOf(trx, list, topic, { now, mail, recent: true })
  await askMaintainer(trx, { id, list, topics: [topic, ...reached.values()], copies, situation })
  if (errors.length === 0) return false
  const asked = mayAnswer(copies, situation)
  if ('reason' in asked) return false
  await oweMail(trx, {
    // Not of the list: what went to two lists is answered once.
    key: `error ${mail}`,
    list: id,
    to: asked.to,
    ...answering(first.facts, [asked.to]),
    body: errorText(errors, list.address, await wayFor(trx, id, list.address, topic, first)),
    thread: topic.id,
    kind: 'error',
  })
  return false
}

/** Null for a mail whose thread is known. */
async function wayFor(
  trx: Transaction<Tables>,
  id: ListId,
  list: string,
  topic: Topic,
  { facts, headers }: MailCopy,
): Promise<Way | null> {
  if (topic.id !== facts.messageId || !isLostAnswer(facts)) return null
  const seeming = await seemsToAnswer(trx, id, { topic, title: facts.subject.title, headers })
  return { list, seems: seeming && { id: seeming.mail, title: seeming.topic.title } }
}

/** The topics of which the mail speaks beside its own, by what it names; a mail that never came has none. */
async function topicsReached(
  trx: Transaction<Tables>,
  list: ListId,
  { statements = [] }: Topic,
  mail: MessageId,
): Promise<Map<MessageId, Topic>> {
  const reached = new Map<MessageId, Topic>()
  for (const { target } of statements.filter(one => one.mail === mail)) {
    const topic = await topicHolding(trx, list, indexKey(target))
    if (topic) reached.set(target, topic)
  }
  return reached
}
