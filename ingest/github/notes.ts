// Notes of what GitHub says, in the name of whoever did it there.
import type { Kysely } from 'kysely'
import type { MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import { appendNotes } from '../../sql/notes.ts'
import type { Tables } from '../../sql/tables.ts'
import { noteBytes } from '../../tracker/answer/note-mail.ts'
import { oneLine } from '../../tracker/answer/one-line.ts'
import { knownNotes } from '../known-notes.ts'

export interface GitHubNote {
  readonly id: MessageId
  /** The issue. */
  readonly on: MessageId
  readonly title: string
  /** Milliseconds. */
  readonly at: number
  readonly who: { readonly name: string; readonly address: string }
  readonly lines: readonly string[]
}

export interface NotePlace {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly host: string
}

/** Appends those that are not in the log; answers how many. */
export async function writeNotes(
  { db, list, host }: NotePlace,
  wanted: readonly GitHubNote[],
): Promise<number> {
  const ids = wanted.map(({ id }) => id)
  const known = await knownNotes(db, list.id, ids)
  const fresh = wanted.filter(({ id }) => !known.has(indexKey(id)))
  const notes = await Promise.all(
    fresh.map(async ({ id, on, title, at, who, lines }) => ({
      list: list.id,
      bytes: await noteBytes({
        ...{ id, who, by: `imported from ${host}`, to: list.address },
        ...{ subject: `Re: ${oneLine(title)}`, body: `${lines.join('\n')}\n` },
        ...{ date: new Date(at), inReplyTo: on, references: [on] },
      }),
      by: { from: host },
      address: who.address,
      restored: true as const,
    })),
  )
  await db.transaction().execute(trx => appendNotes(trx, notes))
  return fresh.length
}
