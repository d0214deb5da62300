// What is owed and what became of it, as the operator and the worker look at it.
import { type Kysely, type Selectable, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import { giveUpAfter } from './outbox.ts'
import type { Tables } from './tables.ts'

/** A row as the operator sees it. */
export interface OutboxRow {
  readonly id: string
  readonly kind: string
  readonly state: Selectable<Tables['outbox']>['state']
  readonly recipient: string
  readonly messageId: string
  readonly attempts: number
  readonly madeAt: Date
  readonly nextAt: Date
  readonly reply: string | null
}

/** What did not leave or came back, the newest last; with `sent` also what left. */
export async function listOutbox(db: Kysely<Tables>, { sent }: { sent: boolean }): Promise<OutboxRow[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['id', 'kind', 'state', 'recipient', 'message_id', 'attempts', 'made_at', 'next_at', 'reply'])
    .$if(!sent, query => query.where('state', '!=', 'sent'))
    .orderBy('id', 'desc')
    .limit(limits.outboxRowsShownMax)
    .execute()
  return rows.reverse().map(({ message_id, made_at, next_at, ...row }) => ({
    ...row,
    messageId: message_id,
    madeAt: made_at,
    nextAt: next_at,
  }))
}

/** Owes it again, with five new days; false when there is no such mail, it left, or its text is gone (ages.ts). */
export async function retryMail(db: Kysely<Tables>, id: string): Promise<boolean> {
  const now = new Date()
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ state: 'owed', attempts: 0, next_at: now, give_up_at: giveUpAfter(now), ended_at: null })
    .where('id', '=', id)
    .where('state', '!=', 'sent')
    .where('bytes', 'is not', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export interface OutboxState {
  readonly owed: number
  /** Dead or bounced in the last seven days. */
  readonly failed: number
  /** While the breaker is open. */
  readonly quietUntil: Date | null
}

export async function outboxState(db: Kysely<Tables>): Promise<OutboxState> {
  const { rows } = await sql<{ owed: number; failed: number; quiet: Date | null }>`
    select (select count(*)::int from outbox where state = 'owed') as owed,
      (select count(*)::int from outbox where state in ('dead', 'bounced') and ended_at > now() - interval '7 days') as failed,
      (select quiet_until from instance where quiet_until > now()) as quiet`.execute(db)
  const { owed = 0, failed = 0, quiet = null } = rows[0] ?? {}
  return { owed, failed, quietUntil: quiet }
}
