// The addresses of a list: its pages, its builds, and public-inbox's texts, feeds and mailboxes.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import type { PlaceOptions } from '../../tracker/build/place.ts'
import { allLists, paths } from '../paths.ts'
import { type Place, placeOf } from '../read/place.ts'
import { answerAbout, answerTakePart } from '../route/about.ts'
import { answerApplied } from '../route/applied.ts'
import { answerBlob } from '../route/blob.ts'
import { answerBugs } from '../route/bugs.ts'
import { answerBadge, answerBuilds } from '../route/builds.ts'
import { answerNewFeed, answerSearchFeed } from '../route/feed.ts'
import { answerManifest } from '../route/inbox.ts'
import { answerList, answerSearch } from '../route/list.ts'
import { answerAllMbox, answerResults } from '../route/mbox.ts'
import { answerPending } from '../route/pending.ts'
import { answerMilestone, answerMilestones, answerTriage } from '../route/planning.ts'
import { answerStatistics } from '../route/statistics.ts'
import { answerDescription, answerText } from '../route/text.ts'
import { answerPerson, answerWaits } from '../route/waits.ts'
import type { Lookup } from './lookup.ts'

interface ListPlaces {
  /** Where the world sees the pages, empty when nobody knows. */
  readonly url: string
  /** The data directory with the inboxes; null when there are none. */
  readonly data: string | null
  /** Where nights are published; null where nothing is built. */
  readonly place: PlaceOptions | null
}

/** To be added before the addresses of mails, which take any word. */
export function addList(at: Lookup, db: Kysely<Tables>, { url, data, place }: ListPlaces): void {
  addBuildsOfList(at, db, { url, place })
  addArchive(at, db, data)
  addPages(at, db)
}

function addBuildsOfList(
  { list }: Lookup,
  db: Kysely<Tables>,
  { url, place }: Omit<ListPlaces, 'data'>,
): void {
  list('/builds', (c, { name }) => c.redirect(paths.builds(name), 301))
  list('/builds/', (c, row) => answerBuilds(c, db, row, place))
  list('/pending.json', (c, row) => answerPending(c, db, row, url))
  list('/badge.svg', (c, row) => answerBadge(c, db, row))
}

function addArchive({ list, place, searched }: Lookup, db: Kysely<Tables>, data: string | null): void {
  place('/description', answerDescription)
  place('/manifest.js.gz', (c, { lists }) => answerManifest(c, lists, data))
  place('/_/text', (c, { name }) => c.redirect(paths.text(name, 'help'), 302))
  place('/_/text/:key{[\\w-]{1,40}}', (c, { name }) =>
    c.redirect(paths.text(name, c.req.param('key') ?? ''), 302),
  )
  place('/_/text/:key{[\\w-]{1,40}}/:form{(?:raw)?}', (c, at) => answerText(c, at))
  place('/:feed{new\\.atom|atom\\.xml}', (c, at) => answerNewFeed(c, db, at))
  place('/all.mbox.gz', (c, at) => answerAllMbox(c, db, at))
  place('/:mbox{[\\w-]+\\.mbox\\.gz}', c => c.body(null, 404))
  list('/:oid{[0-9a-f]{7,64}}/s', (c, { name }) =>
    c.redirect(paths.blob(name, c.req.param('oid') ?? ''), 301),
  )
  list('/:oid{[0-9a-f]{7,64}}/s/', (c, row) => answerBlob(c, db, row, data))
  list('/:oid{[0-9a-f]{7,64}}/s/:file{[\\w.+-]{1,100}}', (c, row) => answerBlob(c, db, row, data))
  searched('/', (c, at) => answerResults(c, db, at))
}

function addPages({ list, all }: Lookup, db: Kysely<Tables>): void {
  all('', c => c.redirect(paths.list(allLists), 301))
  all('/', (c, at) => answerAll(c, db, at))
  list('', (c, { name }) => c.redirect(paths.list(name), 301))
  list('/', (c, row) => (isFeedSearch(c) ? answerSearchFeed(c, db, placeOf(row)) : answerList(c, db, row)))
  list('/bugs', (c, { name }) => c.redirect(paths.bugs(name), 301))
  list('/bugs/', (c, row) => answerBugs(c, db, row))
  list('/applied', (c, { name }) => c.redirect(paths.applied(name), 301))
  list('/applied/', (c, row) => answerApplied(c, db, row))
  list('/statistics', (c, { name }) => c.redirect(paths.statistics(name), 301))
  list('/statistics/', (c, row) => answerStatistics(c, db, row))
  list('/take-part', (c, { name }) => c.redirect(paths.takePart(name), 301))
  list('/take-part/', (c, row) => answerTakePart(c, row))
  list('/about', (c, { name }) => c.redirect(paths.about(name), 301))
  list('/about/', (c, row) => answerAbout(c, db, row))
  list('/waits', (c, { name }) => c.redirect(paths.waits(name), 301))
  list('/waits/', (c, row) => answerWaits(c, db, row))
  list('/people/:address/', (c, row) => answerPerson(c, db, row))
  list('/milestones/', (c, row) => answerMilestones(c, db, row))
  list('/milestone/:name/', (c, row) => answerMilestone(c, db, row))
  list('/triage/', (c, row) => answerTriage(c, db, row))
}

/** What all lists have together is a search; the page of them is the first one. */
function answerAll(c: Context, db: Kysely<Tables>, at: Place): Promise<Response> | Response {
  const typed = c.req.query('q')
  if (typed === undefined) return c.redirect(paths.lists(), 302)
  return isFeedSearch(c) ? answerSearchFeed(c, db, at) : answerSearch(c, db, at, typed)
}

const isFeedSearch = (c: Context): boolean => c.req.query('x') === 'A' && c.req.query('q') !== undefined
