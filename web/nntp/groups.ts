// The groups: each list is one, under its List-Id.
import type { Kysely } from 'kysely'
import { allLists, type List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'

export interface Group {
  readonly name: string
  readonly list: List
}

/** By name; of two lists under one name the first. */
export async function readGroups(db: Kysely<Tables>): Promise<ReadonlyMap<string, Group>> {
  const groups = (await allLists(db)).map(list => ({ name: nameOf(list), list }))
  return new Map(groups.toReversed().map(group => [group.name, group]))
}

/** RFC 3977 9.8 has more letters; clients have not. */
const nameOf = ({ listId, name }: List): string => {
  const id = listId?.toLowerCase() ?? ''
  return /^[a-z0-9][a-z0-9.+_-]{0,200}$/.test(id) ? id : name
}
