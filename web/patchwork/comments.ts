// The comments on a patch or a cover letter, and the checks of a patch: what was mailed below them.
import type { Context } from 'hono'
import { type Kysely, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerLarge } from '../large.ts'
import { paths } from '../paths.ts'
import { given, momentOf, words } from './filters.ts'
import { contentBytes, readContents } from './mail-content.ts'
import { checkObject, dateText, msgidText, personObject, type Writing } from './objects.ts'
import { answerPaged, pageOf } from './pages.ts'
import { readProjects } from './projects.ts'
import { apiOf, notFound } from './request.ts'
import { findItem, findItems, type ItemRow, itemNumber, readItems } from './rows.ts'
import type { Comment } from './schema.ts'

type Database = Kysely<Tables>
type On = 'patch' | 'cover'

/** The comments are there since 1.1. */
export async function answerComments(c: Context, db: Database, on: On): Promise<Response> {
  const api = apiOf(c)
  const about = api.minor >= 1 ? await findItem(db, on, c.req.param('id')) : undefined
  if (!about) return notFound(c)
  const writing = { api, projects: await readProjects(db) }
  const asked = given(c, 'q')
  const conditions = [
    sql`i.parent = ${about.id}`,
    sql`i.kind = ${`${on}-comment`}`,
    ...(asked.length === 0 ? [] : [words(asked, sql`i.name`)]),
  ]
  return answerPaged(
    c,
    api,
    pageOf(c),
    page => findItems(db, conditions, [], page),
    rows => commentObjects(db, writing, on, rows, limits.listedCommentBytesMax),
  )
}

/** One of them, since 1.3. */
export async function answerComment(c: Context, db: Database, on: On): Promise<Response> {
  const api = apiOf(c)
  const row = api.minor >= 3 ? await findItem(db, `${on}-comment`, c.req.param('comment')) : undefined
  if (!row || row.parent !== itemNumber(c.req.param('id'))) return notFound(c)
  const writing = { api, projects: await readProjects(db) }
  return answerLarge(c, await contentBytes(db, row.list, [row.msgid]), async () => {
    const [comment] = await commentObjects(db, writing, on, [row])
    return comment ? c.json(comment) : notFound(c)
  })
}

async function commentObjects(
  db: Database,
  { api, projects }: Writing,
  on: On,
  rows: readonly ItemRow[],
  bytesMax?: number,
): Promise<Comment[]> {
  const [first] = rows
  if (!first) return []
  const contents = await readContents(
    db,
    first.list,
    rows.map(({ msgid }) => msgid),
    bytesMax,
  )
  const list = projects.list(first.list).name
  return rows.flatMap((row): Comment[] => {
    const place = `/${on === 'patch' ? 'patches' : 'covers'}/${row.parent}/comments/${row.id}/`
    const url = api.url(place)
    const said = contents.get(row.msgid)
    if (!said) return []
    return [
      {
        id: row.id,
        ...(api.minor >= 3 ? { url } : {}),
        web_url: `${api.origin}/comment/${row.id}/`,
        msgid: msgidText(row.msgid),
        ...(api.minor >= 2 ? { list_archive_url: api.origin + paths.mail(list, row.msgid) } : {}),
        date: dateText(row.said),
        subject: row.name,
        submitter: personObject(api, row),
        content: said.unread ? `This mail is too long for a list; it is at ${url}` : said.content,
        headers: said.headers,
        ...(api.minor >= 3 ? { addressed: null } : {}),
      },
    ]
  })
}

/** Those of the patch and of its cover letter, which speak of all patches. */
async function checksOf(db: Database, patch: ItemRow) {
  const covers =
    patch.parent === null ? [] : await readItems(db, [sql`i.parent = ${patch.parent}`, sql`i.kind = 'cover'`])
  const on = [patch.id, ...covers.map(({ id }) => id)]
  return [sql`i.kind = 'check'`, sql`i.list_id = ${patch.list}`, sql`i.parent = any(${on}::bigint[])`]
}

export async function answerChecks(c: Context, db: Database): Promise<Response> {
  const patch = await findItem(db, 'patch', c.req.param('id'))
  if (!patch) return notFound(c)
  const writing = { api: apiOf(c), projects: await readProjects(db) }
  const conditions = [...(await checksOf(db, patch)), ...checkFilters(c)]
  return answerPaged(
    c,
    writing.api,
    pageOf(c),
    page => findItems(db, conditions, [], page),
    rows => rows.map(row => checkObject(writing, patch.id, row)),
  )
}

export async function answerCheck(c: Context, db: Database): Promise<Response> {
  const patch = await findItem(db, 'patch', c.req.param('id'))
  const id = itemNumber(c.req.param('check'))
  if (!patch || id === null) return notFound(c)
  const [row] = await readItems(db, [...(await checksOf(db, patch)), sql`i.id = ${id}`])
  return row
    ? c.json(checkObject({ api: apiOf(c), projects: await readProjects(db) }, patch.id, row))
    : notFound(c)
}

/** Patchwork's numbers of the states of a check; by name it finds none, which helps nobody: both are taken here. */
const checkStates = ['pending', 'success', 'warning', 'fail']

function checkFilters(c: Context) {
  const states = given(c, 'state').map(word => (/^\d$/.test(word) ? checkStates[Number(word)] : word))
  const contexts = given(c, 'context')
  const users = given(c, 'user')
  const [before, since] = ['before', 'since'].map(name => given(c, name).at(-1))
  return [
    ...(states.length > 0 ? [sql`i.state = any(${states}::text[])`] : []),
    ...(contexts.length > 0 ? [sql`i.name = any(${contexts}::text[])`] : []),
    ...(users.length > 0
      ? [
          sql`i.person in (select id from api_person where person = any(${users}::text[]) or id::text = any(${users}::text[]))`,
        ]
      : []),
    ...(before === undefined ? [] : [sql`i.known_at < ${momentOf(before)}`]),
    ...(since === undefined ? [] : [sql`i.known_at >= ${momentOf(since)}`]),
  ]
}
