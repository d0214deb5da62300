// What a mail says, as patchwork's objects have it: its header fields as they were written, its text without the diff, and the diff.
import type { Kysely } from 'kysely'
import { listId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { hashesUpTo, rawBytes, sizesOf } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import type { Dressing } from '../../tracker/mail/dressing.ts'
import { openMail } from '../../tracker/mail/opened.ts'
import { dressingOf } from '../../tracker/project/dressing.ts'
import { findPrimaries } from '../read/mails.ts'
import type { Headers } from './schema.ts'

export interface MailContent {
  readonly headers: Headers
  /** The message without its diff and the list's footer. */
  readonly content: string
  /** Null for a mail without one. */
  readonly diff: string | null
  /** It was too large to be read. */
  readonly unread?: true
}

const unread: MailContent = { headers: {}, content: '', diff: null, unread: true }

/** Of mails of one list, by Message-ID; those that cannot be seen are left out, and of larger ones than `bytesMax` is said that. */
export async function readContents(
  db: Kysely<Tables>,
  list: number,
  ids: readonly string[],
  bytesMax?: number,
): Promise<ReadonlyMap<string, MailContent>> {
  if (ids.length === 0) return new Map()
  const of = listId(list)
  const [dressing, primaries] = await Promise.all([
    dressingOf(db, of),
    findPrimaries(db, of, ids.map(messageId)),
  ])
  const idOf = new Map(ids.map(id => [primaries.get(indexKey(id))?.toString('base64'), id]))
  const contents = new Map<string, MailContent>(
    bytesMax === undefined ? [] : ids.flatMap(id => (primaries.has(indexKey(id)) ? [[id, unread]] : [])),
  )
  const all = [...primaries.values()]
  const hashes = bytesMax === undefined ? all : await hashesUpTo(db, all, bytesMax)
  for await (const [hash, raw] of rawBytes(db, hashes)) {
    const id = idOf.get(hash)
    if (id !== undefined) contents.set(id, contentOf(id, raw, dressing))
  }
  return contents
}

/** Of the mails behind them. */
export async function contentBytes(
  db: Kysely<Tables>,
  list: number,
  ids: readonly string[],
): Promise<number> {
  const primaries = await findPrimaries(db, listId(list), ids.map(messageId))
  return (await sizesOf(db, [...primaries.values()])).all
}

function contentOf(id: string, raw: Buffer, dressing: Dressing): MailContent {
  const { text, diff } = openMail(decodeMail(raw), messageId(id), dressing)
  const lines = text.lines.filter((_, at) => text.kinds[at] !== 'diff' && text.kinds[at] !== 'footer')
  return { headers: headersOf(raw), content: lines.join('\n').trim(), diff: diff === '' ? null : diff }
}

/** As they stand in the mail, folded lines and all; a field that is there more often is a list. */
function headersOf(raw: Buffer): Headers {
  const end =
    /\r?\n\r?\n/.exec(raw.toString('latin1', 0, limits.headerBytesMax))?.index ?? limits.headerBytesMax
  const block = raw.toString('utf8', 0, end).replaceAll('\r\n', '\n')
  const fields = new Map<string, string[]>()
  for (const field of block.split(/\n(?![ \t])/)) {
    const [, name = '', value = ''] = /^([!-9;-~]{1,200})[ \t]*:[ \t]*([\s\S]*)$/.exec(field) ?? []
    if (name !== '') fields.set(name, [...(fields.get(name) ?? []), decodeWords(value)])
  }
  const one = (values: string[]) => (values.length === 1 ? (values[0] ?? '') : values)
  return Object.fromEntries([...fields].map(([name, values]) => [name, one(values)]))
}
