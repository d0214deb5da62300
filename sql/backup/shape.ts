// What the tables of a backup look like in the database at hand: their columns, their keys, and an order in which each stands
// behind those that it refers to.
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export interface Shape {
  readonly name: string
  /** Without those that PostgreSQL makes from others. */
  readonly columns: readonly string[]
  /** By which its rows are ordered: the primary key, else all columns. */
  readonly key: readonly string[]
  /** The column whose numbers come from a sequence; null for a table without one. */
  readonly numbered: string | null
}

/** Throws when the database has no table of that name. */
export async function shapesOf(db: Kysely<Tables>, names: readonly string[]): Promise<Shape[]> {
  const { rows } = await sql<Shape & { readonly refers: readonly string[] }>`
    select c.relname as name,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and a.attgenerated = '' order by a.attnum) as columns,
      array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality as k (attnum, place)
        join pg_attribute a on a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by k.place) as key,
      (select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attidentity <> '') as numbered,
      array(select r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and r.oid <> c.oid) as refers
    from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
      and c.relname = any(${names}::text[]) order by c.relname`.execute(db)
  const missing = names.filter(name => !rows.some(row => row.name === name))
  if (missing.length > 0) throw new Error(`The database has no table ${missing.join(', ')}`)
  return inOrder(rows).map(({ refers, key, ...shape }) => ({
    ...shape,
    key: key.length > 0 ? key : shape.columns,
  }))
}

/** No two tables refer to each other. */
function inOrder<T extends { readonly name: string; readonly refers: readonly string[] }>(
  rows: readonly T[],
): T[] {
  const ordered: T[] = []
  const add = (row: T): void => {
    if (ordered.includes(row)) return
    for (const name of row.refers) {
      const other = rows.find(one => one.name === name)
      if (other) add(other)
    }
    ordered.push(row)
  }
  for (const row of rows) add(row)
  return ordered
}
