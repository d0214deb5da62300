// The text of a mail that was sent of a build, while it is kept (sql/ages.ts).
import type { Kysely } from 'kysely'
import { withoutFarewell } from '../../sql/outgoing-mail.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'

/** What it says; never whom it went to, nor the address by which its reader ends such mails. Null when it is not kept any more. */
export async function readMailedText(db: Kysely<Tables>, id: string): Promise<string | null> {
  const row = await db.selectFrom('outbox').select('bytes').where('id', '=', id).executeTakeFirst()
  return row?.bytes ? withoutFarewell(decodeMail(row.bytes).body) : null
}
