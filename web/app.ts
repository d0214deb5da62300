// The route table: every address that answers. It is a contract: the archive's part is public-inbox's, so that b4,
// lei and years of links work.
import { type Context, Hono } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../base/limits.ts'
import { keepRecent } from '../base/recent.ts'
import type { Tables } from '../sql/tables.ts'
import type { GrantOf } from '../tracker/build/grants.ts'
import type { OfferOf } from '../tracker/build/offers.ts'
import { answerPage, safeHeaders } from './answer.ts'
import { makeGate } from './gate.ts'
import { addHealth } from './health.ts'
import { gonePage, goneText } from './page/gone.ts'
import { brokenPage, missingListPage, missingMailPage } from './page/missing.ts'
import { paths } from './paths.ts'
import {
  findListOfMail,
  findListRow,
  type Gone,
  type ListRow,
  type LocatedMail,
  locateMail,
} from './read/located-mail.ts'
import { allLists, findPlace, type Place } from './read/place.ts'
import { runnerOfToken } from './read/runner-of-token.ts'
import { readThreads } from './read/thread-mails.ts'
import { answerAmMbox } from './route/am-mbox.ts'
import { answerRaw } from './route/archive.ts'
import { answerAttachment } from './route/attachment.ts'
import { addBuilds, answerBadge, answerBuilds } from './route/builds.ts'
import { answerCompare } from './route/compare.ts'
import { answerNewFeed, answerSearchFeed, answerThreadFeed } from './route/feed.ts'
import { type GrantFor, gitRoutes } from './route/git.ts'
import { answerBugs, answerList } from './route/list.ts'
import { answerLists } from './route/lists.ts'
import { answerMail } from './route/mail.ts'
import { answerAllMbox, answerResults, answerThreadMbox } from './route/mbox.ts'
import { answerPending } from './route/pending.ts'
import { answerMilestone, answerMilestones, answerTriage } from './route/planning.ts'
import { type RunnerDoor, runnerRoutes } from './route/runner.ts'
import { answerDescription, answerManifest, answerRobots, answerText } from './route/text.ts'
import { answerThread } from './route/thread.ts'
import { stylesheet } from './stylesheet.ts'
import { measure, type Timing } from './timing.ts'

export interface AppOptions {
  readonly db: Kysely<Tables>
  /** Hears of a page that could not be made. */
  readonly onError?: (error: Error, path: string) => void
  readonly timing?: Timing
  /** Where the world sees the pages, without a slash at its end; redirects begin with it. */
  readonly url?: string | null
  /** What programs on this machine see, where that is not configured. */
  readonly listening?: () => string | undefined
  /** For runners; without it none is let in here. */
  readonly builds?: Pick<RunnerDoor, 'queue' | 'data'> | undefined
  /** What git may fetch from here; without it nothing. */
  readonly offers?: OfferOf | undefined
  /** And what a runner may besides. */
  readonly grants?: GrantOf | undefined
}

/** An answer for what the address leads to. */
type Answer<At> = (c: Context, at: At) => Promise<Response> | Response

