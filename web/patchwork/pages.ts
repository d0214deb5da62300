// Long lists in pages, as patchwork cuts them: `page` and `per_page` in the address, the neighbours in the field Link. Clients
// follow `next` until there is none; one of them (NIPA) reads only the first entry well, so `next` is the first.
import type { Context } from 'hono'
import { limits } from '../../base/limits.ts'
import { type Api, refuse } from './request.ts'

export interface Page {
  readonly number: number
  readonly size: number
  readonly offset: number
}

/** What of a list was found, and of how many. */
export interface Found<Row> {
  readonly rows: readonly Row[]
  readonly count: number
}

/** `size`: for a list whose pages nobody chooses. Null for a page that can't be. */
export function pageOf(c: Context, size?: number): Page | null {
  const asked = size ?? positive(c.req.query('per_page')) ?? limits.apiPageItems
  const per = Math.min(asked, limits.apiPageItemsMax)
  const given = c.req.query('page') ?? ''
  const number = given === '' ? 1 : positive(given)
  // An offset that PostgreSQL can count to.
  if (number === null || number * per > 1e15) return null
  return { number, size: per, offset: (number - 1) * per }
}

const positive = (text: string | undefined): number | null =>
  text !== undefined && /^0*[1-9]\d{0,14}$/.test(text) ? Number(text) : null

/** Answers one page of what `find` finds. */
export async function answerPaged<Row>(
  c: Context,
  api: Api,
  page: Page | null,
  find: (page: Page) => Promise<Found<Row>>,
  show: (rows: readonly Row[]) => unknown[] | Promise<unknown[]>,
): Promise<Response> {
  if (page === null) return refuse(c, 404, 'Invalid page.')
  const { rows, count } = await find(page)
  const last = Math.max(1, Math.ceil(count / page.size))
  if (page.number > last) return refuse(c, 404, 'Invalid page.')
  c.header('Link', linkField(c, api, page.number, last))
  return c.json(await show(rows))
}

function linkField(c: Context, { origin }: Api, number: number, last: number): string {
  const link = (to: number, rel: string) => `<${origin}${c.req.path}?${queryOf(c, to)}>; rel="${rel}"`
  return [
    ...(number < last ? [link(number + 1, 'next')] : []),
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    link(1, 'first'),
    link(last, 'last'),
  ].join(', ')
}

/** Sorted by name, in the spelling of Python's urlencode. */
function queryOf(c: Context, page: number): string {
  const given: Record<string, string[]> = { ...c.req.queries(), page: [String(page)] }
  return Object.keys(given)
    .sort()
    .flatMap(name => (given[name] ?? []).map(value => `${quoted(name)}=${quoted(value)}`))
    .join('&')
}

const quoted = (text: string) =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
