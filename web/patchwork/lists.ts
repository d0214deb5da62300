// Patchwork's lists: /patches/, /covers/, /series/, /projects/, /bundles/, and one of each by number.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { answerLarge } from '../large.ts'
import { coverDetail, patchDetail, seriesDetail } from './details.ts'
import { conditionsOf, given, ordersOf } from './filters.ts'
import { contentBytes } from './mail-content.ts'
import { coverObject, patchObject, seriesObject, type Writing } from './objects.ts'
import { answerPaged, pageOf } from './pages.ts'
import { readPeopleIds } from './people.ts'
import { maintainersOf, readProjects, wholeProject } from './projects.ts'
import { apiOf, notFound } from './request.ts'
import { findItem, findItems, type ItemRow } from './rows.ts'
import { readSeriesParts } from './series-parts.ts'

export async function answerPatches(c: Context, db: Kysely<Tables>): Promise<Response> {
  return answerItems(c, db, 'patch', (writing, rows) => rows.map(row => patchObject(writing, row)))
}

export async function answerCovers(c: Context, db: Kysely<Tables>): Promise<Response> {
  return answerItems(c, db, 'cover', (writing, rows) => rows.map(row => coverObject(writing, row)))
}

export async function answerSeriesList(c: Context, db: Kysely<Tables>): Promise<Response> {
  return answerItems(c, db, 'series', async (writing, rows) => {
    const parts = await readSeriesParts(db, rows)
    return rows.flatMap(row => {
      const own = parts.get(row.id)
      return own ? [seriesObject(writing, row, own)] : []
    })
  })
}

async function answerItems(
  c: Context,
  db: Kysely<Tables>,
  kind: 'patch' | 'cover' | 'series',
  show: (writing: Writing, rows: readonly ItemRow[]) => unknown[] | Promise<unknown[]>,
): Promise<Response> {
  const writing = { api: apiOf(c), projects: await readProjects(db) }
  const conditions = conditionsOf(c, kind, writing.projects)
  const find = findItems.bind(null, db, conditions, ordersOf(c, kind))
  return answerPaged(c, writing.api, pageOf(c), find, rows => show(writing, rows))
}

const details = { patch: patchDetail, cover: coverDetail, series: seriesDetail } as const

/** One of them, whole. */
export async function answerItem(
  c: Context,
  db: Kysely<Tables>,
  kind: keyof typeof details,
): Promise<Response> {
  const row = await findItem(db, kind, c.req.param('id'))
  if (!row) return notFound(c)
  const writing = { api: apiOf(c), projects: await readProjects(db) }
  const bytes = kind === 'series' ? 0 : await contentBytes(db, row.list, [row.msgid])
  return answerLarge(c, bytes, async () => {
    const detail = await details[kind](db, writing, row)
    return detail === null ? notFound(c) : c.json(detail)
  })
}

export async function answerProjects(c: Context, db: Kysely<Tables>): Promise<Response> {
  const api = apiOf(c)
  const { all } = await readProjects(db)
  const asked = given(c, 'q').flatMap(text => text.toLowerCase().split(/[\s,]+/))
  const found = all.filter(({ name, lists }) =>
    asked.every(word =>
      [name, ...lists.map(one => one.description)].some(text => text.toLowerCase().includes(word)),
    ),
  )
  const find = async ({ offset, size }: { offset: number; size: number }) => ({
    rows: found.slice(offset, offset + size),
    count: found.length,
  })
  return answerPaged(c, api, pageOf(c), find, async rows => {
    const people = await readPeopleIds(db, rows.flatMap(maintainersOf))
    return rows.map(project => wholeProject(api, project, people))
  })
}

export async function answerProject(c: Context, db: Kysely<Tables>): Promise<Response> {
  const project = (await readProjects(db)).find(c.req.param('id') ?? '')
  if (!project) return notFound(c)
  return c.json(wholeProject(apiOf(c), project, await readPeopleIds(db, maintainersOf(project))))
}

/** Nobody keeps bundles here: a search does what they are for. */
export const answerBundles = (c: Context): Promise<Response> =>
  answerPaged(
    c,
    apiOf(c),
    pageOf(c),
    async () => ({ rows: [], count: 0 }),
    () => [],
  )
