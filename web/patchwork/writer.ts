// Who writes: the token of a request, what it is for and on which list, and how often. There is no cookie that a browser would
// send by itself; what it does send is a name with its password, where somebody once gave it one, so another site is not heard.
import type { Context } from 'hono'
import { limits } from '../../base/limits.ts'
import type { TokenScope } from '../../sql/tokens.ts'
import type { Writer } from '../../tracker/answer/note.ts'
import { type Caller, refuse } from './request.ts'

const noPermission = 'You do not have permission to perform this action'

/** The writer, or the answer that says why there is none. `list`: null for what is not there. `nobody`: what is said to one without a token. */
export function writerOf(
  c: Context,
  scope: TokenScope,
  list: number | null,
  nobody: string,
): Writer | Response {
  const caller = c.get('caller')
  if (caller === null) return refuse(c, 403, nobody)
  // A browser says so of every form and script, and programs never do.
  if (c.req.header('Origin') !== undefined) return mayNot(c, 'a page in a browser writes nothing')
  const { id, name, address } = caller
  if (!caller.scopes.includes(scope) || address === null)
    return refuse(c, 403, `${noPermission}: the token "${name}" is not for "${scope}"`)
  if (list !== null && caller.list !== null && caller.list !== list)
    return refuse(c, 403, `${noPermission}: the token "${name}" is for another list`)
  const wait = secondsToWait(caller)
  if (wait === 0) return { token: name, tokenId: id, address }
  c.header('Retry-After', String(wait))
  return c.json({ detail: `Request was throttled. Expected available in ${wait} seconds.` }, 429)
}

export const mayNot = (c: Context, reason: string): Response => refuse(c, 403, `${noPermission}: ${reason}`)

/** Of each token how much it wrote in this minute. A process counts for itself. */
const counts = new Map<number, { minute: number; writes: number }>()

function secondsToWait({ id }: Caller): number {
  const now = Date.now() / 1000
  const minute = Math.floor(now / 60)
  const counted = counts.get(id)
  const current = counted?.minute === minute ? counted : { minute, writes: 0 }
  if (current.writes >= limits.apiWritesPerMinuteMax) return Math.ceil((minute + 1) * 60 - now)
  counts.set(id, { minute, writes: current.writes + 1 })
  return 0
}
