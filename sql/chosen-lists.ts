// From a name on the command line to lists.
import type { Kysely } from 'kysely'
import { ExitError, exits } from '../base/exit.ts'
import { type ListConfig, listNameAllowed, listNamePattern } from '../base/list-settings.ts'
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

/** Every list, and the one of this name when it is given. Throws an `ExitError` for a name that no list has. */
export async function listsToDeliver(
  db: Kysely<Tables>,
  name: string | undefined,
  configured: readonly ListConfig[],
): Promise<{ lists: readonly List[]; list: List | undefined }> {
  const known = await allLists(db)
  const isNew = configured.some(list => known.every(other => other.name !== list.name))
  if (isNew) await saveLists(db, configured)
  const lists = isNew ? await allLists(db) : known
  const list = lists.find(one => one.name === name)
  if (name === undefined || list) return { lists, list }
  const names = lists.map(one => one.name).join(', ') || 'none'
  throw new ExitError(exits.unknown, `Cannot find the list ${JSON.stringify(name)}; there are: ${names}`)
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
