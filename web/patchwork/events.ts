// What happened, newest first: `/events/`. Each is a row of table `event`, which live mail and writes through the API make; importing
// and rebuilding make none, so a robot that polls is not sent back over years. Patchwork tells of each patch by itself, where we tell
// once of all that a mail changed.
import type { Context } from 'hono'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { EventData, EventName, Tables } from '../../sql/tables.ts'
import type { ItemKind } from '../../tracker/topic/patchwork-items.ts'
import { paths } from '../paths.ts'
import { given, listsOf, momentOf } from './filters.ts'
import { dateText, embeddedMail, embeddedSeries, exactDateText, msgidText, type Writing } from './objects.ts'
import { answerPaged, type Found, type Page, pageOf } from './pages.ts'
import { embeddedProject, type Projects, readProjects, userObject } from './projects.ts'
import { apiOf } from './request.ts'
import { type ItemRow, itemNumber, readItems } from './rows.ts'
import { type Event, type EventCategory, eventCategories } from './schema.ts'
import { slugOf } from './states.ts'

/** What we call it, and which item it is about. */
const sources: Readonly<Record<EventCategory, { what: EventName; kind: ItemKind }>> = {
  'cover-created': { what: 'cover', kind: 'cover' },
  'patch-created': { what: 'patch', kind: 'patch' },
  'patch-completed': { what: 'patch-complete', kind: 'patch' },
  'patch-state-changed': { what: 'patch-state', kind: 'patch' },
  'patch-delegated': { what: 'delegate', kind: 'patch' },
  'check-created': { what: 'check', kind: 'check' },
  'series-created': { what: 'series', kind: 'series' },
  'series-completed': { what: 'series-complete', kind: 'series' },
  'cover-comment-created': { what: 'comment', kind: 'cover-comment' },
  'patch-comment-created': { what: 'comment', kind: 'patch-comment' },
}

interface EventRow {
  readonly id: number
  readonly what: EventName
  readonly at: Date
  readonly was: string | null
  readonly became: string
  readonly data: EventData | null
  readonly kind: ItemKind
  readonly item: number
}

export async function answerEvents(c: Context, db: Kysely<Tables>): Promise<Response> {
  const writing = { api: apiOf(c), projects: await readProjects(db) }
  const wanted = categoriesOf(c, writing.api.minor)
  const conditions = conditionsOf(c, writing.projects)
  const find = (page: Page) => findEvents(db, wanted, conditions, given(c, 'order')[0] === 'date', page)
  return answerPaged(c, writing.api, pageOf(c, limits.apiPageItems), find, rows =>
    eventObjects(db, writing, rows),
  )
}

/** Comments are told of since 1.3. Nobody who acts is named, so nothing is found by an actor. */
function categoriesOf(c: Context, minor: number): EventCategory[] {
  const asked = given(c, 'category')
  if (given(c, 'actor').length > 0) return []
  return eventCategories.filter(
    category =>
      (minor >= 3 || !category.includes('comment')) && (asked.length === 0 || asked.includes(category)),
  )
}

/** Over `event e` and the item `i` that it is about. */
function conditionsOf(c: Context, projects: Projects): RawBuilder<unknown>[] {
  const time = (name: 'before' | 'since') => {
    const text = given(c, name).at(-1)
    if (text === undefined) return []
    return [name === 'before' ? sql`e.at < ${momentOf(text)}` : sql`e.at >= ${momentOf(text)}`]
  }
  const about = (['series', 'patch', 'cover'] as const).flatMap(kind => {
    const values = given(c, kind)
    return values.length === 0
      ? []
      : [
          isAbout(
            kind,
            values.flatMap(value => itemNumber(value) ?? []),
          ),
        ]
  })
  const lists = listsOf(given(c, 'project'), projects)
  return [sql`e.list_id = any(${lists}::integer[])`, ...time('before'), ...time('since'), ...about]
}

/** Of a series its patches are told with it, of a patch its comments and checks, of a cover letter its comments. */
function isAbout(kind: 'series' | 'patch' | 'cover', ids: readonly number[]): RawBuilder<unknown> {
  const parts: Record<typeof kind, readonly ItemKind[]> = {
    series: ['patch'],
    patch: ['patch-comment', 'check'],
    cover: ['cover-comment'],
  }
  return sql`(i.kind = ${kind} and i.id = any(${ids}::bigint[])
    or i.kind = any(${parts[kind]}::text[]) and i.parent = any(${ids}::bigint[]))`
}

async function findEvents(
  db: Kysely<Tables>,
  wanted: readonly EventCategory[],
  conditions: readonly RawBuilder<unknown>[],
  oldestFirst: boolean,
  { size, offset }: Page,
): Promise<Found<EventRow>> {
  if (wanted.length === 0) return { rows: [], count: 0 }
  const pairs = wanted.map(category => sources[category])
  const way = oldestFirst ? sql`` : sql`desc`
  // One mail may change several patches. A comment and a check are found by their mail, all else by what it is about.
  const events = sql`
    from event e cross join lateral jsonb_array_elements_text(e.on_mails) with ordinality as m (id, place)
    join unnest(${pairs.map(({ what }) => what)}::text[], ${pairs.map(({ kind }) => kind)}::text[]) as w (what, kind)
      on w.what = e.what
    join api_item i on i.list_id = e.list_id and i.kind = w.kind and (e.what <> 'check' or i.name = e.data->>'context')
      and i.message_key = case when e.what in ('comment', 'check') then e.mail else m.id end
    where ${sql.join(conditions, sql` and `)}`
  const [{ rows: counted }, { rows }] = await Promise.all([
    sql<{ count: number }>`
      select count(*)::int as count from (select ${events} limit ${limits.apiEventsMax}) e`.execute(db),
    sql<EventRow>`
      select (e.id * 1000 + m.place)::float as id, e.what, e.at, e.was, e.became, e.data, i.kind, i.id::float as item ${events}
      order by e.id ${way}, m.place ${way} limit ${size} offset ${offset}`.execute(db),
  ])
  return { rows, count: counted[0]?.count ?? 0 }
}

