// The integers that the API calls things by. They are places in the log, which a rebuild and a copy of the database keep: a patch, a
// cover letter and a comment have that of their mail, the first of its copies; a series has that of its first mail; a project that of
// its first list. A check
// has one of base/check-id.ts. People alone get numbers of their own.
import { type Kysely, sql } from 'kysely'
import type { IndexKey } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { limits } from '../base/limits.ts'
import { memo } from '../base/memo.ts'
import { keepRecent } from '../base/recent.ts'
import type { Tables } from './tables.ts'

/**
 * The numbers of people, by `person` as it is given: an address, or the name of somebody without one. Gives those that are new one.
 * `trx` is one of `db`, and asks once.
 */
export async function personIds(
  db: Kysely<Tables>,
  trx: Kysely<Tables>,
  people: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const recent = recentOf(db)
  const ids = new Map<string, number>()
  const asked = new Map<IndexKey, string>()
  for (const person of new Set(people)) {
    const id = recent.get(person)
    if (id === undefined) asked.set(indexKey(person), person)
    else ids.set(person, id)
  }
  if (asked.size === 0) return ids
  const keys = [...asked.keys()]
  const known = await knownIds(trx, keys)
  // Those that it gives now are not kept: the transaction may be rolled back.
  for (const [key, id] of known) recent.keep(asked.get(key) ?? key, id, key.length + entryBytes)
  const fresh = keys.filter(key => !known.has(key))
  const given = fresh.length === 0 ? [] : await newIds(trx, fresh)
  for (const [key, id] of [...known, ...given]) ids.set(asked.get(key) ?? key, id)
  return ids
}

/** A number is for ever that of its person. Of each database: in another one he has another. */
const recentOf = memo((_: Kysely<Tables>) => keepRecent<number>(limits.personIdsKeptBytesMax))
/** A number and its place in a map. */
const entryBytes = 100

async function knownIds(trx: Kysely<Tables>, keys: readonly IndexKey[]): Promise<Map<IndexKey, number>> {
  const { rows } = await sql<{ id: number; person: IndexKey }>`
    select id, person from api_person where person = any(${keys}::text[])`.execute(trx)
  return new Map(rows.map(({ id, person }) => [person, id]))
}

/** In one order, or two transactions with the same new people would wait crosswise. */
async function newIds(trx: Kysely<Tables>, fresh: readonly IndexKey[]): Promise<Map<IndexKey, number>> {
  const keys = fresh.toSorted()
  await sql`
    insert into api_person (person) select person from unnest(${keys}::text[]) with ordinality as given (person, place)
    where not exists (select from api_person known where known.person = given.person) order by place
    on conflict do nothing`.execute(trx)
  return knownIds(trx, keys)
}
