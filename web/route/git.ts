// git fetches from here (`/-/git/NAME.git`, `/LIST/git/0.git`), by git's own http-backend (gitprotocol-http, "smart"). It only reads, shows what
// is offered and nothing else, and costs no more than it may: so many at once, so long, and no longer than the client is there.
import { spawn } from 'node:child_process'
import { PassThrough, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { boundedGit, GitError, git, noGrafts } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { Grant } from '../../tracker/build/grants.ts'
import type { Offer, OfferOf } from '../../tracker/build/offers.ts'
import { safeHeaders } from '../answer.ts'
import { clientOf } from '../client.ts'
import { paced } from '../large.ts'

/** What is fetched from at an address, and what whoever asks may have besides. */
interface Fetched {
  readonly offer: Offer
  readonly grant?: Grant | null
}

/** What an address leads to: null for nothing, or the answer why not now. */
export type Find = (c: Context) => Promise<Fetched | Response | null>

/** What whoever shows this Authorization may fetch besides. */
export type GrantFor = (authorization: string, name: string) => Promise<Grant | null>

/** Makes the addresses below one of a repository; together they serve no more at once than one may. */
export type GitServer = (find: Find) => Hono

/** To be mounted at `/-/git`. */
export function gitRoutes(server: GitServer, offerOf: OfferOf, grantFor: GrantFor = async () => null): Hono {
  const app = new Hono()
  const found = server(async c => {
    const name = (c.req.param('name') ?? '').replace(/\.git$/, '')
    const authorization = c.req.header('Authorization')
    const grant = authorization === undefined ? null : await grantFor(authorization, name)
    const offer = offerOf(name) ?? (grant && { directory: grant.directory, isOffered: () => false })
    return offer && { offer, grant }
  })
  app.route('/:name{[A-Za-z0-9][A-Za-z0-9._-]*\\.git}', found)
  app.post('/:name/git-receive-pack', c => tell(c, 403, 'Nothing is pushed here'))
  app.all('*', c => tell(c, 404, 'Only git fetch and git clone are answered here'))
  return app
}

export function gitServer(): GitServer {
  // Runners have places of their own, so that no crowd of cloners keeps builds waiting.
  const served = { granted: 0, anybody: 0 }
  const clients = new Map<string | null, number>()
  const serve = async (
    c: Context,
    find: Find,
    ask: (offer: Offer, shown: Shown) => Promise<Response>,
  ): Promise<Response> => {
    const found = await find(c)
    if (found === null) return tell(c, 404, 'There is no such repository, or nothing of it is offered')
    if (found instanceof Response) return found
    const whose = found.grant ? 'granted' : 'anybody'
    if (served[whose] >= limits.gitServedMax)
      return tellAgain(c, `${limits.gitServedMax} others fetch already; come again in a moment`)
    // Else one who reads nothing of what he fetches keeps all others out.
    const client = found.grant ? null : clientOf(c)
    const own = clients.get(client) ?? 0
    if (client !== null && own >= limits.gitServedPerClientMax)
      return tellAgain(c, `You fetch ${own} times already; come again in a moment`)
    served[whose]++
    clients.set(client, own + 1)
    const done = once(() => {
      served[whose]--
      const left = (clients.get(client) ?? 1) - 1
      if (left > 0) clients.set(client, left)
      else clients.delete(client)
    })
    try {
      const response = await ask(found.offer, await shownBy(found.offer, found.grant ?? null))
      if (response.body === null || !ends.has(response)) done()
      else void ends.get(response)?.finally(done)
      return response
    } catch (error) {
      done()
      if (error instanceof GitError) return tell(c, 404, 'The repository cannot be read')
      throw error
    }
  }
  return find => repositoryRoutes((c, ask) => serve(c, find, ask))
}

type Serve = (c: Context, ask: (offer: Offer, shown: Shown) => Promise<Response>) => Promise<Response>

function repositoryRoutes(serve: Serve): Hono {
  const app = new Hono()
  app.get('/info/refs', async c =>
    c.req.query('service') === 'git-upload-pack'
      ? serve(c, (offer, shown) =>
          backend(c, offer, shown, { path: '/info/refs', query: 'service=git-upload-pack', body: null }),
        )
      : tell(c, 403, 'Only git fetch and git clone are answered here, of git 1.6.6 or newer'),
  )
  app.post(
    '/git-upload-pack',
    bodyLimit({
      maxSize: limits.gitAskedBytesMax,
      onError: c => tell(c, 413, `git asks in more than ${limits.gitAskedBytesMax} bytes`),
    }),
    async c => {
      // Before it is counted: who is slow to ask keeps nobody out.
      const sent = await c.req.arrayBuffer().catch(() => null)
      // Nor does who went before it had asked: git would be started for nobody, and keep a place meanwhile.
      if (sent === null) return tell(c, 400, unreadable)
      return serve(c, async (offer, shown) => {
        const body = await askedIn(c, sent)
        const lines = body && linesOf(body)
        const wrong = lines
          ? (refusalOf(lines, shown.ids) ?? (await boundaryRefusal(offer.directory, lines, shown.ids)))
          : unreadable
        return body === null || wrong !== null
          ? tell(c, 400, wrong ?? unreadable)
          : backend(c, offer, shown, { path: '/git-upload-pack', query: '', body: withoutTags(body) })
      })
    },
  )
  app.post('/git-receive-pack', c => tell(c, 403, 'Nothing is pushed here'))
  return app
}

const tell = (c: Context, status: 400 | 403 | 404 | 413 | 503, text: string) =>
  c.text(`${text}\n`, status, { ...safeHeaders })

/** For what is over in a moment. */
export function tellAgain(c: Context, text: string): Response {
  c.header('Retry-After', String(limits.busyAgainSeconds))
  return tell(c, 503, text)
}

const once = (act: () => void) => {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}

/** What of a repository is offered now. */
interface Shown {
  /** As git is told of them, which takes what lies below one for it, too. */
  readonly refs: readonly string[]
  /** What may be wanted: where they point, and what is granted. */
  readonly ids: ReadonlySet<string>
  /** The branch that a clone begins with is offered. */
  readonly head: boolean
}

async function shownBy({ directory, isOffered, below }: Offer, grant: Grant | null): Promise<Shown> {
  const [text, head] = await Promise.all([
    git(directory, 'for-each-ref', '--format=%(objectname) %(refname)'),
    git(directory, 'symbolic-ref', '--quiet', 'HEAD').catch(() => ''),
  ])
  const all = text.split('\n').flatMap(line => {
    const at = line.indexOf(' ')
    const ref = line.slice(at + 1)
    return at > 0 && isOffered(ref) ? [{ ref, id: line.slice(0, at) }] : []
  })
  const shown = below === undefined ? all.slice(-limits.gitRefsShownMax) : all
  return {
    refs: below === undefined ? shown.map(({ ref }) => ref) : [below],
    ids: new Set([...shown.map(({ id }) => id), ...(grant?.commits ?? [])]),
    head: shown.some(({ ref }) => ref === head.trim()),
  }
}

const unreadable = 'The request cannot be read'

async function askedIn(c: Context, sent: ArrayBuffer): Promise<Buffer | null> {
  const bytes = Buffer.from(sent)
  const encoding = c.req.header('Content-Encoding') ?? 'identity'
  if (encoding === 'identity') return bytes
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return null
  return promisify(gunzip)(bytes, { maxOutputLength: limits.gitAskedBytesMax }).catch(() => null)
}

/** The start of each line that says something (gitprotocol-common, "pkt-line"); null for what are none. */
function linesOf(body: Buffer): string[] | null {
  const lines: string[] = []
  for (let at = 0; at + 4 <= body.length; ) {
    const size = Number.parseInt(body.toString('latin1', at, at + 4), 16)
    if (!Number.isInteger(size) || (size > 2 && size < 4) || at + size > body.length) return null
    if (size > 4) lines.push(body.toString('latin1', at + 4, at + Math.min(size, 200)).trimEnd())
    at += Math.max(size, 4)
  }
  return lines
}

/**
 * By the second version of its protocol git hands out any object whose id a client knows, hidden or not, so what is wanted
 * is looked at before git is asked (gitprotocol-v2, "fetch"; gitprotocol-pack, "upload-request").
 */
function refusalOf(lines: readonly string[], ids: ReadonlySet<string>): string | null {
  for (const line of lines) {
    const wanted = /^want ([0-9a-f]{40,64})\b/.exec(line)?.[1]
    if (line.startsWith('want') && (wanted === undefined || !ids.has(wanted))) return notOffered(line)
    const command = /^command=(.*)$/.exec(line)?.[1]
    if (command !== undefined && command !== 'ls-refs' && command !== 'fetch')
      return 'Only fetching is answered here'
  }
  return null
}

/**
 * The same request without the wish for tags of what is sent, which git fulfils with hidden ones, too. Clients ask for those
 * that they were shown by themselves then. Only for a body that has lines.
 */
function withoutTags(body: Buffer): Buffer {
  const lines: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const size = Math.max(Number.parseInt(body.toString('latin1', at, at + 4), 16), 4)
    const line = body.subarray(at, at + size)
    const text = line.toString('latin1', 4)
    if (/^want [0-9a-f]+ .*\binclude-tag\b/.test(text)) {
      const less = text.replace(/ ?\binclude-tag\b/g, '')
      lines.push(Buffer.from(`${(less.length + 4).toString(16).padStart(4, '0')}${less}`, 'latin1'))
    } else if (text.trimEnd() !== 'include-tag') lines.push(line)
    at += size
  }
  return Buffer.concat(lines)
}

