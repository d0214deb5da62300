// What the inbox of a list (0007) must know of mails that go out of sight or come back. Whoever hides or shows mails says it here, in
// the same transaction and under the list's assignment lock, under which the inbox moves on, too.
import { type Kysely, sql } from 'kysely'
import type { ListId, Seq } from '../base/ids.ts'
import type { Tables } from './tables.ts'

/** A mail that the inbox has not reached is met there as it is then, of a purged one there is no more to say, and no note is there. */
export async function noteInboxChange(
  trx: Kysely<Tables>,
  list: ListId,
  seqs: readonly Seq[],
  kind: Tables['inbox_change']['kind'],
): Promise<void> {
  if (seqs.length === 0) return
  await sql`
    insert into inbox_change (list_id, place, seq, kind)
    select ${list}, nextval(pg_get_serial_sequence('mail', 'seq')), seq, ${kind} from (
      select seq from unnest(${seqs}::bigint[]) as mail (seq)
      where seq <= (select reached from inbox where list_id = ${list}) and not exists (
        select from inbox_change c where c.list_id = ${list} and c.seq = mail.seq and c.kind = 'purged')
        and not exists (select from mail n where n.list_id = ${list} and n.seq = mail.seq and n.note)
      order by seq) as passed`.execute(trx)
}
