// A person on a list in our own API: all addresses that are known as theirs, the roles, what was posted, and what waits for them.
// The page of the person reads the same.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readPerson } from '../read/person.ts'
import { readWaitsOf, type WaitRow } from '../read/waits.ts'
import type { WholePerson } from './schema.ts'
import { topicLine } from './topic-line.ts'

/** Null for somebody without a role who wrote nothing. */
export async function personObject(
  db: Kysely<Tables>,
  origin: string,
  list: ListRow,
  asked: string,
): Promise<WholePerson | null> {
  const { name, address, addresses, roles, counts } = await readPerson(db, list, asked)
  if (name === null && roles.length === 0) return null
  const { here, given, elsewhere } = await readWaitsOf(db, list.id, addresses, limits.apiPageItems)
  const lines = (rows: readonly WaitRow[]) => rows.map(row => topicLine(origin, list.name, row))
  const isTheirs = ({ delegate }: WaitRow) => delegate !== null && addresses.includes(delegate.person.address)
  return {
    ...{ name: name ?? '', address, addresses: [...addresses] },
    roles: roles.map(({ role, paths }) => ({ role, paths: [...paths] })),
    counts,
    to_answer: lines(here),
    delegated: lines([...here.filter(isTheirs), ...given]),
    waits_for_others: lines(elsewhere),
  }
}