const notOffered = (line: string) =>
  `Not offered: ${line
    .replace(/^\S+ /, '')
    .slice(0, 64)
    .replace(/[^\w./-]/g, '?')}`

/** To a clone that is to be deepened git sends the parents of whatever commits it says that it ends at. */
async function boundaryRefusal(
  directory: string,
  lines: readonly string[],
  ids: ReadonlySet<string>,
): Promise<string | null> {
  const ends = lines.filter(line => line.startsWith('shallow'))
  if (ends.length === 0 || !lines.some(line => line.startsWith('deepen'))) return null
  const [first = ''] = ids
  // git reads as many digits as its ids have, whatever follows.
  const odd = ends.find(line => !/^shallow [0-9a-f]+$/.test(line) || line.length !== 8 + first.length)
  if (odd !== undefined) return notOffered(odd)
  const input = [...ends.map(line => line.slice(8)), ...[...ids].map(id => `^${id}`), ''].join('\n')
  const words = ['rev-list', '--ignore-missing', '--max-count=1', '--stdin']
  const beyond = await boundedGit(directory, words, { secondsMax: limits.repositoryAskSecondsMax, input })
  return beyond.trim() === '' ? null : notOffered(`shallow ${beyond}`)
}

interface Asked {
  readonly path: string
  readonly query: string
  readonly body: Buffer | null
}

