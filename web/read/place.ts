// What the first part of an address names: a list, or all of them together.
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { allLists } from '../paths.ts'
import { findListRow, findListRows, type ListRow } from './located-mail.ts'

export interface Place {
  readonly name: string
  readonly lists: readonly ListRow[]
  readonly description: string
}

/** One list. */
export const placeOf = (list: ListRow): Place => ({
  name: list.name,
  lists: [list],
  description: list.description || list.name,
})

/** Undefined when there is no such list. */
export async function findPlace(db: Kysely<Tables>, name: string): Promise<Place | undefined> {
  const list = await findListRow(db, name)
  if (list) return placeOf(list)
  if (name !== allLists) return undefined
  const lists = await findListRows(db)
  return { name, lists, description: 'All lists' }
}
