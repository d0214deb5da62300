// From a name on the command line to lists.
import type { Kysely } from 'kysely'
import { type ListConfig, listNameAllowed, listNamePattern } from '../base/config.ts'
import { allLists, findList, type List, saveLists } from './lists.ts'
import type { Tables } from './tables.ts'

/** The list of this name, or all of them. Throws for a name that no list has. */
export async function chosenLists(db: Kysely<Tables>, name: string | undefined): Promise<List[]> {
  const lists = await allLists(db)
  if (name === undefined) return lists
  const chosen = lists.filter(list => list.name === name)
  if (chosen.length > 0) return chosen
  const names = lists.map(list => list.name).join(', ') || 'none'
  throw new Error(`Cannot find the list ${JSON.stringify(name)}; there are: ${names}`)
}

/** The configured list of this name, else the one in the database, else a new one. */
export async function listToFill(
  db: Kysely<Tables>,
  name: string,
  configured: readonly ListConfig[],
): Promise<List> {
  const wanted = configured.find(list => list.name === name)
  const known = wanted === undefined ? await findList(db, name) : undefined
  if (known !== undefined) return known
  if (!listNamePattern.test(name)) {
    throw new Error(`Cannot make the list ${JSON.stringify(name)}; allowed: ${listNameAllowed}`)
  }
  const [made] = await saveLists(db, [wanted ?? { name, address: `${name}@localhost` }])
  if (made === undefined) throw new Error(`Cannot make the list "${name}"`)
  return made
}
