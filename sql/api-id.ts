// The integers that the API calls things by. They are places in the log, which a rebuild and a copy of the database keep: a patch, a
// cover letter and a comment have that of their mail, the first of its copies; a series has that of its first mail; a project that of
// its first list. A check
// has one of base/check-id.ts. People alone get numbers of their own.
import { type Kysely, sql } from 'kysely'
import type { IndexKey } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import type { Tables } from './tables.ts'

/** The numbers of people, by `person` as it is given: an address, or the name of somebody without one. Gives those that are new one. */
export async function personIds(
  trx: Kysely<Tables>,
  people: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const byKey = new Map([...new Set(people)].map(person => [indexKey(person), person]))
  if (byKey.size === 0) return new Map()
  const keys = [...byKey.keys()]
  const known = await knownIds(trx, keys)
  const fresh = keys.filter(key => !known.has(key))
  const given = fresh.length === 0 ? known : new Map([...known, ...(await newIds(trx, fresh))])
  return new Map([...given].map(([key, id]) => [byKey.get(key) ?? key, id]))
}

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
