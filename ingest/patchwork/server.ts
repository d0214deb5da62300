// The patchwork of somebody else, as a server that is asked: one request at a time, slower when it says so, again when it fails.
// It is a stranger: an answer has an end, and a redirect leads nowhere but to the server that the operator named.
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../../base/limits.ts'
import { version } from '../../base/version.ts'

export interface PatchworkServer {
  /** Its host, for people. */
  readonly host: string
  /** The same instance under another scheme or port. */
  readonly name: string
  /** Null when there is no such thing there. `path` is one below the base; `more`: a next page is announced. */
  json(path: string): Promise<{ readonly value: unknown; readonly more: boolean } | null>
  bytes(path: string): Promise<Buffer>
}

export interface ServerOptions {
  /** Of the instance; what stands behind `/api` or `/project` in it is left out. */
  readonly url: string
  readonly token?: string | undefined
  readonly signal: AbortSignal
  /** Told what it waits for. */
  readonly say: (sentence: string) => void
}

/** Throws for what is no URL of a web server. */
export function openServer({ url, token, signal, say }: ServerOptions): PatchworkServer {
  const base = baseOf(url)
  const ask = async (path: string, bytesMax: number): Promise<Answer | null> => {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      const met = await once(new URL(path, base), base, { token, signal, bytesMax })
      if (!('again' in met)) return met.answer
      if (attempt >= limits.patchworkTriesMax)
        throw new Error(`${base.host} does not answer ${path}: ${met.again}; the same command goes on later`)
      const ms = Math.min(met.waitMs ?? 500 * 2 ** (attempt - 1), limits.patchworkWaitMillisecondsMax)
      if (ms >= 5_000) say(`${base.host}: ${met.again}; waiting for ${Math.round(ms / 1000)} s`)
      await sleep(ms, undefined, { signal })
    }
  }
  return {
    // Of an address of version 6, as a mail can name it.
    host: base.hostname.replace(/[[\]]/g, '').replaceAll(':', '-'),
    name: `${base.hostname}${base.pathname}`,
    async json(path) {
      const answer = await ask(path, limits.patchworkAnswerBytesMax)
      if (answer === null) return null
      return { value: parsed(answer.body, path, base), more: /\brel="?next\b/.test(answer.link) }
    },
    async bytes(path) {
      const answer = await ask(path, limits.importMailBytesMax)
      if (answer === null) throw new UnusableAnswer(`${base.host} has no ${path}`)
      return answer.body
    },
  }
}

function baseOf(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : null
  if (base === null || !/^https?:$/.test(base.protocol) || base.username !== '')
    throw new Error(
      `Cannot import from ${JSON.stringify(url)}; allowed: the address of a patchwork, https://patchwork.example.org`,
    )
  const path = base.pathname.replace(/\/(?:api|project)(?:\/.*)?$/, '')
  base.pathname = path.endsWith('/') ? path : `${path}/`
  base.search = ''
  base.hash = ''
  return base
}

interface Answer {
  readonly body: Buffer
  readonly link: string
}

type Met = { readonly answer: Answer | null } | { readonly again: string; readonly waitMs?: number }

interface Asking {
  readonly token: string | undefined
  readonly signal: AbortSignal
  readonly bytesMax: number
}

/** One answer, over its redirects. */
async function once(url: URL, base: URL, { token, signal, bytesMax }: Asking): Promise<Met> {
  let at = url
  for (let hops = 0; hops <= redirectsMax; hops++) {
    try {
      const response = await fetch(at, {
        redirect: 'manual',
        headers: {
          'User-Agent': `threadwork/${version()}`,
          Accept: 'application/json, text/plain',
          ...(token === undefined ? {} : { Authorization: `Token ${token}` }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(limits.patchworkAnswerMillisecondsMax)]),
      })
      const next = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && next !== null) {
        await response.body?.cancel()
        at = within(next, at, base)
        continue
      }
      return await metIn(response, at, bytesMax)
    } catch (error) {
      if (error instanceof UnusableAnswer || signal.aborted) throw error
      const { cause, message } = error as Error
      return { again: cause instanceof Error ? cause.message || message : message }
    }
  }
  throw new UnusableAnswer(`${url} leads from one place to the next for ever`)
}

const redirectsMax = 5

/** What another try does not mend. */
export class UnusableAnswer extends Error {}

/** A server may send us on within itself, from http to https, too; anywhere else nobody told us to go. */
function within(location: string, from: URL, base: URL): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null
  const safer = to?.protocol === 'https:' && base.protocol === 'http:' && to.port === '' && base.port === ''
  if (to !== null && to.hostname === base.hostname && (to.origin === base.origin || safer)) return to
  throw new UnusableAnswer(
    `${base.host} sends us to ${JSON.stringify(location.slice(0, 200))}, which is not it`,
  )
}

async function metIn(response: Response, at: URL, bytesMax: number): Promise<Met> {
  const { status, headers } = response
  if (status === 200)
    return { answer: { body: await bodyOf(response, at, bytesMax), link: headers.get('link') ?? '' } }
  await response.body?.cancel()
  if (status === 404 || status === 410) return { answer: null }
  if (status === 429 || status >= 500) {
    const waitMs = waitIn(headers.get('retry-after'))
    return { again: `status ${status}`, ...(waitMs === undefined ? {} : { waitMs }) }
  }
  if (status === 401 || status === 403)
    throw new UnusableAnswer(
      `${at.host} refuses ${at.pathname} (status ${status}); a token is given by --token-file`,
    )
  throw new UnusableAnswer(`${at.host} answers ${at.pathname} with status ${status}`)
}

/** RFC 9110 10.2.3: seconds, or a date. */
function waitIn(value: string | null): number | undefined {
  if (value === null) return undefined
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000
  const until = Date.parse(value)
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now())
}

async function bodyOf(response: Response, at: URL, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > bytesMax) throw new UnusableAnswer(`${at.href} has more than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parsed(body: Buffer, path: string, { host }: URL): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new UnusableAnswer(`${host} answers ${path} with something else than JSON; is it a patchwork?`)
  }
}
