// What all answers have in common: the headers that keep a page harmless and fresh, and the 304 that saves making it.
import type { Context, MiddlewareHandler } from 'hono'
import { limits } from '../base/limits.ts'
import type { Recent } from '../base/recent.ts'
import { clientOf } from './client.ts'
import { entityTag, holdsTag } from './entity-tag.ts'
import type { Gate } from './gate.ts'
import { busyPage } from './page/missing.ts'
import type { Html } from './part/text.ts'

/** Nothing but our own stylesheet and forms: a tag that got through escaping could still load or run nothing. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

declare module 'hono' {
  interface ContextVariableMap {
    /** Pages as they were made, by tag and version of their list. */
    pages: Recent<Buffer<ArrayBuffer>>
    /** For pages that take long to make, of the whole server. */
    costly: Gate
    /** For what the database may take long to find, of the whole server. */
    searches: Gate
    listVersion: string
    /** Where the world sees the pages, without a slash at its end; empty where that is not known. */
    base: string
  }
}

/**
 * Answers 304 when the reader holds what these versions made, else makes it. A page is a pure function of its data
 * and of the program, so their versions are its tag, and no page is made only to be hashed. What was made is kept for
 * the next reader: many come when a link goes round. It also shows a little of other topics (the state of a bug that it
 * closes), so it is kept no longer than nothing on the list changes.
 */
export async function answerFresh(
  c: Context,
  versions: readonly string[],
  make: () => Promise<Response>,
): Promise<Response> {
  const tag = entityTag([c.get('base') ?? '', c.req.query('since') ?? '', ...versions])
  if (holdsTag(c.req.header('If-None-Match'), tag)) return c.body(null, 304, { ETag: tag })
  const pages = c.get('pages')
  const key = `${tag} ${c.get('listVersion') ?? ''}`
  const kept = pages.get(key)
  if (kept !== undefined) return c.body(kept, 200, { ...html, ETag: tag })
  const response = await make()
  if (response.status !== 200) return response
  response.headers.set('ETag', tag)
  const bytes = pageBytes.get(response)
  if (bytes !== undefined) pages.keep(key, bytes, bytes.length)
  return response
}

export const answerPage = async (
  c: Context,
  page: Html,
  status: 200 | 404 | 410 | 500 | 503 = 200,
): Promise<Response> => {
  // Once, or the socket does it for each reader: a page of 306 kB that was kept cost 5.9 ms as text, and costs 3.5.
  const bytes = Buffer.from(String(await page))
  const response = c.body(bytes, status, html)
  pageBytes.set(response, bytes)
  return response
}

const html = { 'Content-Type': 'text/html; charset=UTF-8' }

/** The same for a page that may take long to make: of those only some are made or wait, and who comes then is told to come again. */
export const answerCostly = (
  c: Context,
  versions: readonly string[],
  make: () => Promise<Response>,
): Promise<Response> =>
  answerFresh(c, versions, () => c.get('costly').pass(make, () => answerBusy(c), clientOf(c)))

/** What the database may take long to find: of that only some are looked for at once, and of one client few. */
export const answerSearched = (
  c: Context,
  make: () => Promise<Response>,
  busy: (c: Context) => Promise<Response> | Response = answerBusy,
): Promise<Response> => c.get('searches').pass(make, async () => comeAgain(await busy(c)), clientOf(c))

/** The API's lists and searches. */
export const throughSearches: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next()
  const answered = async () => {
    await next()
    return null
  }
  const detail = 'Too much is asked for now; come again in a moment.'
  const refused = await c
    .get('searches')
    .pass<Response | null>(answered, async () => comeAgain(c.json({ detail }, 503)), clientOf(c))
  return refused ?? undefined
}

function comeAgain(response: Response): Response {
  response.headers.set('Retry-After', String(limits.busyAgainSeconds))
  return response
}

async function answerBusy(c: Context): Promise<Response> {
  return comeAgain(await answerPage(c, busyPage(), 503))
}

/** A body that went into a response would be a stream when it comes out again. */
const pageBytes = new WeakMap<Response, Buffer<ArrayBuffer>>()
