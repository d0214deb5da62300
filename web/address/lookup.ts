// What an address leads to: a list by its name, `all` of them, or a mail by its Message-ID on one; or the page that says that there
// is none, where it went, or on which list it is.
import type { Context, Hono, Next } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { answerPage } from '../answer.ts'
import { maskAddresses } from '../mask.ts'
import { gonePage, goneText } from '../page/gone.ts'
import { missingListPage, missingMailPage } from '../page/missing.ts'
import { allLists, paths } from '../paths.ts'
import {
  findListOfMail,
  findListRow,
  type Gone,
  type ListRow,
  type LocatedMail,
  locateMail,
} from '../read/located-mail.ts'
import { readNearIds } from '../read/near-ids.ts'
import { findPlace, type Place } from '../read/place.ts'

/** An answer for what the address leads to. */
type Answer<At> = (c: Context, at: At) => Promise<Response> | Response

type EarlyAnswer = (c: Context, list: string, id: string) => Promise<Response | undefined>

/** Each adds an address: `/LIST` and on of a list, the same also of all lists, and `/LIST/MESSAGE-ID` and on of a mail. */
export interface Lookup {
  list(path: string, answer: Answer<ListRow>): void
  place(path: string, answer: Answer<Place>): void
  /** Of all lists together, where none is called so. */
  all(path: string, answer: Answer<Place>): void
  /** `early` asks for its answer alone, and all else is asked where it has none. */
  mail(path: string, answer: Answer<LocatedMail>, early?: EarlyAnswer): void
  /** A search that is asked for by POST. */
  searched(path: '/', answer: Answer<Place>): void
  searchedThread(path: '/', answer: Answer<LocatedMail>): void
}

export const lookup = (app: Hono, db: Kysely<Tables>): Lookup => ({
  list: (path, answer) => void app.get(`/:list${path}`, c => withList(c, db, answer)),
  place: (path, answer) => void app.get(`/:list${path}`, c => withPlace(c, db, answer)),
  all: (path, answer) => void app.get(`/${allLists}${path}`, (c, next) => withAll(c, db, answer, next)),
  mail: (path, answer, early) =>
    void app.get(`/:list/:mail${path}`, async c => (await earlyOf(c, early)) ?? withMail(c, db, answer)),
  searched: (path, answer) => void app.post(`/:list${path}`, c => withPlace(c, db, answer)),
  searchedThread: (path, answer) => void app.post(`/:list/:mail${path}`, c => withMail(c, db, answer)),
})

/** What a reader sees, where one of the lists wants it so. What programs take is as it came. */
async function masked(response: Response, lists: readonly ListRow[]): Promise<Response> {
  const type = response.headers.get('Content-Type') ?? ''
  if (!lists.some(list => list.addresses === 'masked') || !/^(?:text\/html|application\/atom)/.test(type))
    return response
  const own = lists.flatMap(list => [list.address, list.subscribed ?? []].flat())
  return new Response(maskAddresses(await response.text(), own), response)
}

/** A first segment that is no list may be a Message-ID: `/MESSAGE-ID/` leads to the list that has it. */
async function withList(c: Context, db: Kysely<Tables>, answer: Answer<ListRow>): Promise<Response> {
  const name = c.req.param('list') ?? ''
  const list = await findListRow(db, name)
  if (list) {
    c.set('listVersion', list.version)
    return masked(await answer(c, list), [list])
  }
  const holder = await findListOfMail(db, name)
  return holder === undefined
    ? answerPage(c, missingListPage(name), 404)
    : c.redirect(paths.mail(holder, name), 302)
}

async function withPlace(c: Context, db: Kysely<Tables>, answer: Answer<Place>): Promise<Response> {
  const name = c.req.param('list') ?? ''
  const place = await findPlace(db, name)
  return place ? masked(await answer(c, place), place.lists) : answerPage(c, missingListPage(name), 404)
}

async function withAll(
  c: Context,
  db: Kysely<Tables>,
  answer: Answer<Place>,
  next: Next,
): Promise<Response | undefined> {
  const place = await findPlace(db, allLists)
  if (place === undefined || place.lists.some(list => list.name === allLists)) return void (await next())
  c.set('listVersion', place.lists.map(list => list.version).join(' '))
  return masked(await answer(c, place), place.lists)
}

const earlyOf = (c: Context, early: EarlyAnswer | undefined) =>
  early?.(c, c.req.param('list') ?? '', c.req.param('mail') ?? '')

async function withMail(c: Context, db: Kysely<Tables>, answer: Answer<LocatedMail>): Promise<Response> {
  const name = c.req.param('list') ?? ''
  const id = c.req.param('mail') ?? ''
  const located = await locateMail(db, name, id)
  if (located === undefined && name === allLists) return withMailOfAll(c, db, id, answer)
  if (located === undefined) return answerPage(c, missingListPage(name), 404)
  c.set('listVersion', located.list.version)
  if (!('unknown' in located)) return masked(await answer(c, located), [located.list])
  if (located.gone) return answerGone(c, located.list, id, located.gone)
  // b4 tells an empty 404 from an mbox by its status alone; a page inside would only be saved as one.
  return c.req.param('mbox') ? c.body(null, 404) : answerMissing(c, db, located.list, id)
}

/** `<a@example.org>,` is a@example.org. */
function withoutSigns(id: string): string {
  let end = id.length
  while (end > 0 && /[\s>"'),.:;]/.test(id.charAt(end - 1))) end--
  return id.slice(0, end).replace(/^[\s<"'(]+/, '')
}

/** Another list may have it, or this one an id without the signs that a paste brings along. */
async function answerMissing(c: Context, db: Kysely<Tables>, list: ListRow, id: string): Promise<Response> {
  const near = withoutSigns(id)
  const [holder, similar, here] = await Promise.all([
    findListOfMail(db, near),
    readNearIds(db, list.id, near),
    near === id || near === '' ? undefined : locateMail(db, list.name, near),
  ])
  const found = here && !('unknown' in here) ? list.name : holder
  const at = found === undefined ? null : { list: found, id: near }
  return answerPage(c, missingMailPage(list, id, at, at === null ? similar : []), 404)
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
  if (isForProgram(c)) return masked(await answer(c, located), [located.list])
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
