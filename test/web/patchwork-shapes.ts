// What a real patchwork (3.2, API 1.3) answered: the keys of its objects in their order, and of what type each value was. `null` stands
// for what was null there and may be more. Of the values nothing is here.

type Shape = string | readonly Shape[] | { readonly [key: string]: Shape }

const text = 'string'
const number = 'number'
const truth = 'boolean'

const user = { id: number, url: text, username: text, first_name: text, last_name: text, email: text }
const person = { id: number, url: text, name: text, email: text }
const oldProject = {
  ...{ id: number, url: text, name: text, link_name: text, list_id: text, list_email: text },
  ...{ web_url: text, scm_url: text, webscm_url: text },
}
const addresses = { list_archive_url: text, list_archive_url_format: text, commit_url_format: text }
const project = { ...oldProject, ...addresses }
const wholeProject = { ...oldProject, maintainers: [user], subject_match: text, ...addresses }
const oldSeriesIn = { id: number, url: text, date: text, name: text, version: number, mbox: text }
const seriesIn = { id: number, url: text, web_url: text, date: text, name: text, version: number, mbox: text }
const commentIn = { id: number, url: text, web_url: text, msgid: text, list_archive_url: 'null', date: text }
const mailIn = { ...commentIn, name: text, mbox: text }
const found = {
  ...{ commit_ref: 'null', pull_url: 'null', state: text, archived: truth, hash: text, submitter: person },
  ...{ delegate: 'null', mbox: text },
}
const oldPatch = {
  ...{ id: number, url: text, project: oldProject, msgid: text, date: text, name: text, ...found },
  ...{ series: [oldSeriesIn], check: text, checks: text, tags: {} },
}
const patch = {
  ...{ id: number, url: text, web_url: text, project, msgid: text, list_archive_url: 'null', date: text },
  ...{ name: text, ...found, series: [seriesIn], comments: text, check: text, checks: text, tags: {} },
  related: [],
}
const series = {
  ...{ id: number, url: text, web_url: text, project, name: text, date: text, submitter: person },
  ...{ version: number, total: number, received_total: number, received_all: truth, mbox: text },
  cover_letter: mailIn,
  patches: [mailIn],
}
const cover = {
  ...{ id: number, url: text, web_url: text, project, msgid: text, list_archive_url: 'null', date: text },
  ...{ name: text, submitter: person, mbox: text, series: [seriesIn], comments: text },
}
const headers = 'headers'
const comment = {
  ...{
    id: number,
    url: text,
    web_url: text,
    msgid: text,
    list_archive_url: 'null',
    date: text,
    subject: text,
  },
  ...{ submitter: person, content: text, headers, addressed: 'null' },
}
const check = {
  ...{ id: number, url: text, user, date: text, state: text, target_url: text, context: text },
  description: text,
}
/** Of it an event tells less. */
const checkIn = { id: number, url: text, date: text, state: text, target_url: text, context: text }
const event = (payload: Shape) => [
  { id: number, category: text, project, date: text, actor: 'null', payload },
]
const index = {
  ...{ projects: text, users: text, people: text, patches: text, covers: text, series: text, events: text },
  bundles: text,
}
const refused = { detail: text }
const wholePatch = { ...patch, headers, content: text, diff: text, prefixes: [text] }

export interface Sample {
  /** Capital words stand for numbers and ids of the test's own mails. */
  readonly path: string
  readonly status?: number
  readonly method?: string
  /** With a token: `good` or `bad`. */
  readonly token?: string
  readonly shape: Shape
}

