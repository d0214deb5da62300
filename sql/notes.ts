// Notes in the log: mails that Threadwork itself wrote of what came another way than by mail. They stand among the mails of their
// list and are read and folded like them; `mail.note` tells them apart, and whatever hands out list mail leaves them out.
import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type ListId, messageId, type Seq, seq } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'
import { writeBytes } from './raw.ts'
import type { Tables } from './tables.ts'

export interface NewNote {
  readonly list: ListId
  readonly bytes: Buffer
  /** The name of the token that it was written by. */
  readonly token: string
  /** Who acts with that token. */
  readonly address: string
  /** It was written elsewhere, or long ago: nobody is told of it. */
  readonly restored?: true
}

/**
 * Appends a note with its verdict, within the caller's transaction: who wrote it is known by the token. Null when these bytes
 * are here.
 */
export async function appendNote(
  trx: Kysely<Tables>,
  { list, bytes, token, address, restored }: NewNote,
): Promise<Seq | null> {
  const hash = createHash('sha256').update(bytes).digest()
  await writeBytes(trx, [{ hash, bytes }])
  const id = messageId(toStorableText(messageIdOf(bytes).id))
  const row = await trx
    .insertInto('mail')
    .values({
      list_id: list,
      message_id: id,
      message_key: indexKey(id),
      raw_hash: hash,
      envelope: toStorableJson({ road: 'note', ...(restored ? {} : { trace: new Date().toISOString() }) }),
      note: true,
    })
    .onConflict(conflict => conflict.columns(['list_id', 'raw_hash']).doNothing())
    .returning('seq')
    .executeTakeFirst()
  if (row === undefined) return null
  await trx
    .insertInto('verdict')
    .values({
      list_id: list,
      seq: row.seq,
      grade: 'A',
      how: toStorableJson({ code: 'noted', token }),
      identity: toStorableText(address),
    })
    .execute()
  if (restored) await sql`delete from event_due where list_id = ${list} and seq = ${row.seq}`.execute(trx)
  await sql`insert into unsorted (list_id, seq) values (${list}, ${row.seq})`.execute(trx)
  return seq(row.seq)
}
