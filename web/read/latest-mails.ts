// The mails that came last.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { notSpam } from './not-spam.ts'

export interface MailLine {
  readonly id: string
  readonly subject: string
  readonly sender: Person
  /** Milliseconds. */
  readonly said: number
}

/** The newest arrivals, without second copies of a mail and without spam; at most `limit`. */
export async function readLatestMails(db: Kysely<Tables>, list: ListId, limit: number): Promise<MailLine[]> {
  const { rows } = await sql<{ id: string; subject: string; sender: Person; said: Date }>`
    select d."messageId" as id, d.subject->>'text' as subject, d.sender, f.said
    from (select list_id, seq from fact where list_id = ${list} and ${notSpam(list)}
        and not exists (select from mail m where m.list_id = fact.list_id and m.seq = fact.seq and m.note)
      order by seq desc limit ${sql.lit(limit * 2)}) newest
    join fact f using (list_id, seq), jsonb_to_record(f.data) as d("messageId" text, subject jsonb, sender jsonb)
    order by f.seq desc`.execute(db)
  const lines = new Map(rows.reverse().map(row => [row.id, { ...row, said: row.said.getTime() }]))
  return [...lines.values()].reverse().slice(0, limit)
}
