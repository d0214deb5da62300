// This instance as other hosts know it: the secret behind its addresses, and the one that its mails come from.
import { type Kysely, sql } from 'kysely'
import { toStorableText } from '../base/storable.ts'
import type { Tables } from './tables.ts'

export async function readInstance(
  trx: Kysely<Tables>,
): Promise<{ secret: string; address: string; now: Date }> {
  return trx
    .selectFrom('instance')
    .select(['secret', 'address', sql<Date>`now()`.as('now')])
    .executeTakeFirstOrThrow()
}

/** Where answers come from, as the configuration says. */
export async function saveInstance(db: Kysely<Tables>, address: string): Promise<void> {
  await db
    .updateTable('instance')
    .set({ address: toStorableText(address.toLowerCase()) })
    .execute()
}

/** The address that answers come from, and bounces go to its host. */
export async function instanceAddress(db: Kysely<Tables>): Promise<string> {
  return (await readInstance(db)).address
}
