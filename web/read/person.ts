// Who is meant by an address on a list: all addresses that are known as theirs, the name, the roles, and how much came of them.
import { type Kysely, sql } from 'kysely'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { peopleOf } from '../../tracker/project/people.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import { type Mailmap, mappedPerson } from '../../tracker/topic/mailmap.ts'
import { addressesOf, type Roster, type RosterEntry } from '../../tracker/topic/rules.ts'
import type { ListRow } from './located-mail.ts'

export interface KnownPerson {
  /** As the list's people have it, else as the newest mail; null for somebody who has no role and wrote nothing. */
  readonly name: string | null
  /** The address that stands for the others. */
  readonly address: string
  /** All that the list's people and the .mailmap know as theirs. */
  readonly addresses: readonly string[]
  readonly roles: readonly RosterEntry[]
  readonly counts: PersonCounts
}

interface PersonCounts {
  revisions: number
  patches: number
  /** Of the patches. */
  accepted: number
  comments: number
}

type Database = Kysely<Tables>

export async function readPerson(db: Database, list: ListRow, asked: string): Promise<KnownPerson> {
  const { rules, mailmap } = await peopleOf(db, list.id)
  const known = meantBy(rules.rosters.at(-1)?.people ?? [], mailmap, asked.toLowerCase())
  const { name, ...counts } = await readPosted(db, list, known.addresses)
  const named = known.roles.find(({ person }) => person.name !== '')?.person.name
  return { ...known, counts, name: named ?? name ?? (await readName(db, list, known.addresses)) }
}

/** The address that stands for each person who has one of these. */
export async function peopleMeant(
  db: Database,
  list: ListRow,
  addresses: readonly string[],
): Promise<string[]> {
  const { rules, mailmap } = await peopleOf(db, list.id)
  const people = rules.rosters.at(-1)?.people ?? []
  return [...new Set(addresses.map(address => meantBy(people, mailmap, address.toLowerCase()).address))]
}

function meantBy(
  people: Roster,
  mailmap: Mailmap,
  asked: string,
): Pick<KnownPerson, 'address' | 'addresses' | 'roles'> {
  const entry = people.find(one => addressesOf(one).includes(asked))
  const meant = mappedPerson({ name: '', address: entry?.person.address ?? asked }, mailmap).address
  const mapped = mailmap.flatMap(line =>
    line.person.address === meant && line.name === null ? [line.address] : [],
  )
  const address = entry?.person.address ?? meant
  const own = entry ? addressesOf(entry) : []
  const addresses = [...new Set([address, meant, asked, ...own, ...mapped])]
  const roles = people.filter(one => addressesOf(one).some(known => addresses.includes(known)))
  return { address, addresses, roles }
}

async function readPosted(
  db: Database,
  list: ListRow,
  addresses: readonly string[],
): Promise<PersonCounts & { name: string | null }> {
  const { rows } = await sql<PersonCounts & { name: string | null }>`
    select count(*) filter (where i.kind = 'series')::int as revisions,
      count(*) filter (where i.kind = 'patch')::int as patches,
      count(*) filter (where i.kind = 'patch' and i.state = 'accepted')::int as accepted,
      count(*) filter (where i.kind in ('patch-comment', 'cover-comment'))::int as comments,
      (array_agg(i.data->'who'->>'name' order by i.known_at desc))[1] as name
    from api_item i where i.list_id = ${list.id} and i.person in (
      select id from api_person where person = any(${addresses.map(one => indexKey(one))}::text[]))`.execute(
    db,
  )
  return rows[0] ?? { revisions: 0, patches: 0, accepted: 0, comments: 0, name: null }
}

/** Of somebody who only reported or discussed: the word index knows his mails. */
async function readName(db: Database, list: ListRow, addresses: readonly string[]): Promise<string | null> {
  const phrases = addresses.flatMap(address => {
    const words = wordsOf(address)
    return words.length > 0 ? [`(${words.map(word => `'${word}':B`).join(' <-> ')})`] : []
  })
  if (phrases.length === 0) return null
  const { rows } = await sql<{ name: string }>`
    select f.data->'sender'->>'name' as name from (
      select list_id, seq from search s where s.list_id = ${list.id} and s.words @@ ${phrases.join(' | ')}::tsquery
      limit ${mailsReadMax}) s join fact f using (list_id, seq)
    where f.data->'sender'->>'address' = any(${addresses}::text[]) order by f.seq desc limit 1`.execute(db)
  return rows[0]?.name ?? null
}

/** Of one address nearly all have the same name. */
const mailsReadMax = 20
