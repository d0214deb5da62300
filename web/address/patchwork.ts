// The addresses of patchwork: its REST API in all its versions, and what its clients download. A contract: git-pw, b4, pwclient and
// the robots of many lists ask for exactly these.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { safeHeaders, throughSearches } from '../answer.ts'
import { ownApi } from '../api/routes.ts'
import { unlessUnchanged } from '../api/unchanged.ts'
import { answerCheck, answerChecks, answerComment, answerComments } from '../patchwork/comments.ts'
import {
  answerByNumber,
  answerCommentPage,
  answerCoverMbox,
  answerPage,
  answerPatchMbox,
  answerProjectPage,
  answerRawDiff,
  answerSeriesMbox,
} from '../patchwork/downloads.ts'
import { answerEvents } from '../patchwork/events.ts'
import {
  answerBundles,
  answerCovers,
  answerItem,
  answerPatches,
  answerProject,
  answerProjects,
  answerSeriesList,
} from '../patchwork/lists.ts'
import { answerPeople, answerPerson, answerUser, answerUsers } from '../patchwork/people.ts'
import { apiOf, notFound, refuse, withCaller } from '../patchwork/request.ts'
import { answerNewCheck } from '../patchwork/write-check.ts'
import { answerNewNote } from '../patchwork/write-note.ts'
import { answerChange } from '../patchwork/write-patch.ts'

export interface PatchworkOptions {
  readonly db: Kysely<Tables>
  /** Hears of an answer that could not be made. */
  readonly onError: (error: Error, path: string) => void
}

/** Everything below `/api`. */
export function addApi(app: Hono, options: PatchworkOptions): void {
  app.route('/', ownApi(options))
  app.route('/api', patchworkApi(options))
}

function patchworkApi({ db, onError }: PatchworkOptions): Hono {
  const api = new Hono()
  api.use(harmless, withSlash, withCaller(db), unlessUnchanged(db), throughSearches)
  for (const start of ['', '/:version{1\\.[0-4]}']) addVersion(api, db, start)
  // Hono knows the start of a part with no slash at its end.
  api.all('*', c => (c.req.path === '/api/' ? answerIndex(c) : notFound(c)))
  api.onError((error, c) => {
    onError(error, c.req.path)
    return refuse(c, 500, 'A server error occurred.')
  })
  return api
}

function addVersion(api: Hono, db: Kysely<Tables>, start: string): void {
  api.post(`${start}/patches/:id/checks/`, c => answerNewCheck(c, db))
  api.post(`${start}/patches/:id/notes/`, c => answerNewNote(c, db))
  for (const [noun, kind] of [['patches', 'patch'] as const, ['series', 'series'] as const])
    api.on(['PATCH', 'PUT'], `${start}/${noun}/:id/`, c => answerChange(c, db, kind))
  const read = (path: string, answer: (c: Context) => Promise<Response> | Response) =>
    api.get(`${start}${path}`, answer)
  read('/', answerIndex)
  read('/projects/', c => answerProjects(c, db))
  read('/projects/:id/', c => answerProject(c, db))
  read('/patches/', c => answerPatches(c, db))
  read('/patches/:id/', c => answerItem(c, db, 'patch'))
  read('/patches/:id/comments/', c => answerComments(c, db, 'patch'))
  read('/patches/:id/comments/:comment/', c => answerComment(c, db, 'patch'))
  read('/patches/:id/checks/', c => answerChecks(c, db))
  read('/patches/:id/checks/:check/', c => answerCheck(c, db))
  read('/series/', c => answerSeriesList(c, db))
  read('/series/:id/', c => answerItem(c, db, 'series'))
  read('/covers/', c => answerCovers(c, db))
  read('/covers/:id/', c => answerItem(c, db, 'cover'))
  read('/covers/:id/comments/', c => answerComments(c, db, 'cover'))
  read('/covers/:id/comments/:comment/', c => answerComment(c, db, 'cover'))
  read('/events/', c => answerEvents(c, db))
  read('/people/', c => answerPeople(c, db))
  read('/people/:id/', c => answerPerson(c, db))
  read('/users/', c => answerUsers(c, db))
  read('/users/:id/', c => answerUser(c, db))
  read('/bundles/', answerBundles)
  for (const noun of nouns)
    for (const path of [`/${noun}/`, `/${noun}/:id/`, `/${noun}/:id/:part/`, `/${noun}/:id/:part/:one/`])
      api.all(`${start}${path}`, unlessRead)
}

const nouns = ['projects', 'patches', 'covers', 'series', 'events', 'people', 'users', 'bundles'] as const

/** What was asked with GET and got here is not there; with another method it is only read. */
function unlessRead(c: Context): Response {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return notFound(c)
  c.header('Allow', 'GET, HEAD, OPTIONS')
  return refuse(c, 405, `Method "${c.req.method}" not allowed.`)
}

function answerIndex(c: Context): Response {
  const { url } = apiOf(c)
  const order = ['projects', 'users', 'people', 'patches', 'covers', 'series', 'events', 'bundles']
  return c.json(Object.fromEntries(order.map(noun => [noun, url(`/${noun}/`)])))
}

const harmless: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(safeHeaders)) c.header(name, value)
  return next()
}

/** b4 leaves the slash at the end out. */
const withSlash: MiddlewareHandler = async (c, next) => {
  const { path, method } = c.req
  if (path.endsWith('/') || (method !== 'GET' && method !== 'HEAD')) return next()
  const { pathname, search } = new URL(c.req.url)
  return c.redirect(`${pathname}/${search}`, 301)
}

/** What clients download, and short addresses; each is longer than any of a list, or holds a number where those have a Message-ID. */
export function addPatchworkPages(app: Hono, db: Kysely<Tables>): void {
  const ways = (path: string, answer: (c: Context) => Promise<Response>) => {
    app.get(`${path}/`, answer)
    app.get(path, c => c.redirect(`${c.req.path}/${new URL(c.req.url).search}`, 301))
  }
  const number = ':id{\\d{1,15}}'
  ways(`/patch/${number}`, c => answerByNumber(c, db, 'patch', ''))
  ways(`/patch/${number}/:form{mbox|raw}`, c => answerByNumber(c, db, 'patch', `${c.req.param('form')}/`))
  ways(`/cover/${number}`, c => answerByNumber(c, db, 'cover', ''))
  ways(`/cover/${number}/mbox`, c => answerByNumber(c, db, 'cover', 'mbox/'))
  ways(`/comment/${number}`, c => answerCommentPage(c, db))
  ways(`/series/${number}/mbox`, c => answerSeriesMbox(c, db))
  ways('/project/:project/list', c => answerProjectPage(c, db))
  ways('/project/:project/patch/:msgid', c => answerPage(c, db, 'patch'))
  ways('/project/:project/patch/:msgid/mbox', c => answerPatchMbox(c, db))
  ways('/project/:project/patch/:msgid/raw', c => answerRawDiff(c, db))
  ways('/project/:project/cover/:msgid', c => answerPage(c, db, 'cover'))
  ways('/project/:project/cover/:msgid/mbox', c => answerCoverMbox(c, db))
}
