// Whom the list knows, in the database: read for the people of a fold, grown by it, and what was guessed without the growth
// folded again.
import { type Kysely, sql } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { wake } from '../../sql/wake.ts'
import type { MailFacts, Person } from '../mail/facts.ts'
import type { Folded } from '../topic/fold.ts'
import type { KnownPeople } from '../topic/known-people.ts'
import { personKeys } from '../topic/person.ts'

/** What the list knows of the senders of these mails. */
export async function knownPeopleFor(
  db: Kysely<Tables>,
  list: ListId,
  arrivals: ReadonlyMap<ClusterId, readonly { facts: MailFacts }[]>,
): Promise<KnownPeople> {
  const keys = new Set<string>()
  // Most mails of a long thread are by few people.
  const names = new Map<string, string>()
  const add = (sender: Person) => {
    if (names.get(sender.address) === sender.name) return
    names.set(sender.address, sender.name)
    for (const key of personKeys(sender)) keys.add(key)
  }
  for (const mails of arrivals.values())
    for (const { facts } of mails) {
      add(facts.sender)
      if (facts.behalf) add(facts.behalf)
    }
  const byRow = new Map([...keys].map(key => [indexKey(key), key]))
  const { rows } = await sql<{ person: IndexKey }>`
    select person from established where list_id = ${list} and person = any(${[...byRow.keys()]}::text[])`.execute(
    db,
  )
  return { established: new Set(rows.flatMap(row => byRow.get(row.person) ?? [])) }
}

/** `known`: with whom they were folded. Call it under the list's fold lock. */
export async function writeKnownPeople(
  db: Kysely<Tables>,
  list: ListId,
  known: KnownPeople,
  folds: readonly { cluster: ClusterId; fold: Folded }[],
): Promise<void> {
  await writeStrangers(db, list, folds)
  const now = new Set(folds.flatMap(({ fold }) => [...fold.established]))
  const established = [...now].filter(person => !known.established.has(person)).map(indexKey)
  if (established.length === 0) return
  const { rows } = await sql<{ person: string }>`
    insert into established select ${list}, unnest(${established}::text[]) on conflict do nothing returning person`.execute(
    db,
  )
  if (rows.length === 0) return
  const people = rows.map(row => row.person)
  await wake(
    db,
    sql`select cluster from stranger where list_id = ${list} and person = any(${people}::text[])`,
    'late',
    'beside',
  )
}

async function writeStrangers(
  db: Kysely<Tables>,
  list: ListId,
  folds: readonly { cluster: ClusterId; fold: Folded }[],
): Promise<void> {
  const rows = folds.flatMap(({ cluster, fold }) =>
    [...fold.strangers].map(person => [indexKey(person), cluster] as const),
  )
  if (rows.length === 0) return
  await sql`
    insert into stranger (list_id, person, cluster)
    select ${list}, * from unnest(${rows.map(([person]) => person)}::text[], ${rows.map(([, cluster]) => cluster)}::bigint[])
    on conflict do nothing`.execute(db)
}