export const samples: readonly Sample[] = [
  { path: '/api/', shape: index },
  { path: '/api/1.3/', shape: index },
  { path: '/api/1.3/projects/', shape: [wholeProject] },
  { path: '/api/1.3/projects/tarn/', shape: wholeProject },
  { path: '/api/1.0/patches/?project=tarn&per_page=1', shape: [oldPatch] },
  { path: '/api/1.3/patches/?project=tarn&per_page=2&page=3', shape: [patch] },
  { path: '/api/1.3/patches/?foo=1&per_page=1', shape: [patch] },
  { path: '/api/1.3/patches/?project=tarn&state=new&state=2&per_page=1', shape: [patch] },
  { path: '/api/1.2/patches/?project=tarn&archived=false&msgid=v2-1@example.org', shape: [patch] },
  {
    path: '/api/1.3/patches/PATCH/',
    shape: wholePatch,
  },
  { path: '/api/1.3/patches/PATCH/comments/', shape: [comment] },
  { path: '/api/1.3/patches/PATCH/checks/', shape: [check] },
  { path: '/api/1.3/patches/PATCH/checks/CHECK/', shape: check },
  { path: '/api/1.3/patches/PATCH/checks/CHECK/', method: 'PUT', status: 405, shape: refused },
  { path: '/api/1.3/series/?project=tarn&per_page=1', shape: [series] },
  { path: '/api/1.3/series/SERIES/', shape: series },
  { path: '/api/1.3/covers/?project=tarn&per_page=1', shape: [cover] },
  { path: '/api/1.3/covers/COVER/', shape: { ...cover, headers, content: text } },
  { path: '/api/1.3/covers/COVER/comments/', shape: [comment] },
  { path: '/api/1.3/bundles/', shape: [] },
  { path: '/api/1.3/people/?q=priya', token: 'good', shape: [{ ...person, user: 'null' }] },
  { path: '/api/1.3/users/?q=ruth', token: 'good', shape: [user] },
  { path: '/api/1.3/people/', status: 403, shape: refused },
  { path: '/api/1.3/users/', status: 403, shape: refused },
  { path: '/api/1.3/patches/?per_page=1', token: 'bad', status: 403, shape: refused },
  { path: '/api/1.3/patches/99999999/', status: 404, shape: refused },
  { path: '/api/1.3/patches/?page=9999', status: 404, shape: refused },
  { path: '/api/1.3/patches/?project=nonsense', shape: [] },
  { path: '/api/1.3/patches/?state=nonsense', shape: [] },
  { path: '/api/1.3/events/?project=water&category=series-created', shape: event({ series: seriesIn }) },
  { path: '/api/1.3/events/?project=water&category=series-completed', shape: event({ series: seriesIn }) },
  { path: '/api/1.3/events/?project=water&category=patch-created', shape: event({ patch: mailIn }) },
  {
    path: '/api/1.3/events/?project=water&category=patch-completed',
    shape: event({ patch: mailIn, series: seriesIn }),
  },
  { path: '/api/1.3/events/?project=water&category=cover-created', shape: event({ cover: mailIn }) },
  {
    path: '/api/1.3/events/?project=water&category=cover-comment-created',
    shape: event({ cover: mailIn, comment: commentIn }),
  },
  {
    path: '/api/1.3/events/?project=water&category=patch-comment-created',
    shape: event({ patch: mailIn, comment: commentIn }),
  },
  {
    path: '/api/1.3/events/?project=water&category=patch-state-changed',
    shape: event({ patch: mailIn, previous_state: text, current_state: text }),
  },
  {
    path: '/api/1.3/events/?project=water&category=check-created',
    shape: event({ patch: mailIn, check: checkIn }),
  },
  { path: '/api/1.3/events/?project=water&category=patch-relation-changed', shape: [] },
]

export interface Write {
  /** Below the patch that is written to. */
  readonly path: string
  readonly method: 'POST' | 'PATCH' | 'PUT'
  /** Whose token; null for none. */
  readonly by: 'lab' | 'ruth' | null
  readonly body: Readonly<Record<string, string>>
  readonly status: number
  readonly shape: Shape
}

const posted = { path: 'checks/', method: 'POST', by: 'lab' } as const
const good = { state: 'success', context: 'ci-shape', target_url: 'https://ci.example.net/1' }
const changed = { path: '', method: 'PATCH', by: 'ruth' } as const

export const writes: readonly Write[] = [
  { ...posted, body: { ...good, description: 'all ok' }, status: 201, shape: check },
  ...['pending', 'warning', 'fail'].map(
    (state): Write => ({ ...posted, body: { ...good, state }, status: 201, shape: check }),
  ),
  { ...posted, body: { ...good, target_url: '', description: '' }, status: 201, shape: check },
  { ...posted, by: null, body: good, status: 403, shape: refused },
  { ...posted, body: { ...good, state: 'bogus' }, status: 400, shape: { state: [text] } },
  { ...posted, body: { context: 'ci-shape' }, status: 400, shape: { state: [text] } },
  { ...posted, body: { ...good, context: 'a b' }, status: 400, shape: { context: [text] } },
  { ...posted, body: { ...good, target_url: 'no url' }, status: 400, shape: { target_url: [text] } },
  { ...changed, body: { state: 'under-review' }, status: 200, shape: wholePatch },
  { ...changed, body: { archived: 'true' }, status: 200, shape: wholePatch },
  { ...changed, body: { archived: 'false' }, status: 200, shape: wholePatch },
  { ...changed, body: { state: 'bogus' }, status: 400, shape: { state: [text] } },
  { ...changed, by: null, body: { state: 'accepted' }, status: 403, shape: refused },
]

/** Where a value differs from a shape; empty when it has it. What stands under `threadwork` is ours. */
export function differences(shape: Shape, value: unknown, at = ''): string[] {
  if (shape === 'null') return []
  if (shape === headers) return headersDiffer(value, at)
  if (typeof shape === 'string')
    return typeof value === shape ? [] : [`${at} is ${value === null ? 'null' : typeof value}, not ${shape}`]
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    const [one] = shape as readonly Shape[]
    if (one === undefined) return value.length === 0 ? [] : [`${at} is not empty`]
    return value.length === 0
      ? [`${at} is empty`]
      : value.flatMap((item, place) => differences(one, item, `${at}[${place}]`))
  }
  if (typeof value !== 'object' || value === null) return [`${at} is no object`]
  const keys = Object.keys(value).filter(key => key !== 'threadwork')
  const wanted = Object.entries(shape as Record<string, Shape>)
  if (keys.join() !== wanted.map(([key]) => key).join()) return [`${at} has the keys ${keys}`]
  return wanted.flatMap(([key, inner]) =>
    differences(inner, (value as Record<string, unknown>)[key], `${at}.${key}`),
  )
}

/** A field of the header is a text, or a list where it is there more often. */
const headersDiffer = (value: unknown, at: string): string[] =>
  Object.values(value as object).every(
    one => typeof one === 'string' || (Array.isArray(one) && one.every(item => typeof item === 'string')),
  )
    ? []
    : [`${at} holds other things than texts`]