async function eventObjects(
  db: Kysely<Tables>,
  writing: Writing,
  events: readonly EventRow[],
): Promise<Event[]> {
  const rows = await readNamedItems(db, events)
  return events.flatMap((event): Event[] => {
    const row = rows.get(`${event.kind} ${event.item}`)
    const category = eventCategories.find(
      name => sources[name].what === event.what && sources[name].kind === event.kind,
    )
    const payload = row && category && payloadOf(writing, category, event, row, rows)
    if (!payload) return []
    const { api, projects } = writing
    return [
      {
        id: event.id,
        category,
        project: embeddedProject(api, projects.ofList(row.list)),
        date: exactDateText(event.at),
        ...(api.minor >= 2 ? { actor: null } : {}),
        payload,
      },
    ]
  })
}

/** The items of the events, and what those are about. */
async function readNamedItems(
  db: Kysely<Tables>,
  events: readonly EventRow[],
): Promise<ReadonlyMap<string, ItemRow>> {
  if (events.length === 0) return new Map()
  const own = await readItems(db, [
    sql`(i.kind, i.id) in (select * from unnest(${events.map(({ kind }) => kind)}::text[],
      ${events.map(({ item }) => item)}::bigint[]))`,
  ])
  const parents = own.flatMap(({ parent }) => parent ?? [])
  const above =
    parents.length === 0
      ? []
      : await readItems(db, [sql`i.kind in ('patch', 'cover')`, sql`i.id = any(${parents}::bigint[])`])
  return new Map([...own, ...above].map(row => [`${row.kind} ${row.id}`, row]))
}

function payloadOf(
  writing: Writing,
  category: EventCategory,
  event: EventRow,
  row: ItemRow,
  rows: ReadonlyMap<string, ItemRow>,
): Event['payload'] | null {
  switch (category) {
    case 'cover-created':
      return { cover: embeddedMail(writing, 'cover', row) }
    case 'patch-created':
      return { patch: embeddedMail(writing, 'patch', row) }
    case 'patch-completed':
      return {
        patch: embeddedMail(writing, 'patch', row),
        ...(row.series ? { series: embeddedSeries(writing, row.list, row.series) } : {}),
      }
    case 'patch-state-changed':
      return {
        patch: embeddedMail(writing, 'patch', row),
        previous_state: slugOf(event.was),
        current_state: slugOf(event.became),
      }
    case 'patch-delegated':
      return { patch: embeddedMail(writing, 'patch', row), ...delegatesIn(writing, row, event) }
    case 'series-created':
    case 'series-completed':
      return { series: seriesIn(writing, row) }
    case 'cover-comment-created':
      return commentPayload(writing, 'cover', row, rows)
    case 'patch-comment-created':
      return commentPayload(writing, 'patch', row, rows)
    case 'check-created':
      return checkPayload(writing, event, row, rows)
    default:
      return category satisfies never
  }
}

/** The row knows only who it is delegated to now. */
function delegatesIn({ api }: Writing, { delegate, data: { to } }: ItemRow, { became }: EventRow) {
  const now = delegate !== null && to?.address === became ? userObject(api, { id: delegate, ...to }) : null
  return { previous_delegate: null, current_delegate: now }
}

const seriesIn = (writing: Writing, { id, list, said, name, data }: ItemRow) =>
  embeddedSeries(writing, list, { id, said: said.getTime(), name, version: data.version ?? 1 })

function commentPayload(
  writing: Writing,
  on: 'patch' | 'cover',
  row: ItemRow,
  rows: ReadonlyMap<string, ItemRow>,
): Event['payload'] | null {
  const { api, projects } = writing
  const about = rows.get(`${on} ${row.parent}`)
  if (!about) return null
  const comment = {
    id: row.id,
    url: api.url(`/${on === 'patch' ? 'patches' : 'covers'}/${row.parent}/comments/${row.id}/`),
    web_url: `${api.origin}/comment/${row.id}/`,
    msgid: msgidText(row.msgid),
    list_archive_url: api.origin + paths.mail(projects.list(row.list).name, row.msgid),
    date: dateText(row.said),
  }
  return { [on]: embeddedMail(writing, on, about), comment }
}

/** What it said then; a check on a cover letter speaks of no single patch, and patchwork has no event for it. */
function checkPayload(
  writing: Writing,
  { data, at }: EventRow,
  row: ItemRow,
  rows: ReadonlyMap<string, ItemRow>,
): Event['payload'] | null {
  const patch = rows.get(`patch ${row.parent}`)
  if (!patch || !data) return null
  const check = {
    id: row.id,
    url: writing.api.url(`/patches/${patch.id}/checks/${row.id}/`),
    date: exactDateText(at),
    state: data.state,
    target_url: data.url ?? '',
    context: data.context,
  }
  return { patch: embeddedMail(writing, 'patch', patch), check }
}
