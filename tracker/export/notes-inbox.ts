// The signed notes of a list as `git/notes.git` beside its epochs: one commit a mail, as public-inbox keeps mails, in the order of their
// numbers. Who clones it knows what this instance says of the mails, and can tell that it was said here.
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { gitPerson } from './inbox-commit.ts'
import { appendToEpoch, type InboxMail, openEpoch, saveWritten, tidyEpoch } from './inbox-epoch.ts'
import { signNotes } from './sign-notes.ts'

export const notesDirectory = (directory: string): string => join(directory, 'git', 'notes.git')

interface NotesOptions {
  readonly db: Kysely<Tables>
  readonly list: List
  /** The inboxdir. */
  readonly directory: string
  /** Of which log it is. */
  readonly log: string
  readonly signal?: AbortSignal | undefined
}

/** Called while nobody else writes there. Broken off, it goes on behind the last mail that is on disk. */
export async function writeNotes({ db, list, directory, log, signal }: NotesOptions): Promise<void> {
  await signNotes(db, list)
  const at = notesDirectory(directory)
  const description = `${list.name}: who sent the mails, and what was written here, signed`
  const { taken } = await db
    .selectFrom('signed_note')
    .select(row => row.fn.sum('version').as('taken'))
    .where('list_id', '=', list.id)
    .executeTakeFirstOrThrow()
  // What was taken out must not be in it: it is begun again.
  let written = await openEpoch(at, { log: `${log} ${taken ?? 0}`, start: seq(0), description })
  // There is one to be asked for before anything was said.
  if (written.commit === null) await saveWritten(at, written)
  while (!signal?.aborted) {
    const rows = await db
      .selectFrom('signed_note')
      .select(['number', 'bytes'])
      .where('list_id', '=', list.id)
      .where('number', '>', Number(written.place))
      .where(row => sql<boolean>`${row.ref('bytes')} <> ''`)
      .orderBy('number')
      .limit(limits.inboxStepMailsMax)
      .execute()
    const end = rows.at(-1)
    if (end === undefined) return
    written = await appendToEpoch(at, written, mailsOf(rows), gitPerson(list.name, list.address))
    await tidyEpoch(at, signal)
    written = { ...written, place: seq(end.number) }
    await saveWritten(at, written)
  }
}

async function* mailsOf(rows: readonly { number: number; bytes: Buffer }[]): AsyncGenerator<InboxMail> {
  for (const { number, bytes } of rows)
    yield { place: seq(number), file: 'm', size: bytes.length, at: 0, bytes }
}