/** Answers GET and HEAD, and a search by POST, but for runners; every answer carries `safeHeaders`. */
export function makeApp({
  db,
  onError = () => {},
  timing,
  url,
  listening,
  builds,
  offers,
  grants,
}: AppOptions): Hono {
  const app = new Hono()
  // Above all others: runners wait for half a minute, and write.
  if (builds) app.route('/-/runner', runnerRoutes({ db, onError, ...builds }))
  if (offers) app.route('/-/git', gitRoutes(offers, grantFor(db, grants)))
  if (timing) app.use(measure(timing))
  const pages = keepRecent<string>(limits.pageBytesKeptMax)
  const costly = makeGate(limits.costlyPagesWaitingMax)
  app.use(async (c, next) => {
    c.set('pages', pages)
    c.set('costly', costly)
    c.set('base', startOf('HEAD'))
    await next()
    const to = c.res.headers.get('Location')
    if (to?.startsWith('/')) c.res.headers.set('Location', `${startOf(c.req.method)}${to}`)
  })
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(safeHeaders)) c.header(name, value)
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || isMboxSearch(c)) return next()
    return c.text('Pages are only read, with GET or HEAD. A change is a mail to the list.\n', 405, {
      Allow: 'GET, HEAD',
    })
  })

  /** Never by the Host field, which anybody may choose. b4 takes the list's address from the answer to a HEAD, browsers ask with GET. */
  const startOf = (method: string) => url ?? (method === 'HEAD' ? listening?.() : undefined) ?? ''

  const list = (path: string, answer: Answer<ListRow>) =>
    app.get(`/:list${path}`, c => withList(c, db, answer))
  const place = (path: string, answer: Answer<Place>) =>
    app.get(`/:list${path}`, c => withPlace(c, db, answer))
  const mail = (path: string, answer: Answer<LocatedMail>) =>
    app.get(`/:list/:mail${path}`, c => withMail(c, db, answer))
  const moved = (path: string, to: (list: string, id: string) => string) =>
    app.get(`/:list${path}`, c => c.redirect(to(c.req.param('list') ?? '', c.req.param('mail') ?? ''), 301))

  app.get('/', c => answerLists(c, db))
  addHealth(app, db)
  app.get(stylesheet.path, c =>
    c.body(stylesheet.text, 200, {
      'Content-Type': 'text/css; charset=UTF-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
    }),
  )
  addBuilds(app, { db, data: builds?.data ?? null, url: url ?? null })
  list('/builds', (c, { name }) => c.redirect(paths.builds(name), 301))
  list('/builds/', (c, row) => answerBuilds(c, db, row))
  list('/pending.json', (c, row) => answerPending(c, db, row, url ?? ''))
  list('/badge.svg', (c, row) => answerBadge(c, db, row))
  app.get('/robots.txt', answerRobots)
  app.get('/manifest.js.gz', answerManifest)
  place('/description', answerDescription)
  place('/manifest.js.gz', answerManifest)
  place('/_/text', (c, { name }) => c.redirect(paths.text(name, 'help'), 302))
  place('/_/text/:key{[\\w-]{1,40}}', (c, { name }) =>
    c.redirect(paths.text(name, c.req.param('key') ?? ''), 302),
  )
  place('/_/text/:key{[\\w-]{1,40}}/:form{(?:raw)?}', (c, at) => answerText(c, at))
  place('/:feed{new\\.atom|atom\\.xml}', (c, at) => answerNewFeed(c, db, at))
  place('/all.mbox.gz', (c, at) => answerAllMbox(c, db, at))
  place('/:mbox{[\\w-]+\\.mbox\\.gz}', c => c.body(null, 404))
  moved('/:page{(?:new|index|topics_new|topics_active)\\.html}', name => paths.topics(name, 'all'))
  moved('/:page{topics_(?:new|active)\\.atom}', name => `${paths.list(name)}new.atom`)
  app.post('/:list/', c => withPlace(c, db, (_, at) => answerResults(c, db, at)))
  app.post('/:list/:mail/', c => withMail(c, db, (_, at) => answerThreadResults(c, db, at)))
  list('', (c, { name }) => c.redirect(paths.list(name), 301))
  list('/', (c, row) => (isFeedSearch(c) ? answerSearchFeed(c, db, placeOf(row)) : answerList(c, db, row)))
  list('/bugs', (c, { name }) => c.redirect(paths.bugs(name), 301))
  list('/bugs/', (c, row) => answerBugs(c, db, row))
  list('/milestones/', (c, row) => answerMilestones(c, db, row))
  list('/milestone/:name/', (c, row) => answerMilestone(c, db, row))
  list('/triage/', (c, row) => answerTriage(c, db, row))
  // b4 asks with HEAD whether a list has a mail: a redirect is yes.
  mail('', (c, at) => c.redirect(paths.mail(at.list.name, at.id), 301))
  mail('/', (c, at) => answerMail(c, db, at))
  mail('/raw', (c, at) => answerRaw(c, db, at))
  mail('/:nested{[Tt]}', (c, at) => c.redirect(`${paths.thread(at.list.name, at.id)}#u`, 301))
  mail('/:nested{[Tt]}/', (c, at) => answerThread(c, db, at))
  mail('/:am{am\\.mbox}', (c, at) => answerAmMbox(c, db, at))
  mail('/t.atom', (c, at) => answerThreadFeed(c, db, at))
  // As public-inbox leads them: what it once called a full message, and where its page speaks of answers.
  for (const end of ['', '/']) {
    moved(`/:mail/f${end}`, paths.mail)
    moved(`/:mail/R${end}`, (name, id) => `${paths.mail(name, id)}#R`)
  }
  mail('/:range{v\\d+(?:\\.\\d+)?\\.\\.v\\d+(?:\\.\\d+)?}', (c, at) => answerCompare(c, db, at))
  mail('/:part{\\d{1,4}(?:\\.\\d{1,4}){0,20}-[\\w.-]{1,200}}', (c, at) => answerAttachment(c, db, at))
  mail('/:mbox{t\\.mbox(?:\\.gz)?}', (c, at) => answerThreadMbox(c, db, at))
  app.get('/:list/:old{[mtf]}/:rest{.+}', c => c.redirect(modernAddress(c), 301))
  // A Message-ID with a bare slash, as people paste it.
  app.get('/:list/:rest{.+}', c => c.redirect(withSlashEncoded(c), 301))

  app.notFound(c => answerPage(c, missingListPage(c.req.path.slice(1)), 404))
  app.onError((error, c) => {
    onError(error, c.req.path)
    return answerPage(c, brokenPage(), 500)
  })
  return app
}

const grantFor =
  (db: Kysely<Tables>, grants: GrantOf | undefined): GrantFor =>
  async (authorization, name) => {
    const runner = grants === undefined ? null : await runnerOfToken(db, authorization)
    return runner === null ? null : (grants?.(runner.id, name) ?? null)
  }

