// What new verdicts change at once: the mails' clusters are to be folded again, and their pages are other pages.
import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { ListId, Seq } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { woken } from '../../sql/wake.ts'
import { lockAssignment } from '../../tracker/project/lock.ts'

/** To be called first in the transaction: while clusters are joined, those of the mails cannot be named. */
export const lockClusters = (trx: Transaction<Tables>, list: ListId) => lockAssignment(trx, list)

export async function refoldMails(
  trx: Transaction<Tables>,
  list: ListId,
  seqs: readonly Seq[],
): Promise<void> {
  await sql`with woken as (${clustersWoken(list, seqs)}) ${pagesRenewed(list, seqs)}`.execute(trx)
}

/**
 * The two halves of `refoldMails`, for a statement that writes the verdicts. The few mails are looked up one by one: of a
 * join PostgreSQL may make a look at all mails of the list for each.
 */
export const clustersWoken = (list: ListId, seqs: readonly Seq[]): RawBuilder<unknown> => sql`
  update cluster set ${woken('now')} where id in (
    select cluster from fact where list_id = ${list} and seq = any(${seqs}::bigint[]))`

/** The verdict stands on the mail's page, also where it changes nothing in the topic. */
export const pagesRenewed = (list: ListId, seqs: readonly Seq[]): RawBuilder<unknown> => sql`
  update topic set version = version + 1 where list_id = ${list} and id_key in (
    select t.topic_key from unnest(${seqs}::bigint[]) as judged (seq),
    lateral (select message_key from mail where list_id = ${list} and seq = judged.seq offset 0) m,
    lateral (select topic_key from topic_mail where list_id = ${list} and message_key = m.message_key offset 0) t)`
