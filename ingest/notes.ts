// Notes that another server of ours wrote, or this one before: what `export notes` gave out goes into the log again, each with who
// wrote it. They are believed as they stand, so they come from the operator alone, and nobody is told of them.
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import { appendNote, type NewNote } from '../sql/notes.ts'
import type { Tables } from '../sql/tables.ts'
import { headerValue, readHeaders } from '../tracker/decode/headers.ts'
import { senderOf } from '../tracker/mail/author.ts'
import { sortAll } from '../tracker/project/projector.ts'
import { batches } from './batch.ts'
import { openSources } from './source/open.ts'

export interface NotesReport {
  readonly fresh: number
  /** Mails that are no notes: they were left out. */
  readonly others: number
}

export async function importNotes(
  db: Kysely<Tables>,
  list: ListId,
  paths: readonly string[],
): Promise<NotesReport> {
  const report = { fresh: 0, others: 0 }
  for (const path of paths)
    for (const source of await openSources(path))
      for await (const { items, failure } of batches(source.read(undefined))) {
        if (failure !== null) throw new Error(`Cannot import "${path}": ${failure}`)
        const mails = items.flatMap(item => (item.kind === 'mail' ? [item.bytes] : []))
        await db.transaction().execute(async trx => {
          for (const bytes of mails) {
            const writer = writerIn(bytes)
            if (writer === null) report.others++
            else if ((await appendNote(trx, { list, bytes, ...writer, restored: true })) !== null)
              report.fresh++
          }
        })
      }
  await sortAll(db, list)
  return report
}

/** Null for a mail that is no note. */
export function writerIn(bytes: Buffer): Pick<NewNote, 'by' | 'address'> | null {
  const { headers } = readHeaders(bytes)
  const [, how, name = ''] =
    /^\s*(by token|imported from) (.{1,255}?)\s*$/.exec(headerValue(headers, 'x-threadwork-note') ?? '') ?? []
  const { address } = senderOf(headers)
  if (how === undefined || address === '') return null
  return { by: how === 'by token' ? { token: name } : { from: name }, address }
}
