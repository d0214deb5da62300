// Mail to an address that a mail of ours bears: a bounce, or its reader wants no more.
import { type Kysely, sql } from 'kysely'
import { toStorableText } from '../base/storable.ts'
import { returnHost } from './outgoing-mail.ts'
import type { Tables } from './tables.ts'

/** What an address of ours is for: `bounce+...` and `unsubscribe+...` of a mail that we wrote; null for all others. */
export interface OwnAddress {
  readonly what: 'bounce' | 'unsubscribe'
  readonly id: string
}

export async function ownAddress(db: Kysely<Tables>, address: string): Promise<OwnAddress | null> {
  const match = /^(bounce|unsubscribe)\+([0-9a-f]{32})@([^@]{1,255})$/.exec(address.toLowerCase())
  if (!match) return null
  const [, what, hash = '', host = ''] = match
  const row = await db
    .selectFrom('outbox')
    .select(['id', 'message_id', 'return_host'])
    .where('hash', '=', hash)
    .executeTakeFirst()
  if (!row || returnHost(row) !== host) return null
  // What others wrote bears no such address; the list that got it is no reader of ours.
  if (what === 'unsubscribe' && row.return_host !== null) return null
  return { what: what === 'bounce' ? 'bounce' : 'unsubscribe', id: row.id }
}

/** A mail came to its return path: it did not arrive, whatever the relay said at first. */
export async function markBounced(db: Kysely<Tables>, id: string, reply: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({
      state: 'bounced',
      reply: toStorableText(reply.slice(0, 500)),
      ended_at: sql`coalesce(ended_at, now())`,
    })
    .where('id', '=', id)
    .execute()
}

/** Its recipient gets no more of what this list sends unasked. */
export async function unsubscribe(db: Kysely<Tables>, id: string): Promise<void> {
  await sql`
    insert into unsubscribed (list_id, address)
    select list_id, recipient from outbox where id = ${id} and list_id is not null on conflict do nothing`.execute(
    db,
  )
}
