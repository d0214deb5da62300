// What somebody means who types a name into the search: the number of a bug, a commit, a title, a person. Where exactly one
// thing is called so, it is what he wants to see, and not the mails that name it.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { parseSubject } from '../../tracker/mail/subject.ts'
import { holdsWords } from '../../tracker/project/holds-words.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import type { ListRow } from './located-mail.ts'
import { peopleMeant } from './person.ts'
import { saysWhere } from './query.ts'

/** A mail's page or a person's. */
export type Lead =
  | { readonly list: ListId; readonly mail: string }
  | { readonly list: ListId; readonly person: string }

type Database = Kysely<Tables>

/** Null when nothing of these lists is called so, or more than one thing. */
export async function readLead(db: Database, lists: readonly ListRow[], typed: string): Promise<Lead | null> {
  const text = toStorableText(typed)
  const ids = sql`any(${lists.map(({ id }) => id)}::int[])`
  const number = /^#([1-9]\d{0,8})$/.exec(text)?.[1]
  if (number !== undefined) return onlyOne(await bugsOf(db, ids, Number(number)))
  if (/^[0-9a-f]{7,64}$/i.test(text)) return onlyOne(await landedIn(db, ids, text.toLowerCase()))
  if (/^[^\s<>@:"]+@[^\s<>@:"]+$/.test(text)) return onlyOne(await peopleOfAddress(db, lists, text))
  const words = wordsOf(text)
  if (words.length < 2 || words.length > wordsMax || text.includes('"') || saysWhere(text)) return null
  const [titled, named] = await Promise.all([titledSo(db, ids, text, words), namedSo(db, lists, words)])
  return onlyOne([...titled, ...named])
}

/** No title and no name has more. */
const wordsMax = 40
/** Of more mails than these nobody knows whether they are of one topic, or of one person. */
const mailsMax = 200

const onlyOne = (leads: readonly Lead[]): Lead | null => (leads.length === 1 ? (leads[0] ?? null) : null)

async function bugsOf(db: Database, lists: RawBuilder<unknown>, number: number): Promise<Lead[]> {
  const { rows } = await sql<Lead>`
    select b.list_id as list, t.id as mail from bug_number b
      join topic_mail tm using (list_id, message_key)
      join topic t on t.list_id = b.list_id and t.id_key = tm.topic_key and t.kind <> 'spam'
    where b.list_id = ${lists} and b.number = ${number} limit 2`.execute(db)
  return rows
}

/** The topics with a mail that a commit of a followed branch is, or that it closes: of each the newest such mail. */
async function landedIn(db: Database, lists: RawBuilder<unknown>, commit: string): Promise<Lead[]> {
  const { rows } = await sql<Lead>`
    select distinct on (l.list_id, tm.topic_key) l.list_id as list, f.data->>'messageId' as mail
    from landing l join topic_mail tm using (list_id, message_key) join fact f using (list_id, message_key)
    where l.list_id = ${lists} and l.commit >= ${commit} and l.commit < ${`${commit}g`}
    order by l.list_id, tm.topic_key, f.said desc limit 2`.execute(db)
  return rows
}

/** Patches and reports of that title, not the answers to them: of each topic the newest one. */
async function titledSo(
  db: Database,
  lists: RawBuilder<unknown>,
  text: string,
  words: readonly string[],
): Promise<Lead[]> {
  const { title, key } = parseSubject(text)
  const phrase = phraseOf(wordsOf(title), 'A')
  if (key === '' || phrase === '' || words.length < titleWordsMin) return []
  const { rows } = await sql<{ list: ListId; mail: string; found: number }>`
    with held as materialized (
      select s.list_id, s.seq from search s where s.list_id = ${lists} and ${holdsWords('heads', phrase)}
      limit ${mailsMax + 1})
    select distinct on (f.list_id, tm.topic_key) f.list_id as list, f.data->>'messageId' as mail,
      (select count(*)::int from held) as found
    from held join fact f using (list_id, seq) join topic_mail tm using (list_id, message_key)
      join topic t on t.list_id = f.list_id and t.id_key = tm.topic_key and t.kind <> 'spam'
    where f.data->'subject'->>'key' = ${key} and f.data->'subject'->>'reply' = 'false'
    order by f.list_id, tm.topic_key, f.said desc, f.seq desc limit 2`.execute(db)
  return rows.some(({ found }) => found > mailsMax) ? [] : rows.map(({ list, mail }) => ({ list, mail }))
}

/** Two words are looked for, whatever a mail is called. */
const titleWordsMin = 3

async function namedSo(db: Database, lists: readonly ListRow[], words: readonly string[]): Promise<Lead[]> {
  if (words.length > nameWordsMax) return []
  const ids = lists.map(({ id }) => id)
  const { rows } = await sql<{ list: ListId; address: string; name: string }>`
    with held as materialized (
      select s.list_id, s.seq from search s
      where s.list_id = any(${ids}::int[]) and ${holdsWords('heads', phraseOf(words, 'B'))} limit ${mailsMax + 1})
    select distinct f.list_id as list, f.data->'sender'->>'address' as address, f.data->'sender'->>'name' as name
    from held join fact f using (list_id, seq)`.execute(db)
  const named = rows.filter(({ name }) => wordsOf(name).join(' ') === words.join(' '))
  return named.length > addressesMax ? [] : peopleLeads(db, lists, named)
}

const nameWordsMax = 6
const addressesMax = 10

/** Somebody with a role, or who wrote a mail. */
async function peopleOfAddress(db: Database, lists: readonly ListRow[], text: string): Promise<Lead[]> {
  const address = text.toLowerCase().slice(0, limits.addressCharactersMax)
  const ids = lists.map(({ id }) => id)
  const { rows } = await sql<{ list: ListId; address: string }>`
    select l.id as list, ${address}::text as address from list l where l.id = any(${ids}::int[]) and exists (
      select from (
        select s.list_id, s.seq from search s
        where s.list_id = l.id and ${holdsWords('heads', phraseOf(wordsOf(address), 'B'))} limit ${mailsMax}) held
      join fact f using (list_id, seq) where lower(f.data->'sender'->>'address') = ${address})`.execute(db)
  return peopleLeads(db, lists, rows)
}

/** Several addresses of one person are one. */
async function peopleLeads(
  db: Database,
  lists: readonly ListRow[],
  found: readonly { readonly list: ListId; readonly address: string }[],
): Promise<Lead[]> {
  const leads = new Map<string, Lead>()
  for (const { id, ...list } of lists) {
    const addresses = found.filter(one => one.list === id).map(one => one.address)
    if (addresses.length === 0) continue
    for (const person of await peopleMeant(db, { id, ...list }, addresses))
      leads.set(`${id} ${person}`, { list: id, person })
  }
  return [...leads.values()]
}

const phraseOf = (words: readonly string[], weight: 'A' | 'B') =>
  words.map(word => `'${word}':${weight}`).join(' <-> ')
