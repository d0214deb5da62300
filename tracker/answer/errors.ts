// Half an hour after a mail with lines that had no effect: when they still have none, its sender is told, privately and once.
import { type Kysely, sql } from 'kysely'
import { listId } from '../../base/ids.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { answering, answeringList, arrivalsOf, situationOf, topicHolding } from './asker.ts'
import { errorsOf, errorText } from './error-text.ts'
import { mayAnswer } from './may-answer.ts'

/** Looks at every mail that is due; answers how many. */
export async function answerErrors(db: Kysely<Tables>, now: Date): Promise<number> {
  for (let done = 0; ; done++) if (!(await answerNext(db, now))) return done
}

function answerNext(db: Kysely<Tables>, now: Date): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const due = await trx
      .selectFrom('error_due')
      .selectAll()
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!due) return false
    const again = await answer(trx, due, now)
    const same = sql<boolean>`list_id = ${due.list_id} and message_key = ${due.message_key}`
    if (again)
      await trx
        .updateTable('error_due')
        .set({ due_at: new Date(now.getTime() + waitMs) })
        .where(same)
        .execute()
    else await trx.deleteFrom('error_due').where(same).execute()
    return true
  })
}

const waitMs = 10 * 60_000

/** True when it is too early to say: a copy of it came that nobody looked at yet. */
async function answer(
  trx: Kysely<Tables>,
  due: { list_id: number; message_key: string },
  now: Date,
): Promise<boolean> {
  const id = listId(due.list_id)
  const topic = await topicHolding(trx, id, due.message_key)
  const { arrivals, pending } = await arrivalsOf(trx, id, due.message_key)
  if (pending) return true
  const [first] = arrivals
  if (!topic || !first) return false
  const errors = errorsOf(first.facts, topic)
  if (errors.length === 0) return false
  const list = await answeringList(trx, id)
  const mail = first.facts.messageId
  const asked = mayAnswer(arrivals, await situationOf(trx, list, topic, { now, mail, recent: true }))
  if ('reason' in asked) return false
  await oweMail(trx, {
    // Not of the list: what went to two lists is answered once.
    key: `error ${mail}`,
    list: id,
    to: asked.to,
    ...answering(first.facts),
    body: errorText(errors, list.address),
    thread: topic.id,
    kind: 'error',
  })
  return false
}
