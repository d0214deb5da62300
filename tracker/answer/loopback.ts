// Mail that leaves nowhere: what is for one of our lists goes straight into its log, as if a mail server had brought it;
// the rest is kept in the outbox, where the operator sees it. The demo runs so.
import type { Kysely } from 'kysely'
import { lfOnly } from '../../base/line-ends.ts'
import type { Attempt, DueMail } from '../../sql/attempt.ts'
import { allLists } from '../../sql/lists.ts'
import { appendWithin } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'

/** In the transaction that ends the attempt, so it is in the log exactly once. */
export async function loopback(mail: DueMail, trx: Kysely<Tables>): Promise<Attempt> {
  const list = (await allLists(trx)).find(({ address }) => address.toLowerCase() === mail.to)
  if (!list) return { result: 'kept', reply: 'kept, loopback' }
  const envelope = {
    road: 'loopback',
    from: mail.returnPath,
    to: [mail.to],
    trace: new Date().toISOString(),
  }
  await appendWithin(trx, [{ list: list.id, bytes: lfOnly(mail.bytes), envelope }])
  return { result: 'sent', reply: `in the log of ${list.name}` }
}
