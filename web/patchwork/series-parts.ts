// What stands in some series: their cover letters and patches, and which series they need and are needed by. Two queries for all.
import { type Kysely, sql } from 'kysely'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import type { SeriesParts } from './objects.ts'
import { type ItemRow, readItems } from './rows.ts'

export async function readSeriesParts(
  db: Kysely<Tables>,
  series: readonly ItemRow[],
): Promise<ReadonlyMap<number, SeriesParts>> {
  const ids = series.map(({ id }) => id)
  const inThem =
    ids.length === 0
      ? []
      : await readItems(db, [sql`i.parent = any(${ids}::bigint[])`, sql`i.kind in ('patch', 'cover')`])
  const mails = Map.groupBy(inThem, ({ parent }) => parent)
  const needs = await readNeeds(db, series, inThem)
  return new Map(
    series.map(({ id }) => {
      const own = mails.get(id) ?? []
      return [
        id,
        {
          cover: own.find(({ kind }) => kind === 'cover'),
          patches: own
            .filter(({ kind }) => kind === 'patch')
            .toSorted((a, b) => (a.data.number ?? 0) - (b.data.number ?? 0)),
          needs: needs.filter(need => need.from === id).map(need => need.to),
          neededBy: needs.filter(need => need.to === id).map(need => need.from),
        },
      ] as const
    }),
  )
}

interface Need {
  readonly from: number
  readonly to: number
}

/** `Depends-on:` of these series and on them, within one list. */
async function readNeeds(
  db: Kysely<Tables>,
  series: readonly ItemRow[],
  mails: readonly ItemRow[],
): Promise<Need[]> {
  const named = mails.map(({ msgid }) => msgid)
  const wanted = series.flatMap(({ id, data }) =>
    (data.needs ?? []).map(target => ({ id, key: indexKey(target) })),
  )
  if (named.length === 0) return []
  const { rows } = await sql<Need>`
    select distinct w.id::float as "from", m.parent::float as "to"
    from unnest(${wanted.map(({ id }) => id)}::bigint[], ${wanted.map(({ key }) => key)}::text[]) as w (id, key)
    join api_item own on own.kind = 'series' and own.id = w.id
    join api_item m on m.list_id = own.list_id and m.message_key = w.key and m.kind in ('patch', 'cover')
    union
    select distinct s.id::float, m.parent::float from api_item s
    join api_item m on m.list_id = s.list_id and m.message_id = any(array(select jsonb_array_elements_text(s.data->'needs')))
      and m.kind in ('patch', 'cover') and m.parent = any(${series.map(({ id }) => id)}::bigint[])
    where s.kind = 'series' and s.data ? 'needs' and s.data->'needs' ?| ${named}::text[]`.execute(db)
  return rows.filter(({ from, to }) => from !== to).toSorted((a, b) => a.from - b.from || a.to - b.to)
}
