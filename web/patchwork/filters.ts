// What a request to one of patchwork's lists asks for, as conditions over `api_item i`. As there: a filter that is unknown or empty is
// passed over, one whose value means nothing finds nothing, and one that is given twice means either.
import type { Context } from 'hono'
import { type RawBuilder, sql } from 'kysely'
import { indexKey } from '../../base/key.ts'
import { toStorableText } from '../../base/storable.ts'
import type { ItemKind } from '../../tracker/topic/patchwork-items.ts'
import type { Projects } from './projects.ts'
import { itemNumber, type Order } from './rows.ts'
import { ownStates } from './states.ts'

type Condition = RawBuilder<unknown>

/** The filters that a kind of item has, by their names in an address. */
const filters = {
  series: values => sql`i.parent = any(${values.map(itemNumber)}::bigint[])`,
  submitter: values => personIn(sql`i.person`, values),
  delegate: values => personIn(sql`i.delegate`, values),
  state: values => sql`i.state = any(${values.flatMap(ownStates)}::text[])`,
  archived: values => {
    const said = values.flatMap(value => truth.get(value.toLowerCase()) ?? [])
    return said.length === 0 ? null : sql`i.archived = any(${said}::boolean[])`
  },
  hash: values => sql`i.hash = any(${values.map(value => value.toLowerCase())}::text[])`,
  msgid: values =>
    sql`i.message_key = any(${values.map(value => indexKey(value.replace(/^<|>$/g, '')))}::text[])`,
  before: values => moment(values, time => sql`i.said < ${time}`),
  since: values => moment(values, time => sql`i.said >= ${time}`),
  q: values => words(values, sql`i.name`),
} satisfies Record<string, (values: string[]) => Condition | null>

const filtersOf: Partial<Record<ItemKind, readonly (keyof typeof filters)[]>> = {
  patch: [
    ...(['series', 'submitter', 'delegate', 'state', 'archived'] as const),
    ...(['hash', 'msgid', 'before', 'since', 'q'] as const),
  ],
  cover: ['series', 'submitter', 'msgid', 'before', 'since', 'q'],
  series: ['submitter', 'before', 'since', 'q'],
}

const orders: Partial<Record<ItemKind, Readonly<Record<string, Condition>>>> = {
  patch: {
    id: sql`i.id`,
    name: sql`i.name`,
    project: sql`i.list_id`,
    date: sql`i.said`,
    state: sql`i.state`,
    archived: sql`i.archived`,
    submitter: sql`i.person`,
    check: sql`i.checked`,
  },
  cover: { id: sql`i.id`, name: sql`i.name`, date: sql`i.said`, submitter: sql`i.person` },
  series: {
    id: sql`i.id`,
    name: sql`i.name`,
    date: sql`i.said`,
    submitter: sql`i.person`,
    received_all: sql`i.data->>'whole'`,
  },
}

/** What a list of these items is asked for. */
export function conditionsOf(c: Context, kind: ItemKind, projects: Projects): Condition[] {
  const lists = listsOf(given(c, 'project'), projects)
  const asked = (filtersOf[kind] ?? []).flatMap((name): Condition[] => {
    const values = given(c, name)
    const condition = values.length === 0 ? null : filters[name](values)
    return condition === null ? [] : [condition]
  })
  return [sql`i.kind = ${sql.lit(kind)}`, sql`i.list_id = any(${lists}::integer[])`, ...asked]
}

/** The lists of the projects that are named; of all when none is. */
export const listsOf = (names: readonly string[], projects: Projects): number[] =>
  names.length === 0
    ? projects.listIds
    : names.flatMap(name => projects.find(name)?.lists.map(({ id }) => id) ?? [])

/** Values of a filter that say something. */
export const given = (c: Context, name: string): string[] =>
  (c.req.queries(name) ?? [])
    .slice(0, valuesMax)
    .map(toStorableText)
    .filter(value => value.trim() !== '')

/** Of one filter; nobody asks for so many. */
const valuesMax = 50

/** As it is asked for: `-date,id`. What a list can't be ordered by is passed over. */
export function ordersOf(c: Context, kind: ItemKind): Order[] {
  const known = orders[kind] ?? {}
  return (c.req.query('order') ?? '')
    .split(',')
    .slice(0, 5)
    .flatMap(word => {
      const name = word.trim().replace(/^-/, '')
      const column = Object.hasOwn(known, name) ? known[name] : undefined
      return column === undefined ? [] : [{ column, down: word.trim().startsWith('-') }]
    })
}

const truth = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/** By number, or by address. */
const personIn = (column: Condition, values: readonly string[]): Condition => {
  const numbers = values.flatMap(value => (/^\d{1,9}$/.test(value) ? [Number(value)] : []))
  const keys = values.map(value => indexKey(value.toLowerCase()))
  return sql`${column} = any(array(select id from api_person where id = any(${numbers}::integer[])
    or person = any(${keys}::text[])))`
}

/** Of several the last is heard, as with a form's field. */
function moment(values: readonly string[], condition: (time: Date) => Condition): Condition {
  const time = momentOf(values.at(-1) ?? '')
  return time === null ? sql`false` : condition(time)
}

/** `2026-03-02`, `2026-03-02T09:00:00`, with or without a zone; without one it is UTC. */
export function momentOf(text: string): Date | null {
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?\s?(Z|[+-]\d\d:?\d\d)?$/i.exec(
      text.trim(),
    ) ?? []
  if (day === undefined) return null
  const moment = new Date(`${day}T${time}${zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(moment.getTime()) ? null : moment
}

/** Each word somewhere in the text, in large or small letters. */
export function words(values: readonly string[], column: Condition): Condition {
  const asked = values.flatMap(value => value.split(/[\s,]+/)).filter(word => word !== '')
  const patterns = asked.slice(0, valuesMax).map(word => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  return sql`${column} ilike all(${patterns}::text[])`
}
