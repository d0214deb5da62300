// Mails of what people wrote on GitHub, into the log. What is there stays as it came: a text that was edited since becomes an answer to
// itself.
import type { Kysely } from 'kysely'
import type { MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { List } from '../../sql/lists.ts'
import { appendAll } from '../../sql/log.ts'
import { readBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { headersOf, headerValue } from '../../tracker/decode/headers.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { originField } from '../../tracker/mail/robots.ts'
import { type GitHubMail, githubMail } from './mail.ts'

/** Its origin ends with the hash of the text. */
export interface Wanted {
  readonly mail: GitHubMail
  /** The mail that says what it was edited to, when its text is another one. */
  readonly edited: (hash: string) => GitHubMail
  /** Null for what is never edited. */
  readonly hash: string | null
}

export interface WrittenMails {
  readonly fresh: readonly Wanted[]
  readonly edits: number
  /** Those that were there, with the title that they have here. */
  readonly known: ReadonlyMap<Wanted, string>
}

export async function writeMails(
  db: Kysely<Tables>,
  list: List,
  wanted: readonly Wanted[],
): Promise<WrittenMails> {
  // A page may hold one twice.
  const byKey = new Map(wanted.map(one => [indexKey(one.mail.id), one]))
  const here = await headsHere(
    db,
    list,
    wanted.map(({ mail }) => mail.id),
  )
  const fresh = [...byKey].flatMap(([key, one]) => (here.has(key) ? [] : [one]))
  const known = new Map<Wanted, string>()
  const edits: GitHubMail[] = []
  for (const [key, one] of byKey) {
    const head = here.get(key)
    if (head === undefined) continue
    known.set(one, head.subject)
    if (head.hash !== null && one.hash !== null && head.hash !== one.hash) edits.push(one.edited(one.hash))
  }
  const toldHere = await headsHere(
    db,
    list,
    edits.map(({ id }) => id),
  )
  const told = edits.filter(({ id }) => !toldHere.has(indexKey(id)))
  await appendMails(db, list, [...fresh.map(({ mail }) => mail), ...told])
  return { fresh, known, edits: told.length }
}

async function appendMails(db: Kysely<Tables>, list: List, mails: readonly GitHubMail[]): Promise<void> {
  for (let at = 0; at < mails.length; at += limits.commitMailsMax) {
    const portion = mails.slice(at, at + limits.commitMailsMax)
    const arrivals = portion.map(async mail => ({
      list: list.id,
      bytes: await githubMail(mail),
      envelope: { road: 'import' },
      newest: mail.at,
    }))
    await appendAll(db, await Promise.all(arrivals))
  }
}

interface Head {
  readonly subject: string
  /** Null for a mail that came otherwise. */
  readonly hash: string | null
}

async function headsHere(
  db: Kysely<Tables>,
  list: List,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<string, Head>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('mail')
    .select(['message_key', 'raw_hash'])
    .where('list_id', '=', list.id)
    .where('message_key', 'in', ids.map(indexKey))
    .where('note', '=', false)
    .orderBy('seq', 'desc')
    .execute()
  const bytes = await readBytes(
    db,
    rows.map(row => row.raw_hash),
  )
  return new Map(
    rows.map(row => [row.message_key, headOf(bytes.get(row.raw_hash.toString('base64')) ?? Buffer.alloc(0))]),
  )
}

function headOf(mail: Buffer): Head {
  const { headers } = headersOf(mail)
  const origin = headerValue(headers, originField.toLowerCase()) ?? ''
  return {
    subject: decodeWords(headerValue(headers, 'subject')?.trim() ?? ''),
    hash: /^github .* ([0-9a-f]{20})$/.exec(origin.trim())?.[1] ?? null,
  }
}
