// One topic.
import type { Kysely } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import type { Topic } from '../../tracker/topic/topic.ts'

/** What another page shows of a topic: a link with its state. */
export interface TopicLink {
  readonly id: string
  readonly kind: Topic['kind']
  readonly title: string
  readonly state: Topic['state']
}

/** Undefined when it was refolded into another one since its place was read. */
export async function readTopic(db: Kysely<Tables>, list: ListId, key: IndexKey): Promise<Topic | undefined> {
  const row = await db
    .selectFrom('topic')
    .select(topicColumns)
    .where('list_id', '=', list)
    .where('id_key', '=', key)
    .executeTakeFirst()
  return row && wholeTopic(row)
}

/** Which topic holds a mail. */
export async function readTopicOf(
  db: Kysely<Tables>,
  list: ListId,
  id: MessageId,
): Promise<{ readonly key: IndexKey; readonly title: string } | undefined> {
  return db
    .selectFrom('topic_mail')
    .innerJoin('topic', join =>
      join
        .onRef('topic.list_id', '=', 'topic_mail.list_id')
        .onRef('topic.id_key', '=', 'topic_mail.topic_key'),
    )
    .select(['topic.id_key as key', 'topic.title'])
    .where('topic_mail.list_id', '=', list)
    .where('topic_mail.message_key', '=', indexKey(id))
    .executeTakeFirst()
}
