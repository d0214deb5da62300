// What is kept for a time only. The log itself and what can't be made again stay for good; these are means, and once they are
// of no use any more they only grow, and hold words and addresses of people.
import { type Kysely, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import type { Tables } from './tables.ts'

/** Drops what is older than its age at `now`; as often as one likes, by as many processes. */
export async function dropAged(db: Kysely<Tables>, now: Date): Promise<void> {
  await dropTexts(db, daysBefore(now, limits.outboxTextDaysMax))
  await dropSignatures(db, now)
  await db
    .deleteFrom('webhook_call')
    .where('ended_at', '<', daysBefore(now, limits.webhookCallDaysMax))
    .where('state', '!=', 'owed')
    .execute()
  const tokens = daysBefore(now, limits.tokenKeptDaysMax)
  await db.deleteFrom('token_mail').where('made_at', '<', tokens).execute()
  await db.deleteFrom('submission_challenge').where('made_at', '<', tokens).execute()
}

const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * 86_400_000)

/**
 * The key stays, so that nothing is owed twice, and the hash with the Message-ID, by which a late bounce finds its mail and
 * "Unsubscribe" its reader.
 */
async function dropTexts(db: Kysely<Tables>, before: Date): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ bytes: null })
    .where('ended_at', '<', before)
    .where('state', '!=', 'owed')
    .where('bytes', 'is not', null)
    .execute()
}

/** Counted back from the oldest mail that waits for its verdict: who judges it later asks what was known when it came. */
async function dropSignatures(db: Kysely<Tables>, now: Date): Promise<void> {
  await sql`
    delete from signature_use where at < least(${now}::timestamptz, (select min(arrived_at) from verdict_due))
      - make_interval(days => ${limits.signatureKeptDaysMax})`.execute(db)
}