/** A first segment that is no list may be a Message-ID: `/MESSAGE-ID/` leads to the list that has it. */
async function withList(c: Context, db: Kysely<Tables>, answer: Answer<ListRow>): Promise<Response> {
  const name = c.req.param('list') ?? ''
  const list = await findListRow(db, name)
  if (list) {
    c.set('listVersion', list.version)
    return answer(c, list)
  }
  const holder = await findListOfMail(db, name)
  return holder === undefined
    ? answerPage(c, missingListPage(name), 404)
    : c.redirect(paths.mail(holder, name), 302)
}

const placeOf = (list: ListRow): Place => ({ name: list.name, lists: [list], description: list.description })

async function withPlace(c: Context, db: Kysely<Tables>, answer: Answer<Place>): Promise<Response> {
  const name = c.req.param('list') ?? ''
  const place = await findPlace(db, name)
  return place ? answer(c, place) : answerPage(c, missingListPage(name), 404)
}

/** b4 and lei ask so, with an empty body or a form's. */
const isMboxSearch = (c: Context): boolean =>
  c.req.method === 'POST' && c.req.query('x') === 'm' && c.req.query('q') !== undefined

const isFeedSearch = (c: Context): boolean => c.req.query('x') === 'A' && c.req.query('q') !== undefined

/** What a thread holds that answers a query. */
async function answerThreadResults(c: Context, db: Kysely<Tables>, { list, key }: LocatedMail) {
  const thread = await readThreads(db, list.id, [key])
  return answerResults(
    c,
    db,
    placeOf(list),
    thread.map(mail => mail.key),
  )
}

async function withMail(c: Context, db: Kysely<Tables>, answer: Answer<LocatedMail>): Promise<Response> {
  const name = c.req.param('list') ?? ''
  const id = c.req.param('mail') ?? ''
  const located = await locateMail(db, name, id)
  if (located === undefined && name === allLists) return withMailOfAll(c, db, id, answer)
  if (located === undefined) return answerPage(c, missingListPage(name), 404)
  c.set('listVersion', located.list.version)
  if (!('unknown' in located)) return answer(c, located)
  if (located.gone) return answerGone(c, located.list, id, located.gone)
  // b4 tells an empty 404 from an mbox by its status alone; a page inside would only be saved as one.
  return c.req.param('mbox') ? c.body(null, 404) : answerPage(c, missingMailPage(located.list, id), 404)
}

/** Programs get the mail's own list under this name; a page stands at one address. */
async function withMailOfAll(
  c: Context,
  db: Kysely<Tables>,
  id: string,
  answer: Answer<LocatedMail>,
): Promise<Response> {
  const holder = await findListOfMail(db, id)
  const located = holder === undefined ? undefined : await locateMail(db, holder, id)
  if (holder === undefined || located === undefined || 'unknown' in located)
    return c.req.param('mbox') ? c.body(null, 404) : answerPage(c, missingListPage(id), 404)
  if (isForProgram(c)) return answer(c, located)
  const rest = c.req.path.slice(c.req.path.indexOf('/', `/${allLists}/`.length) + 1)
  const page = c.req.path.indexOf('/', `/${allLists}/`.length) < 0 ? '' : rest
  return c.redirect(paths.mail(holder, id) + page, 302)
}

const isForProgram = (c: Context): boolean =>
  c.req.method === 'POST' ||
  c.req.param('mbox') !== undefined ||
  /\/(?:raw|t\.atom|am\.mbox)$/.test(c.req.path)

/** For programs a sentence: a page would only be saved as a mail. */
function answerGone(c: Context, list: ListRow, id: string, gone: Gone): Promise<Response> | Response {
  return isForProgram(c) || c.req.param('part') !== undefined
    ? c.text(`${goneText(gone)}\n`, 410)
    : answerPage(c, gonePage(list, id, gone), 410)
}

/** public-inbox's addresses of before 2016. */
function modernAddress(c: Context): string {
  const { list = '', old = '', rest = '' } = c.req.param() as Record<string, string>
  const [, id = '', ending = ''] =
    /^(.+?)(\/raw|\/mbox(?:\.gz)?|\.mbox(?:\.gz)?|\.html|\.txt|\/)?$/.exec(rest) ?? []
  const base = paths.mail(list, id)
  if (old !== 't') return ending === '/raw' || ending === '.txt' ? `${base}raw` : base
  return /mbox/.test(ending) ? `${base}t.mbox.gz` : `${base}t/#u`
}

const mailEnding = /(?:\/|\/raw|\/[Tt]\/?|\/t\.mbox(?:\.gz)?|\/t\.atom|\/am\.mbox)$/

function withSlashEncoded(c: Context): string {
  const rest = c.req.param('rest') ?? ''
  const ending = mailEnding.exec(rest)?.[0] ?? '/'
  const id = rest.endsWith(ending) ? rest.slice(0, -ending.length) : rest
  return paths.mail(c.req.param('list') ?? '', id).slice(0, -1) + ending
}
