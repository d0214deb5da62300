// What a new verdict changes at once: the mail's cluster is to be folded again, and its pages are other pages.
import { sql, type Transaction } from 'kysely'
import type { ListId, Seq } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { lockAssignment } from '../../tracker/project/lock.ts'

/** To be called first in the transaction: while clusters are joined, the mail's own cannot be named. */
export const lockClusters = (trx: Transaction<Tables>, list: ListId) => lockAssignment(trx, list)

export async function refoldMail(trx: Transaction<Tables>, list: ListId, at: Seq): Promise<void> {
  await sql`
    update cluster set dirty = true where id = (select cluster from fact where list_id = ${list} and seq = ${at})`.execute(
    trx,
  )
  // The verdict stands on the mail's page, also where it changes nothing in the topic.
  await sql`
    update topic set version = version + 1 where list_id = ${list} and id_key = (
      select tm.topic_key from topic_mail tm join mail m using (list_id, message_key)
      where m.list_id = ${list} and m.seq = ${at})`.execute(trx)
}
