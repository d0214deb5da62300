// How much one person sends in a day, by whatever road.
import { sql, type Transaction } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { Refusal } from './refusal.ts'

/** Two requests with one series, or many for one person's day. */
export const lockDay = (trx: Transaction<Tables>, identity: string) =>
  sql`select pg_advisory_xact_lock(hashtext(${`submission ${identity}`}))`.execute(trx)

export async function refuseMany(trx: Transaction<Tables>, identity: string, more: number): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from submission where identity = ${identity} and at > now() - interval '1 day')::int
      + (select count(*) from outbox where kind = 'reflection' and recipient = ${identity}
          and made_at > now() - interval '1 day')::int as count`.execute(trx)
  if ((rows[0]?.count ?? 0) + more > limits.submissionsPerDayMax)
    throw new Refusal(
      429,
      `Cannot take more than ${limits.submissionsPerDayMax} messages of ${identity} in a day`,
    )
}
