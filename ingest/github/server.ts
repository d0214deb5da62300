// GitHub's REST API, or that of a server of one's own. octokit waits as long as the limits want, and asks again what failed; it is kept
// to the server that the operator named, since what it asks goes out with a token.
import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { version } from '../../base/version.ts'
import { objects } from './objects.ts'
import type { GitHubSource, Page, Stream } from './source.ts'

export interface GitHubServer {
  /** OWNER/REPO. */
  readonly repository: string
  /** Of the API. */
  readonly url: string
  readonly token?: string | undefined
  readonly signal: AbortSignal
  /** Told what it waits for. */
  readonly say: (sentence: string) => void
  /** Told of a list that ends too early. */
  readonly cut?: (stream: Stream, sentence: string) => void
  /** What a second of waiting takes. */
  readonly secondMs?: number
}

/** Throws for what is no address of an API. */
export function openServer(given: GitHubServer): GitHubSource {
  const { repository, say } = given
  const base = baseOf(given.url)
  const octokit = clientOf(base, given)
  const at = `/repos/${repository}`
  return {
    host: base.hostname === 'api.github.com' ? 'github.com' : nameOfHost(base),
    async repository() {
      const { data } = await octokit.request(`GET ${at}`)
      const found = objects.repository.safeParse(data)
      if (!found.success) throw new Error(`${base.href} has something else than a repository at ${at}`)
      return { id: found.data.id, name: found.data.full_name }
    },
    pages(stream, cursor) {
      const cut = (sentence: string) => given.cut?.(stream, sentence)
      if (stream === 'events' || stream === 'pulls')
        return newestFirst(octokit, at, cursor, { ...lists[stream], cut })
      return changedPages(octokit, `${at}/${lists[stream]}`, cursor, count => say(`${stream}: ${count} read`))
    },
    async reviews(number) {
      const reviews = await octokit.paginate(`GET ${at}/pulls/${number}/reviews`, { per_page: perPage })
      return Array.isArray(reviews) ? reviews : []
    },
    async patches(number) {
      try {
        const accept = 'application/vnd.github.patch'
        const { data } = await octokit.request(`GET ${at}/pulls/${number}`, { headers: { accept } })
        return typeof data === 'string'
          ? Buffer.from(data)
          : data instanceof ArrayBuffer
            ? Buffer.from(data)
            : null
      } catch (error) {
        // Too large, or gone.
        if ([404, 406, 410, 422].includes(Number(statusOf(error)))) return null
        throw error
      }
    },
  }
}

const lists = {
  issues: 'issues',
  comments: 'issues/comments',
  remarks: 'pulls/comments',
  pulls: {
    path: 'pulls',
    query: { state: 'all', sort: 'updated', direction: 'desc' },
    keyOf: item => Date.parse(String((item as { updated_at?: unknown } | null)?.updated_at)),
  },
  events: { path: 'issues/events', query: {}, keyOf: item => Number(idOf(item)) },
} as const satisfies Readonly<Record<Stream, string | Omit<Newest, 'cut'>>>

/** As a Message-ID and an address can name it. */
const nameOfHost = ({ hostname }: URL) => hostname.replace(/[[\]]/g, '').replaceAll(':', '-')

const Client = Octokit.plugin(throttling, retry, paginateRest)
type Client = InstanceType<typeof Client>

function baseOf(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : null
  if (base === null || !/^https?:$/.test(base.protocol) || base.username !== '' || base.search !== '')
    throw new Error(
      `Cannot import from ${JSON.stringify(url)}; allowed: the address of an API, https://api.github.com or https://github.example.org/api/v3`,
    )
  return base
}

function clientOf(base: URL, { token, signal, say, secondMs = 1_000 }: GitHubServer): Client {
  const wait = (what: string) => (seconds: number, _: object, __: unknown, waited: number) => {
    if (waited >= limits.githubWaitsMax || seconds > limits.githubWaitSecondsMax) return false
    if (seconds * secondMs >= 5_000) say(`${base.host}: ${what}; waiting for ${seconds} s`)
    return true
  }
  const quiet = () => {}
  return new Client({
    baseUrl: base.href.replace(/\/$/, ''),
    userAgent: `threadwork/${version()}`,
    ...(token === undefined ? {} : { auth: token }),
    request: { fetch: fetchWithin(base, signal) },
    retry: { retries: limits.githubTriesMax, retryAfterBaseValue: secondMs },
    throttle: {
      // Of each server its own; `id` tells them apart.
      id: base.href,
      retryAfterBaseValue: secondMs,
      onRateLimit: wait('its limit is reached'),
      onSecondaryRateLimit: wait('it asks us to be slower'),
    },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  })
}