/** Of responses that a git writes: when it has ended. */
const ends = new WeakMap<Response, Promise<void>>()

async function backend(c: Context, offer: Offer, shown: Shown, asked: Asked): Promise<Response> {
  const child = spawn(await backendPath(), [], {
    env: environment(c, offer, shown, asked),
    stdio: ['pipe', 'pipe', 'ignore'],
    // A group of its own, so that git's helpers end with it.
    detached: true,
  })
  let running = true
  const kill = () => {
    try {
      if (running && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  const ended = new Promise<void>(resolve => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
  const timer = setTimeout(kill, limits.gitServedSecondsMax * 1_000)
  const { signal } = c.req.raw
  signal.addEventListener('abort', kill)
  void ended.then(() => {
    running = false
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(asked.body ?? Buffer.alloc(0))
  const out = child.stdout.pipe(new PassThrough())
  out.once('close', kill)
  const head = await headOf(out)
  if (head === null) {
    kill()
    return tell(c, 404, 'The repository cannot be read')
  }
  const response = new Response(
    paced(Readable.toWeb(out) as ReadableStream<Uint8Array>, () => {}),
    {
      status: head.status,
      headers: { ...safeHeaders, 'Content-Type': head.type, 'Cache-Control': 'no-cache' },
    },
  )
  ends.set(response, ended)
  return response
}

/** The lines that a CGI writes above its answer (RFC 3875 6); null when it ends without. What follows stays in the stream. */
async function headOf(out: Readable): Promise<{ status: number; type: string } | null> {
  let text = Buffer.alloc(0)
  for (;;) {
    const chunk = (out.read() as Buffer | null) ?? (await more(out))
    if (chunk === null) return null
    text = Buffer.concat([text, chunk])
    const end = /\r?\n\r?\n/.exec(text.toString('latin1', 0, 8_192))
    if (end) {
      const head = text.toString('latin1', 0, end.index)
      out.unshift(text.subarray(end.index + end[0].length))
      const status = Number(/^Status: (\d{3})/m.exec(head)?.[1] ?? 200)
      return { status, type: /^Content-Type: ([\w./+-]{1,100})/m.exec(head)?.[1] ?? 'text/plain' }
    }
    if (text.length > 8_192) return null
  }
}

const more = (out: Readable): Promise<Buffer | null> =>
  new Promise(resolve => {
    const done = () => {
      out.off('readable', done)
      out.off('end', none)
      out.off('close', none)
      resolve(out.read() as Buffer | null)
    }
    const none = () => {
      out.off('readable', done)
      resolve(null)
    }
    out.once('readable', done)
    out.once('end', none)
    out.once('close', none)
  })

let found: Promise<string> | undefined
const backendPath = (): Promise<string> => {
  found ??= git('.', '--exec-path').then(path => `${path.trim()}/git-http-backend`)
  return found
}

/** Nothing of ours, of the machine's configuration, or of what the client may put into a CGI's environment. */
function environment(c: Context, { directory }: Offer, shown: Shown, { path, query, body }: Asked) {
  const settings: [string, string][] = [
    ['safe.directory', '*'],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['http.receivepack', 'false'],
    ['http.getanyfile', 'false'],
    ['http.uploadpack', 'true'],
    ['uploadpack.allowAnySHA1InWant', 'false'],
    ['uploadpack.allowReachableSHA1InWant', 'false'],
    ['uploadpack.allowTipSHA1InWant', 'false'],
    ['uploadpack.allowFilter', 'false'],
    ['uploadpack.allowRefInWant', 'false'],
    ['pack.threads', '1'],
    ['gc.auto', '0'],
    // Of several the last one counts.
    ['transfer.hideRefs', 'refs'],
    ['transfer.hideRefs', 'HEAD'],
    ...shown.refs.map((ref): [string, string] => ['transfer.hideRefs', `!${ref}`]),
    ...(shown.head ? [['transfer.hideRefs', '!HEAD'] as [string, string]] : []),
  ]
  const protocol = c.req.header('Git-Protocol') ?? ''
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    GIT_NO_LAZY_FETCH: '1',
    // A graft could lead to what is hidden, or keep parents back.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: noGrafts,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_TRANSLATED: `${directory}${path}`,
    PATH_INFO: path,
    REQUEST_METHOD: body === null ? 'GET' : 'POST',
    QUERY_STRING: query,
    CONTENT_TYPE: body === null ? '' : 'application/x-git-upload-pack-request',
    ...(body === null ? {} : { CONTENT_LENGTH: String(body.length) }),
    ...(/^version=\d(?::[\w=-]{1,50}){0,5}$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
  }
}
