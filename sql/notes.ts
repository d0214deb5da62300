// Notes in the log: mails that Threadwork itself wrote of what came another way than by mail. They stand among the mails of their
// list and are read and folded like them; `mail.note` tells them apart, and whatever hands out list mail leaves them out.
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type ListId, messageId, type Seq, seq } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'
import { writeBytes } from './raw.ts'
import type { Tables } from './tables.ts'

export interface NewNote {
  readonly list: ListId
  readonly bytes: Buffer
  readonly by: NoteWriter
  /** Who acts, or acted there. */
  readonly address: string
  /** It was written elsewhere, or long ago: nobody is told of it. */
  readonly restored?: true
}

/** Who let it happen: whoever holds the token of this name, or the tracker at this host, from which the operator brought it. */
type NoteWriter = { readonly token: string } | { readonly from: string }

/**
 * Appends a note with its verdict, within the caller's transaction: who wrote it is known. Null when these bytes are here.
 */
export async function appendNote(trx: Kysely<Tables>, note: NewNote): Promise<Seq | null> {
  const [place = null] = await appendNotes(trx, [note])
  return place
}

/** The same for many of one list; answers the places of those that were not here. */
export async function appendNotes(trx: Kysely<Tables>, notes: readonly NewNote[]): Promise<Seq[]> {
  const byHash = new Map(notes.map(note => [hashOf(note.bytes).toString('hex'), note]))
  if (byHash.size === 0) return []
  await writeBytes(
    trx,
    [...byHash].map(([hash, { bytes }]) => ({ hash: Buffer.from(hash, 'hex'), bytes })),
  )
  const rows = await trx
    .insertInto('mail')
    .values([...byHash].map(([hash, note]) => mailRow(hash, note)))
    .onConflict(conflict => conflict.columns(['list_id', 'raw_hash']).doNothing())
    .returning(['list_id', 'seq', 'raw_hash'])
    .execute()
  const written = rows.flatMap(row => {
    const note = byHash.get(row.raw_hash.toString('hex'))
    return note === undefined ? [] : [{ list_id: row.list_id, seq: row.seq, note }]
  })
  if (written.length === 0) return []
  await trx
    .insertInto('verdict')
    .values(written.map(({ list_id, seq: place, note }) => ({ list_id, seq: place, ...verdictOf(note) })))
    .execute()
  const restored = written.flatMap(({ seq: place, note }) => (note.restored ? [place] : []))
  if (restored.length > 0) await trx.deleteFrom('event_due').where('seq', 'in', restored).execute()
  await trx
    .insertInto('unsorted')
    .values(written.map(({ list_id, seq: place }) => ({ list_id, seq: place })))
    .execute()
  return written.map(row => seq(row.seq))
}

const hashOf = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

function mailRow(hash: string, { list, bytes, restored }: NewNote) {
  const id = messageId(toStorableText(messageIdOf(bytes).id))
  return {
    list_id: list,
    message_id: id,
    message_key: indexKey(id),
    raw_hash: Buffer.from(hash, 'hex'),
    envelope: toStorableJson({ road: 'note', ...(restored ? {} : { trace: new Date().toISOString() }) }),
    note: true,
  }
}

const verdictOf = ({ by, address }: NewNote) => ({
  grade: 'token' in by ? ('A' as const) : ('I' as const),
  how: toStorableJson(
    'token' in by ? { code: 'noted', token: by.token } : { code: 'brought', from: by.from },
  ),
  identity: toStorableText(address),
})
