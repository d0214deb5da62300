// Patches that came over HTTP and did not arrive: their authors have no mail server that a bounce would tell them of.
import { type Kysely, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import type { Tables } from './tables.ts'

export interface ReturnedSubmission {
  readonly messageId: string
  /** Whose it is. */
  readonly identity: string
  /** Where it did not arrive. */
  readonly recipient: string
  readonly state: 'dead' | 'bounced'
  /** What the server there said, or the subject of the mail that came back. */
  readonly reply: string | null
  readonly at: Date
}

/** Of the last weeks, the newest first. */
export async function returnedSubmissions(db: Kysely<Tables>): Promise<ReturnedSubmission[]> {
  const { rows } = await sql<ReturnedSubmission>`
    select s.message_id as "messageId", s.identity, o.recipient, o.state, o.reply, o.ended_at as at
    from outbox o join submission s on s.list_id = o.list_id and s.message_id = o.message_id
    where o.kind = 'submission' and o.state in ('dead', 'bounced')
      and o.ended_at > now() - make_interval(days => ${sql.lit(daysShown)})
    order by o.ended_at desc, o.id desc limit ${limits.pageRowsMax}`.execute(db)
  return rows
}

const daysShown = 28
