// A patchwork as its documentation has it (API 1.0 to 1.3: projects, patches, covers, events, checks, mbox), for an invented project, on
// a real socket. It is busy, fails and breaks off now and then; and it can be made a hostile one.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Invented, type InventedPatch, type InventedUser, lab, mira } from './project.ts'

export interface ServerShape {
  /** The newest version of its API. */
  readonly newest?: '1.0' | '1.1' | '1.2' | '1.3'
  readonly token?: string
  /** Answers itself and says so, or lets it be. */
  readonly instead?: (path: URL, response: ServerResponse) => boolean
  /** Every so many requests one fails: busy, broken, or cut off. */
  readonly failsEvery?: number
}

export async function patchworkServer(project: Invented, shape: ServerShape = {}) {
  const asked: string[] = []
  let onRequest = (_: number) => {}
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    onRequest(asked.length)
    answer(project, shape, asked.length, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
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
  project: Invented,
  { newest = '1.3', token, instead, failsEvery = 0 }: ServerShape,
  count: number,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const url = new URL(request.url ?? '/', 'http://pw.example.org')
  if (instead?.(url, response)) return
  if (failsEvery > 0 && count % failsEvery === 0) return fail(count / failsEvery, request, response)
  if (token !== undefined && request.headers.authorization !== `Token ${token}`)
    return json(response, { detail: 'Authentication credentials were not provided.' }, 403)
  const [, version = '', rest = ''] = /^\/api\/([\d.]+)\/(.*)$/.exec(url.pathname) ?? []
  if (version !== '') return version > newest ? missing(response) : api(project, version, rest, url, response)
  const [, id] = /^\/patch\/(\d+)\/mbox\/$/.exec(url.pathname) ?? []
  const patch = project.patches.find(one => one.id === Number(id))
  if (patch) return redirect(response, `/project/screws/patch/${encodeURIComponent(patch.msgid)}/mbox/`)
  const [, msgid] = /^\/project\/screws\/patch\/([^/]+)\/mbox\/$/.exec(url.pathname) ?? []
  const named = project.patches.find(one => one.msgid === decodeURIComponent(msgid ?? ''))
  return named ? mbox(response, named) : missing(response)
}

function fail(turn: number, request: IncomingMessage, response: ServerResponse): unknown {
  if (turn % 3 === 0) return request.socket.destroy()
  if (turn % 3 === 1) return response.writeHead(429, { 'Retry-After': '0' }).end()
  return response.writeHead(503, { 'Retry-After': '0' }).end('<html>busy</html>')
}

const json = (response: ServerResponse, value: unknown, status = 200, headers = {}): unknown =>
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value))

const missing = (response: ServerResponse) => json(response, { detail: 'Not found.' }, 404)

const redirect = (response: ServerResponse, location: string) =>
  response.writeHead(302, { Location: location }).end()

/** As patchwork writes it: its own fields on top. */
const mbox = (response: ServerResponse, { id, mail }: InventedPatch) =>
  response
    .writeHead(200, { 'Content-Disposition': `attachment; filename=${id}.patch` })
    .end(
      `From patchwork Mon Mar  1 08:00:00 2021\nX-Patchwork-Submitter: Somebody <somebody@example.org>\nX-Patchwork-Id: ${id}\nX-Patchwork-Delegate: mira@example.org\n${mail}`,
    )

function api(project: Invented, version: string, path: string, url: URL, response: ServerResponse): unknown {
  const one = {
    id: 7,
    name: 'Screws',
    link_name: 'screws',
    list_id: 'screws.lists.example.org',
    list_email: 'screws@lists.example.org',
  }
  if (path === 'projects/screws/') return json(response, { ...one, maintainers: [mira], subject_match: '' })
  if (path === 'projects/') return json(response, [one])
  if (path === 'covers/') return json(response, [])
  if (path === 'patches/')
    return page(response, url, project.patches, patch => patchObject(patch, one, version))
  if (path === 'events/') {
    const category = url.searchParams.get('category')
    const events = project.events.filter(event => event.category === category)
    return page(response, url, events, event => ({
      ...{ id: event.id, category, project: one, date: naive(event.date) },
      ...(version >= '1.2' ? { actor: event.actor } : {}),
      payload: {
        patch: { id: event.patch, name: 'x' },
        ...(category === 'patch-delegated'
          ? { previous_delegate: null, current_delegate: event.value }
          : { previous_state: 'new', current_state: event.value }),
      },
    }))
  }
  const [, id] = /^patches\/(\d+)\/checks\/$/.exec(path) ?? []
  const patch = project.patches.find(other => other.id === Number(id))
  if (!patch) return missing(response)
  return page(response, url, patch.checks, check => ({
    ...{ id: check.id, user: lab, date: naive(check.date), state: check.state, context: check.context },
    ...{ target_url: `https://ci.example.org/${check.id}`, description: 'as it went' },
  }))
}

function page<T>(
  response: ServerResponse,
  url: URL,
  all: readonly T[],
  object: (one: T) => unknown,
): unknown {
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
  const at = Number(url.searchParams.get('page') ?? 1)
  const items = all.slice((at - 1) * size, at * size)
  if (items.length === 0 && at > 1) return json(response, { detail: 'Invalid page.' }, 404)
  const next =
    at * size < all.length ? { Link: `<http://elsewhere.example.org/?page=${at + 1}>; rel="next"` } : {}
  return json(response, items.map(object), 200, next)
}

const naive = (at: number) => new Date(at).toISOString().replace('Z', '000')

function patchObject(patch: InventedPatch, project: object, version: string) {
  const { id, msgid, name, date, state, archived, commit, delegate, checks } = patch
  return {
    ...{ id, url: `http://pw.example.org/api/${version}/patches/${id}/`, project, msgid: `<${msgid}>` },
    ...{ date: naive(date).slice(0, 19), name, commit_ref: commit, pull_url: null, state, archived },
    ...{ hash: null, submitter: null, delegate: delegate as InventedUser | null },
    ...{
      mbox: `http://pw.example.org/patch/${id}/mbox/`,
      series: [],
      check: checks.at(-1)?.state ?? 'pending',
    },
    ...{ checks: `http://pw.example.org/api/patches/${id}/checks/`, tags: {} },
    ...(version >= '1.1' ? { web_url: `http://pw.example.org/patch/${id}/`, comments: '' } : {}),
    ...(version >= '1.2' ? { list_archive_url: null, related: [] } : {}),
  }
}
