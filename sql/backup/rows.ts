// The rows of a table in portions, each of which becomes a piece. Where one ends is said by the rows themselves, so that a row more
// or less changes the piece it is in, and not all behind it.
import { createHash } from 'node:crypto'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import { hashArray } from '../raw.ts'
import type { Tables } from '../tables.ts'
import type { Shape } from './shape.ts'

export interface Portion {
  readonly rows: number
  /** Hashes of what is in it, where that is known without reading it. */
  readonly name?: string
  /** Each row as JSON, in a line. */
  lines(): Promise<readonly string[]>
}

/** Within a transaction, whose cursor it is. */
export const portionsOf = (trx: Kysely<Tables>, shape: Shape): AsyncGenerator<Portion> =>
  shape.name === 'raw' ? portionsOfRaw(trx, shape) : portionsOfLines(trx, shape)

async function* portionsOfLines(trx: Kysely<Tables>, shape: Shape): AsyncGenerator<Portion> {
  const key = sql.join(shape.key.map(column => sql.ref(column)))
  const query = sql`select ${asJson(shape)} as line, hashtext(concat_ws(' ', ${key})) as mark
    from ${sql.table(shape.name)} t order by ${key}`
  let lines: string[] = []
  let bytes = 0
  for await (const { line, mark } of rowsOf<{ line: string; mark: number }>(trx, query)) {
    lines.push(line)
    bytes += line.length
    if (!isEnd(mark) && bytes < limits.backupPieceBytesMax) continue
    yield portion(lines)
    lines = []
    bytes = 0
  }
  if (lines.length > 0) yield portion(lines)
}

const portion = (lines: readonly string[]): Portion => ({ rows: lines.length, lines: async () => lines })

/**
 * In the order in which they came, or each new mail would be in the middle of the old ones. Hash and encoding say what a row is
 * (purged bytes are gone), so what a backup has of them is not read again.
 */
async function* portionsOfRaw(trx: Kysely<Tables>, shape: Shape): AsyncGenerator<Portion> {
  const query = sql`
    select r.hash, r.encoding, r.size, hashtext(encode(r.hash, 'hex')) as mark
    from raw r left join (select raw_hash, min(seq) as seq from mail group by raw_hash) m on m.raw_hash = r.hash
    order by m.seq nulls last, r.hash`
  let some: RawRow[] = []
  let bytes = 0
  for await (const row of rowsOf<RawRow & { mark: number }>(trx, query)) {
    some.push(row)
    bytes += row.size
    if (!isEnd(row.mark) && bytes < limits.backupPieceBytesMax) continue
    yield rawPortion(trx, shape, some)
    some = []
    bytes = 0
  }
  if (some.length > 0) yield rawPortion(trx, shape, some)
}

interface RawRow {
  readonly hash: Buffer
  readonly encoding: string
  readonly size: number
}

const rawPortion = (trx: Kysely<Tables>, shape: Shape, rows: readonly RawRow[]): Portion => ({
  rows: rows.length,
  name: nameOf(rows),
  async lines() {
    const { rows: found } = await sql<{ line: string }>`
      select ${asJson(shape)} as line from raw t join unnest(${hashArray(rows)}::bytea[]) with ordinality as wanted (hash, place)
        using (hash) order by place`.execute(trx)
    return found.map(({ line }) => line)
  },
})

function nameOf(rows: readonly RawRow[]): string {
  const hash = createHash('sha256')
  for (const { hash: bytes, encoding } of rows) hash.update(bytes).update(`${encoding}\n`)
  return hash.digest('hex')
}

/** Of one row in 256, whichever stand around it. */
const isEnd = (mark: number): boolean => (mark & 255) === 0

const asJson = ({ columns }: Shape): RawBuilder<string> =>
  sql`row_to_json((select x from (select ${sql.join(columns.map(column => sql.ref(`t.${column}`)))}) x))::text`

async function* rowsOf<T>(trx: Kysely<Tables>, query: RawBuilder<unknown>): AsyncGenerator<T> {
  await sql`declare backed_up no scroll cursor for ${query}`.execute(trx)
  for (;;) {
    const { rows } = await sql<T>`fetch ${sql.lit(rowsFetched)} from backed_up`.execute(trx)
    yield* rows
    if (rows.length < rowsFetched) break
  }
  await sql`close backed_up`.execute(trx)
}

const rowsFetched = 500
