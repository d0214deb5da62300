// The route table: every address that answers, by area in `address/`. It is a contract: the archive's part is public-inbox's, so
// that b4, lei and years of links work.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../base/limits.ts'
import { keepRecent } from '../base/recent.ts'
import type { Tables } from '../sql/tables.ts'
import type { GrantOf } from '../tracker/build/grants.ts'
import type { OfferOf } from '../tracker/build/offers.ts'
import type { PlaceOptions } from '../tracker/build/place.ts'
import { addList } from './address/list.ts'
import { lookup } from './address/lookup.ts'
import { addMail } from './address/mail.ts'
import { addOldOfList, addOldOfMail } from './address/old.ts'
import { addApi, addPatchworkPages } from './address/patchwork.ts'
import { addServer } from './address/server.ts'
import { answerPage, safeHeaders } from './answer.ts'
import { makeGate } from './gate.ts'
import { countHeld } from './large.ts'
import { brokenPage, missingListPage } from './page/missing.ts'
import { paths } from './paths.ts'
import { runnerOfToken } from './read/runner-of-token.ts'
import { type GrantFor, gitRoutes, gitServer } from './route/git.ts'
import { addInboxes } from './route/inbox.ts'
import { type RunnerDoor, runnerRoutes } from './route/runner.ts'
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
  /** Where the inboxes of the lists are; without it none is served. */
  readonly data?: string | undefined
  /** What pages of builds ask git and the policy of; without it they say less. */
  readonly place?: PlaceOptions | undefined
  /** Takes patches by POST; the page at its address says how. */
  readonly submission?: Hono | undefined
}

/** Answers GET and HEAD, and a search by POST, but for runners; every answer carries `safeHeaders`. */
export function makeApp(options: AppOptions): Hono {
  const {
    db,
    onError = () => {},
    timing,
    url = null,
    builds,
    offers,
    grants,
    data = null,
    place = null,
    submission,
  } = options
  const app = new Hono()
  // Above all others: runners wait for half a minute, and write.
  if (builds) app.route('/-/runner', runnerRoutes({ db, onError, ...builds }))
  const git = gitServer()
  if (offers) app.route('/-/git', gitRoutes(git, offers, grantFor(db, grants)))
  if (data !== null) addInboxes(app, git, { db, data })
  if (submission) app.route(paths.submission(), submission)
  if (timing) app.use(measure(timing))
  app.use(shared(options))
  // Before what is only read: its clients write.
  addApi(app, { db, onError })
  app.use(readOnly)

  const at = lookup(app, db)
  addServer(app, db, { data: builds?.data ?? null, url, place }, data)
  addOldOfList(app)
  addPatchworkPages(app, db)
  addList(at, db, { url: url ?? '', data, place })
  addMail(at, db)
  addOldOfMail(app)

  app.notFound(c => answerPage(c, missingListPage(c.req.path.slice(1)), 404))
  app.onError((error, c) => {
    onError(error, c.req.path)
    return answerPage(c, brokenPage(), 500)
  })
  return app
}

/** What all answers share: the pages kept, the gates before the dear ones, and where redirects begin. */
function shared({ url, listening }: AppOptions): MiddlewareHandler {
  const pages = keepRecent<Buffer<ArrayBuffer>>(limits.pageBytesKeptMax)
  const costly = makeGate({ waitingMax: limits.costlyPagesWaitingMax })
  const searches = makeGate({
    atOnceMax: limits.searchesAtOnceMax,
    waitingMax: limits.searchesWaitingMax,
    perClientMax: limits.searchesPerClientMax,
    perNeighbourhoodMax: limits.searchesPerNeighbourhoodMax,
  })
  const held = countHeld()
  /** Never by the Host field, which anybody may choose. b4 takes the list's address from the answer to a HEAD, browsers ask with GET. */
  const startOf = (method: string) => url ?? (method === 'HEAD' ? listening?.() : undefined) ?? ''
  return async (c, next) => {
    c.set('pages', pages)
    c.set('costly', costly)
    c.set('searches', searches)
    c.set('held', held)
    c.set('base', startOf('HEAD'))
    await next()
    const to = c.res.headers.get('Location')
    if (!to?.startsWith('/')) return
    c.res.headers.set('Location', `${startOf(c.req.method)}${to}`)
    // Empty as it is: patchwork says so, too.
    if (c.res.status < 400) c.res.headers.set('Content-Type', 'text/html; charset=UTF-8')
  }
}

const readOnly: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(safeHeaders)) c.header(name, value)
  if (c.req.method === 'GET' || c.req.method === 'HEAD' || isMboxSearch(c)) return next()
  return c.text('Pages are only read, with GET or HEAD. A change is a mail to the list.\n', 405, {
    Allow: 'GET, HEAD',
  })
}

/** b4 and lei ask so, with an empty body or a form's. */
const isMboxSearch = (c: Context): boolean =>
  c.req.method === 'POST' && c.req.query('x') === 'm' && c.req.query('q') !== undefined

const grantFor =
  (db: Kysely<Tables>, grants: GrantOf | undefined): GrantFor =>
  async (authorization, name) => {
    const runner = grants === undefined ? null : await runnerOfToken(db, authorization)
    return runner === null ? null : (grants?.(runner.id, name) ?? null)
  }
