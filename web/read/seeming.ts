// What an answer that lost its thread seems to answer, for its page; see tracker/project/seeming.ts.
import type { Kysely } from 'kysely'
import type { ListId, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { isLostAnswer } from '../../tracker/mail/lost-answer.ts'
import { type Seeming, seemsToAnswer } from '../../tracker/project/seeming.ts'
import type { Topic } from '../../tracker/topic/topic.ts'

/** Null for any other mail, too. */
export async function readSeeming(
  db: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  { id, mail }: { readonly id: MessageId; readonly mail: DecodedMail },
): Promise<Seeming | null> {
  const [first] = topic.mails
  // A reply word ends with a colon; of most mails nothing is asked.
  if (topic.id !== id || first?.parent !== null || !/[:：]/.test(first.subject)) return null
  const row = await db
    .selectFrom('fact')
    .select('data')
    .where('list_id', '=', list)
    .where('message_key', '=', indexKey(id))
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  if (!row || !isLostAnswer(row.data)) return null
  return seemsToAnswer(db, list, { topic, title: row.data.subject.title, headers: mail.headers })
}