/** Redirects, such as a renamed repository's, are followed within the server; an answer has an end. */
const fetchWithin = (base: URL, signal: AbortSignal) => async (url: string, options: RequestInit) => {
  let at = new URL(url)
  for (let hops = 0; hops <= redirectsMax; hops++) {
    if (at.origin !== base.origin) throw new Error(`${base.host} sends us to ${at.host}, which is not it`)
    const timeout = AbortSignal.timeout(limits.githubAnswerMillisecondsMax)
    const response = await fetch(at, {
      ...options,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    })
    const next = response.headers.get('location')
    if (![301, 302, 307, 308].includes(response.status) || next === null) return await whole(response, at)
    await response.body?.cancel()
    at = new URL(next, at)
  }
  throw new Error(`${url} leads from one place to the next for ever`)
}

const redirectsMax = 5

async function whole(response: Response, { href }: URL): Promise<Response> {
  const { status, headers } = response
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > limits.githubAnswerBytesMax)
      throw new Error(`${href} has more than ${limits.githubAnswerBytesMax} bytes`)
    chunks.push(chunk)
  }
  const body = [204, 205, 304].includes(status) ? null : Buffer.concat(chunks)
  return new Response(body, { status, headers })
}

const changed = z.object({
  since: z.string(),
  /** Of the request that asked for what changed since. */
  etag: z.string().nullish(),
})

/**
 * What changed, oldest change first. A page begins where the last one ended: numbers of pages shift while people write, and what they
 * touch would be skipped.
 */
async function* changedPages(
  octokit: Client,
  path: string,
  cursor: string | null,
  tell: (count: number) => void,
): AsyncGenerator<Page> {
  const from = cursor === null ? null : changed.parse(JSON.parse(cursor))
  let since = from?.since
  let { etag } = from ?? {}
  let page = 1
  let count = 0
  const seen = new Set<unknown>()
  for (;;) {
    const answer = await unlessSame(octokit, path, { since, page }, etag ?? null)
    if (answer === null) return
    const fresh = answer.items.filter(item => !seen.has(idOf(item)))
    for (const item of fresh) seen.add(idOf(item))
    const last = String((answer.items.at(-1) as { updated_at?: unknown } | undefined)?.updated_at ?? '')
    const isNext = last !== '' && last !== since
    const at: string | undefined = isNext ? last : since
    count += fresh.length
    tell(count)
    // The page is known by its mark only while it begins at the same time.
    if (at !== undefined)
      yield {
        items: fresh,
        cursor: JSON.stringify({
          since: at,
          ...(at === since && page === 1 && !answer.more ? { etag: answer.etag } : {}),
        }),
      }
    if (!answer.more || answer.items.length === 0) return
    page = isNext ? 1 : page + 1
    since = at
    etag = null
  }
}

const idOf = (item: unknown) => (item as { id?: unknown } | null)?.id

async function unlessSame(
  octokit: Client,
  path: string,
  { since, page }: { since: string | undefined; page: number },
  etag: string | null,
): Promise<{ items: unknown[]; etag: string | undefined; more: boolean } | null> {
  try {
    const { data, headers } = await octokit.request(`GET ${path}`, {
      ...{ state: 'all', sort: 'updated', direction: 'asc', per_page: perPage, page },
      ...(since === undefined ? {} : { since }),
      ...(etag === null ? {} : { headers: { 'if-none-match': etag } }),
    })
    if (!Array.isArray(data)) throw new Error(`${path} is no list of GitHub's`)
    return { items: data, etag: headers.etag, more: /rel="next"/.test(headers.link ?? '') }
  } catch (error) {
    if (statusOf(error) === 304) return null
    throw error
  }
}

const perPage = 100
const statusOf = (error: unknown) => (error as { status?: unknown } | null)?.status

const looked = z.object({
  /** All below this are taken over. */
  done: z.number(),
  /** While they are read: the newest that was there, and the page that is next. */
  newest: z.number().nullish(),
  page: z.int().nullish(),
})

interface Newest {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** What they are ordered by. */
  readonly keyOf: (item: unknown) => number
  readonly cut: (sentence: string) => void
}

/** Newest first, as GitHub has them. New ones move the others to later pages, so none is skipped. */
async function* newestFirst(
  octokit: Client,
  at: string,
  cursor: string | null,
  { path, query, keyOf, cut }: Newest,
): AsyncGenerator<Page> {
  const from = cursor === null ? { done: 0 } : looked.parse(JSON.parse(cursor))
  let { newest = null, page = null } = from
  page ??= 1
  const pages = octokit.paginate.iterator(`GET ${at}/${path}`, { ...query, per_page: perPage, page })
  try {
    for await (const { data } of pages) {
      const items: readonly unknown[] = Array.isArray(data) ? data : []
      newest ??= items.map(keyOf).find(key => key > from.done) ?? from.done
      page++
      const fresh = items.filter(item => !(keyOf(item) < from.done))
      yield { items: fresh, cursor: JSON.stringify({ done: from.done, newest, page }) }
      if (fresh.length < items.length) break
    }
  } catch (error) {
    // "In order to keep the API fast for everyone, pagination is limited for this resource."
    if (statusOf(error) !== 422) throw error
    cut(`${at}/${path} ends at page ${page}`)
  }
  yield { items: [], cursor: JSON.stringify({ done: newest ?? from.done }) }
}
