// Notes of what patchwork says, in the name of whoever said it there. Their Message-IDs come of what they say, so that a second import
// finds each of them; those of later patches are greater, which orders what was said within one second.
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type MessageId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import { appendNotes } from '../../sql/notes.ts'
import type { Tables } from '../../sql/tables.ts'
import { noteBytes } from '../../tracker/answer/note-mail.ts'
import { oneLine } from '../../tracker/answer/one-line.ts'
import { knownNotes } from '../known-notes.ts'
import type { Patch, User } from './objects.ts'
import type { PatchworkServer } from './server.ts'
import { addressOf } from './wishes.ts'

export interface NewNote {
  readonly patch: Patch
  /** What tells it from others of the patch. */
  readonly name: string
  /** Milliseconds. */
  readonly at: number
  readonly who: User
  readonly body: string
}

export interface NotePlace {
  readonly db: Kysely<Tables>
  readonly list: List
  /** Of the instance. */
  readonly server: Pick<PatchworkServer, 'name' | 'host'>
}

/** Appends those that are not in the log; answers them. */
export async function writeNotes(place: NotePlace, wanted: readonly NewNote[]): Promise<NewNote[]> {
  const { db, list, server } = place
  const named = wanted.map(note => ({ note, id: idOf(place, note) }))
  const known = await knownNotes(
    db,
    list.id,
    named.map(({ id }) => id),
  )
  const fresh = named.filter(({ id }) => !known.has(indexKey(id)))
  const mails = await Promise.all(
    fresh.map(async ({ note, id }) => {
      const who = personOf(place, note.who)
      const on = messageId(note.patch.msgid)
      const bytes = await noteBytes({
        ...{ id, who, by: `imported from ${server.host}`, to: list.address },
        subject: `Re: ${oneLine(note.patch.name)}`,
        body: `${note.body}\n`,
        date: new Date(note.at),
        ...{ inReplyTo: on, references: [on] },
      })
      return {
        list: list.id,
        bytes,
        by: { from: server.host },
        address: who.address,
        restored: true as const,
      }
    }),
  )
  await db.transaction().execute(trx => appendNotes(trx, mails))
  return fresh.map(({ note }) => note)
}

/** Why a note cannot answer this mail; null when it can. */
export const unnameable = ({ msgid }: Patch): string | null =>
  /^<?[^\s<>"\\(),]{1,900}>?$/.test(msgid.trim()) ? null : 'a mail cannot name its Message-ID'

const idOf = ({ server }: NotePlace, { patch, name }: NewNote): MessageId => {
  const hash = createHash('sha256').update(`${server.name}\n${patch.id}\n${name}`).digest('hex').slice(0, 20)
  return messageId(`${startOf(patch.id)}${hash}@${server.host}`)
}

const startOf = (patch: number) => `patchwork.${String(patch).padStart(10, '0')}.`

/** Is it the Message-ID of a note on the patch of this number? */
export const isNoteOf = (note: MessageId, patch: number): boolean => note.startsWith(startOf(patch))

/** The instance itself where it does not say who it was. */
function personOf({ server }: NotePlace, user: User) {
  const address = addressOf(user)
  if (address === null) return { name: '', address: `import@${server.host}` }
  const name = [user?.first_name, user?.last_name].filter(Boolean).join(' ') || (user?.username ?? '')
  return { name: oneLine(name), address }
}
