// The pieces of patchsets as rows (table `api_item`), chosen by what a request asks for. One query for a page and one for how many
// there are, whatever a page holds.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { IndexKey } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { ItemData, ItemKind } from '../../tracker/topic/patchwork-items.ts'
import type { Turn } from '../../tracker/topic/topic.ts'
import type { Found, Page } from './pages.ts'

export interface ItemRow {
  readonly kind: ItemKind
  readonly id: number
  readonly list: number
  readonly parent: number | null
  readonly key: IndexKey
  readonly msgid: string
  readonly said: Date
  readonly known: Date
  readonly name: string
  readonly person: number
  readonly state: string | null
  readonly delegate: number | null
  readonly archived: boolean
  readonly hash: string | null
  readonly checked: string | null
  readonly data: ItemData
  readonly topicKey: IndexKey
  readonly topic: string
  readonly turn: Turn | null
  /** Of a patch or a cover. */
  readonly series: SeriesOfItem | null
}

export interface SeriesOfItem {
  readonly id: number
  /** Milliseconds. */
  readonly said: number
  readonly name: string
  readonly version: number
}

export interface Order {
  readonly column: RawBuilder<unknown>
  readonly down: boolean
}

/** `conditions` are over `api_item i`. */
export async function findItems(
  db: Kysely<Tables>,
  conditions: readonly RawBuilder<unknown>[],
  orders: readonly Order[],
  page: Page,
): Promise<Found<ItemRow>> {
  const where = sql.join(conditions, sql` and `)
  const by = sql.join(
    [...orders, { column: sql`i.id`, down: orders[0]?.down ?? false }].map(({ column, down }) =>
      down ? sql`${column} desc` : column,
    ),
  )
  const [{ rows: counted }, { rows }] = await Promise.all([
    sql<{ count: number }>`select count(*)::int as count from api_item i where ${where}`.execute(db),
    sql<ItemRow>`
      select ${itemColumns} from (
        select i.*, row_number() over (order by ${by}) as place from api_item i where ${where}
        order by ${by} limit ${page.size} offset ${page.offset}) i
      ${joined} order by i.place`.execute(db),
  ])
  return { rows, count: counted[0]?.count ?? 0 }
}

/** All that fit, by number. For what is bounded otherwise. */
export async function readItems(
  db: Kysely<Tables>,
  conditions: readonly RawBuilder<unknown>[],
): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`
    select ${itemColumns} from api_item i ${joined} where ${sql.join(conditions, sql` and `)} order by i.id`.execute(
    db,
  )
  return rows
}

/** The one of this number, when the address has one. */
export async function findItem(
  db: Kysely<Tables>,
  kind: ItemKind,
  id: string | undefined,
): Promise<ItemRow | undefined> {
  const number = itemNumber(id)
  return number === null
    ? undefined
    : (await readItems(db, [sql`i.kind = ${kind}`, sql`i.id = ${number}`]))[0]
}

/** Null for what is no number of an item: PostgreSQL would refuse it. */
export const itemNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null

const itemColumns = sql`
  i.kind, i.id::float as id, i.list_id as list, i.parent::float as parent, i.message_key as key, i.message_id as msgid,
  i.said, i.known_at as known, i.name, i.person, i.state, i.delegate, i.archived, i.hash, i.checked, i.data,
  i.topic_key as "topicKey", t.id as topic, t.turn,
  case when s.id is not null then json_build_object('id', s.id, 'said', floor(extract(epoch from s.said) * 1000), 'name', s.name,
    'version', s.data->'version') end as series`

const joined = sql`
  join topic t on t.list_id = i.list_id and t.id_key = i.topic_key
  left join api_item s on s.kind = 'series' and s.id = i.parent and i.kind in ('patch', 'cover')`
