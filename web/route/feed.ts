// Atom feeds: the newest mails of a list or of all, a thread, what a search finds.
import type { Context } from 'hono'
import { type Kysely, sql } from 'kysely'
import { type ListId, messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { answerFresh, answerSearched } from '../answer.ts'
import { atomFeed, type FeedEntry, uuidOf } from '../archive/atom.ts'
import type { Html } from '../part/text.ts'
import { paths } from '../paths.ts'
import { readDecoded } from '../read/decoded.ts'
import { findMails } from '../read/found.ts'
import { readLatestMails } from '../read/latest-mails.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import { findPrimaries } from '../read/mails.ts'
import type { Place } from '../read/place.ts'
import { type Query, readQuery } from '../read/query.ts'
import { readThreads } from '../read/thread-mails.ts'

type Database = Kysely<Tables>

/** `new.atom`. */
export function answerNewFeed(c: Context, db: Database, place: Place): Promise<Response> {
  const versions = place.lists.map(list => `${list.name} ${list.version}`)
  return answerFresh(c, ['new.atom', c.get('base'), ...versions], async () => {
    const newest = await Promise.all(
      place.lists.map(list => readLatestMails(db, list.id, limits.feedMailsMax)),
    )
    const ids = place.lists.flatMap((list, at) =>
      (newest[at] ?? []).map(({ id, said }) => ({ list: list.id, id, said })),
    )
    // A mail of two lists is one entry.
    const distinct = new Map(ids.toReversed().map(mail => [mail.id, mail]))
    const chosen = [...distinct.values()].toSorted((a, b) => b.said - a.said).slice(0, limits.feedMailsMax)
    const entries = await readEntries(c, db, place, chosen)
    const page = c.get('base') + paths.list(place.name)
    const address = place.lists.length === 1 ? place.lists[0]?.address : undefined
    const id = address === undefined ? uuidOf(`${page}new.atom`) : `mailto:${address}`
    return atom(c, atomFeed({ id, title: place.description, page, self: `${page}new.atom`, entries }))
  })
}

/** `/MESSAGE-ID/t.atom`. */
export async function answerThreadFeed(c: Context, db: Database, located: LocatedMail): Promise<Response> {
  const { list, id, key } = located
  const thread = await readThreads(db, list.id, [key])
  const versions = thread.map(({ hash }) => hash.toString('base64'))
  return answerFresh(c, ['t.atom', c.get('base'), list.name, ...versions], async () => {
    const newest = thread.slice(-limits.feedMailsMax).reverse()
    const place = { name: list.name, lists: [list], description: '' }
    const entries = await readEntries(
      c,
      db,
      place,
      newest.map(mail => ({ list: list.id, id: mail.id })),
    )
    const page = c.get('base') + paths.mail(list.name, id)
    const title = entries.at(-1)?.subject ?? id
    return atom(c, atomFeed({ id: uuidOf(`t\n${id}`), title, page, self: `${page}t.atom`, entries }))
  })
}

/** `?q=QUERY&x=A`. */
export async function answerSearchFeed(c: Context, db: Database, place: Place): Promise<Response> {
  const typed = (c.req.query('q') ?? '').slice(0, limits.queryCharactersMax)
  const { query, problem } = await readQuery(typed, 'any')
  if (query === null) return c.text(`${problem ?? 'There is nothing to look for'}\n`, problem ? 400 : 404)
  return answerSearched(c, () => foundFeed(c, db, place, { typed, query }))
}

async function foundFeed(
  c: Context,
  db: Database,
  place: Place,
  { typed, query }: { readonly typed: string; readonly query: Query },
): Promise<Response> {
  const found: { list: ListId; seq: string }[] = []
  const scope = { lists: place.lists.map(list => list.id), limit: limits.countShownMax }
  for await (const mail of findMails(db, query, scope)) {
    found.push(mail)
    if (found.length >= limits.feedMailsMax) break
  }
  if (found.length === 0) return c.text('No results found\n', 404)
  const { rows } = await sql<{ list: ListId; id: string }>`
    select list_id as list, message_id as id from mail join unnest(${found.map(one => one.seq)}::bigint[]) with ordinality as f(seq, at)
      using (seq) order by at`.execute(db)
  const page = c.get('base') + paths.search(place.name, typed)
  const entries = await readEntries(c, db, place, rows)
  const title = `${typed} - search results`
  return atom(c, atomFeed({ id: uuidOf(`q\n${typed}`), title, page, self: `${page}&x=A`, entries }))
}

const atom = async (c: Context, feed: Html): Promise<Response> =>
  // Two characters that no XML may hold.
  c.body(String(await feed).replace(/[\ufffe\uffff]/g, '\ufffd'), 200, {
    'Content-Type': 'application/atom+xml; charset=UTF-8',
  })

interface EntryRow {
  id: string
  subject: string
  sender: Person
  said: Date
  parent: string | null
  raw_hash: Buffer
}

/** In the order of `mails`. */
async function readEntries(
  c: Context,
  db: Database,
  { lists }: Place,
  mails: readonly { readonly list: ListId; readonly id: string }[],
): Promise<FeedEntry[]> {
  const names = new Map(lists.map(list => [list.id, list.name]))
  const found = new Map<string, EntryRow>()
  for (const list of lists) {
    const ids = mails.filter(mail => mail.list === list.id).map(mail => mail.id)
    if (ids.length === 0) continue
    for (const row of await readEntryRows(db, list.id, ids)) found.set(`${list.id} ${row.id}`, row)
  }
  const decoded: ReadonlyMap<string, DecodedMail> = await readDecoded(
    db,
    [...found.values()].map(row => row.raw_hash),
  )
  return mails.flatMap(({ list, id }) => {
    const row = found.get(`${list} ${id}`)
    const name = names.get(list)
    if (row === undefined || name === undefined) return []
    const address = (of: string) => c.get('base') + paths.mail(name, of)
    return {
      ...row,
      address: address(id),
      answers: row.parent === null ? null : { id: row.parent, address: address(row.parent) },
      said: row.said.getTime(),
      mail: decoded.get(row.raw_hash.toString('base64')),
    }
  })
}

async function readEntryRows(db: Database, list: ListId, ids: readonly string[]): Promise<EntryRow[]> {
  const primaries = await findPrimaries(db, list, ids.map(messageId))
  const { rows } = await sql<EntryRow>`
    select m.raw_hash, f.said, d."messageId" as id, d.subject->>'text' as subject, d.sender, d."references"->>0 as parent
    from mail m join fact f using (list_id, seq),
    jsonb_to_record(f.data) as d("messageId" text, subject jsonb, sender jsonb, "references" jsonb)
    where m.list_id = ${list} and m.raw_hash = any(${[...primaries.values()]}::bytea[])`.execute(db)
  return rows
}
