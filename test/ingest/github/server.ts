// GitHub's REST API as its documentation has it, for an invented repository, on a real socket: pages with their Link, `since`, ETags, both
// limits, repositories that were renamed; it fails and breaks off now and then, and can be made a hostile one.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { byChange, type Invented, type Json } from './project.ts'

export interface ServerShape {
  readonly token?: string
  /** It had this name before. */
  readonly renamedFrom?: string
  /** Answers itself and says so, or lets it be. */
  readonly instead?: (url: URL, response: ServerResponse) => boolean
  /** Every so many requests one fails: slowed down, limited, broken, or cut off. */
  readonly failsEvery?: number
}

export async function githubServer(repository: Invented, shape: ServerShape = {}) {
  const asked: string[] = []
  const statuses: number[] = []
  let onRequest = (_: number) => {}
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    onRequest(asked.length)
    response.on('close', () => statuses.push(response.statusCode))
    answer(repository, shape, asked.length, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    statuses,
    whenAsked: (count: number, act: () => void) => {
      onRequest = now => {
        if (now === count) act()
      }
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(
  repository: Invented,
  { token, renamedFrom, instead, failsEvery = 0 }: ServerShape,
  count: number,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  if (instead?.(url, response)) return
  if (failsEvery > 0 && count % failsEvery === 0) return fail(count / failsEvery, request, response)
  if (token !== undefined && request.headers.authorization !== `token ${token}`)
    return json(response, { message: 'Bad credentials' }, 401)
  const old = renamedFrom === undefined ? null : `/repos/${renamedFrom}`
  if (old !== null && url.pathname.startsWith(old)) {
    const to = `${url.origin}/repositories/${repository.id}${url.pathname.slice(old.length)}${url.search}`
    return json(response, { message: 'Moved Permanently', url: to }, 301, { Location: to })
  }
  const bases = [`/repos/${repository.full_name}`, `/repositories/${repository.id}`]
  const base = bases.find(one => url.pathname === one || url.pathname.startsWith(`${one}/`))
  if (base === undefined) return json(response, { message: 'Not Found' }, 404)
  return api(repository, url.pathname.slice(base.length), url, request, response)
}

function fail(turn: number, request: IncomingMessage, response: ServerResponse): unknown {
  const at = turn % 5
  if (at === 0) return request.socket.destroy()
  if (at === 1)
    return json(response, { message: 'You have exceeded a secondary rate limit.' }, 403, {
      'Retry-After': '1',
    })
  if (at === 2) return json(response, { message: 'Server Error' }, 502)
  if (at === 3)
    return json(response, { message: 'API rate limit exceeded for user ID 1.' }, 429, {
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(Math.floor(Date.now() / 1000) - 1),
    })
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100000' })
  response.write('[{"id": 1')
  return setImmediate(() => request.socket.destroy())
}

const json = (response: ServerResponse, value: unknown, status = 200, headers = {}): unknown =>
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(value))

function api(
  { id, full_name, issues, comments, events, pulls, reviews, remarks, patches }: Invented,
  path: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const [, digits = '', what] = /^\/pulls\/(\d+)(\/reviews)?$/.exec(path) ?? []
  const number = Number(digits)
  switch (digits === '' ? path : `/pulls/N${what ?? ''}`) {
    case '':
      return json(response, { id, full_name, private: false, open_issues_count: issues.length })
    case '/issues':
      return page(changedSince(issues, url), url, request, response)
    case '/issues/comments':
      return page(changedSince(comments, url), url, request, response)
    case '/issues/events':
      return page(events.toReversed(), url, request, response)
    case '/pulls':
      return page([...pulls].sort(byChange).reverse(), url, request, response)
    case '/pulls/comments':
      return page(changedSince(remarks, url), url, request, response)
    case '/pulls/N/reviews':
      return page(reviews.get(number) ?? [], url, request, response)
    case '/pulls/N': {
      const patch = patches.get(number)
      if (patch === undefined || !/\.patch/.test(request.headers.accept ?? '')) return json(response, {}, 404)
      return response
        .writeHead(200, { 'Content-Type': 'application/vnd.github.patch; charset=utf-8' })
        .end(patch)
    }
    default:
      return json(response, { message: 'Not Found' }, 404)
  }
}

function changedSince(items: readonly Json[], { searchParams }: URL): Json[] {
  const since = searchParams.get('since') ?? ''
  return items.filter(item => String(item.updated_at) >= since).sort(byChange)
}

function page(items: readonly Json[], url: URL, request: IncomingMessage, response: ServerResponse): unknown {
  const per = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
  const at = Number(url.searchParams.get('page') ?? 1)
  const shown = items.slice((at - 1) * per, at * per)
  const ETag = `W/"${createHash('sha256').update(JSON.stringify(shown)).digest('hex')}"`
  if (request.headers['if-none-match'] === ETag) return response.writeHead(304, { ETag }).end()
  const next = new URL(url)
  next.searchParams.set('page', String(at + 1))
  const more =
    at * per < items.length ? { Link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` } : {}
  return json(response, shown, 200, { ETag, ...more })
}
