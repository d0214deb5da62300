// Spam is kept and not shown: a condition for queries over mails and topics.
import { type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'

/** For a row with a `message_key`: its mail is in no topic that is spam. The spam of a list is read once a query. */
export const notSpam = (list: ListId): RawBuilder<unknown> => sql`message_key not in (
  select tm.message_key from topic t join topic_mail tm on tm.cluster = t.cluster and tm.topic_key = t.id_key
  where t.list_id = ${list} and tm.list_id = ${list} and t.kind = 'spam')`
