// What a request to patchwork's API says before anything is looked up: the version that is asked for, where the addresses in its
// answer begin, and whether its token is good. Errors have the words that its clients know.
import type { Context, MiddlewareHandler } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { tokenScopes, useToken } from '../../sql/tokens.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The token of a request to the API; null without one. */
    caller: Caller | null
  }
}

export interface Caller {
  readonly id: number
  readonly name: string
  readonly scopes: readonly string[]
  /** The one list that it writes to; null for every list. */
  readonly list: number | null
  /** Who acts with it; null for a runner. */
  readonly address: string | null
}

/** How an answer is written. */
export interface Api {
  /** Of the version 1.3: 3. An address without a version means the newest. */
  readonly minor: number
  /** Where the world sees the pages, without a slash at its end. */
  readonly origin: string
  /** An address of the API in the version that was asked for. */
  url(path: string): string
}

const newestMinor = 4

export function apiOf(c: Context): Api {
  const version = c.req.param('version')
  const origin = c.get('base') ?? ''
  const start = version === undefined ? `${origin}/api` : `${origin}/api/${version}`
  return {
    minor: version === undefined ? newestMinor : Number(version.slice(2)),
    origin,
    url: path => `${start}${path}`,
  }
}

type Status = 400 | 403 | 404 | 405 | 500
export const refuse = (c: Context, status: Status, detail: string): Response => c.json({ detail }, status)

export const notFound = (c: Context): Response => refuse(c, 404, 'Not found.')
export const needsTokenText = 'Authentication credentials were not provided.'
export const needsToken = (c: Context): Response => refuse(c, 403, needsTokenText)

/** A bad token is refused whatever is asked; without one all but people may be read. */
export const withCaller =
  (db: Kysely<Tables>): MiddlewareHandler =>
  async (c, next) => {
    const given = wordOf(c.req.header('Authorization'))
    const caller = given === null ? null : await callerOf(db, given.word)
    if (given !== null && caller === null) return refuse(c, 403, given.wrong)
    c.set('caller', caller)
    return next()
  }

/** git-pw and b4 send `Token`; pwclient sends a name and a password, which is the token. */
function wordOf(field: string | undefined): { word: string; wrong: string } | null {
  const [, scheme = '', value = ''] = /^(Token|Basic)\s+(\S{1,1000})$/i.exec(field ?? '') ?? []
  if (scheme === '') return null
  if (scheme.toLowerCase() === 'token') return { word: value, wrong: 'Invalid token.' }
  const [, word = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? []
  return { word, wrong: 'Invalid username/password.' }
}

/** Whatever a token is for, its owner may read. */
async function callerOf(db: Kysely<Tables>, word: string): Promise<Caller | null> {
  const token = await useToken(db, word, ...tokenScopes)
  return (
    token && {
      id: token.id,
      name: token.name,
      scopes: token.scopes,
      list: token.list_id,
      address: token.address,
    }
  )
}
