// b4's web submission endpoint: `b4 send` without a mail server. One address takes JSON by POST, an action with its values,
// and answers {"result": "success" or "error", "message": ...}; b4 shows the message of an error and the status of a refusal.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Kysely } from 'kysely'
import { callerOf, networkOf } from '../../base/client-address.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Keyring } from '../auth/keyring.ts'
import type { Resolve } from '../auth/resolver.ts'
import { countClients } from '../clients.ts'
import { challenge } from './challenge.ts'
import { withProvenKeys } from './proven-keys.ts'
import { receive, reflect } from './receive.ts'
import { Refusal } from './refusal.ts'
import { verifyAnswer } from './verify-answer.ts'

export interface SubmissionOptions {
  readonly db: Kysely<Tables>
  readonly log: Log
  /** Of the operator. */
  readonly keyring: Keyring
  readonly resolve: Resolve
  /** Mail can leave. */
  readonly relayed: boolean
  readonly mailBytesMax: number
  /** Where the world sees the pages, without a slash at its end. */
  readonly url: () => string
}

/** To be mounted at its address. */
export function submissionRoutes(options: SubmissionOptions): Hono {
  const { log } = options
  const app = new Hono()
  const callers = countClients({
    connectionsMax: limits.submissionsAtOncePerNetworkMax,
    mailsPerMinuteMax: limits.submissionRequestsPerMinuteMax,
    exempt: [],
  })
  const busy = { now: 0 }
  app.post('/', async c => {
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
    const caller = callerOf(incoming?.socket.remoteAddress, c.req.header('X-Forwarded-For'))
    if (busy.now >= limits.submissionsAtOnceMax || !callers.enter(caller)) return answer(c, tooMany())
    busy.now += 1
    try {
      if (!callers.mail(caller)) return answer(c, tooMany())
      const message = await act(options, await readRequest(c), networkOf(caller))
      log.info({ caller, message }, 'Answered a web submission')
      return c.json({ result: 'success', message })
    } catch (error) {
      if (!(error instanceof Refusal)) log.error({ error }, 'A web submission failed')
      else log.info({ caller, message: error.message }, 'Refused a web submission')
      return answer(c, error instanceof Refusal ? error : broken())
    } finally {
      busy.now -= 1
      callers.leave(caller)
    }
  })
  return app
}

const answer = (c: Context, { status, message }: Refusal): Response =>
  c.json({ result: 'error', message }, status)

const tooMany = () => new Refusal(429, 'Cannot take more requests now; try again in a minute')
const broken = () => new Refusal(503, 'This could not be done; it is in the log of the server')

async function act(options: SubmissionOptions, request: object, network: string): Promise<string> {
  const { db, keyring, resolve, mailBytesMax, relayed, url } = options
  if (!relayed)
    throw new Refusal(
      503,
      'Cannot send any mail from here: the server has no relay; its operator must set one',
    )
  const now = Date.now()
  const action = 'action' in request ? request.action : undefined
  const all = withProvenKeys(keyring, db)
  switch (action) {
    case 'auth-new':
      return challenge(request, { db, keys: await keyring(), network, url: url() })
    case 'auth-verify':
      return verifyAnswer(db, request, now)
    case 'receive':
      return receive(request, { db, keys: await all(), resolve, mailBytesMax, now })
    case 'reflect':
      return reflect(request, { db, keys: await all(), resolve, mailBytesMax, now })
    default:
      throw new Refusal(400, 'Cannot do this; allowed are auth-new, auth-verify, receive and reflect')
  }
}

/** Bounded in bytes and in time: whoever sends slowly keeps a place from others. */
async function readRequest(c: Context): Promise<object> {
  // No form of another site's page can send this.
  if (!/^application\/json\b/i.test(c.req.header('Content-Type') ?? '')) throw unread()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = c.req.raw.body?.getReader()
  const end = setTimeout(() => void reader?.cancel().catch(() => {}), limits.submissionReadSecondsMax * 1_000)
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      size += part.value.length
      if (size > limits.submissionBytesMax)
        throw new Refusal(413, `Cannot take more than ${limits.submissionBytesMax} bytes at once`)
      chunks.push(part.value)
    }
  } finally {
    clearTimeout(end)
    await reader?.cancel().catch(() => {})
  }
  const request = parsed(Buffer.concat(chunks).toString())
  if (typeof request === 'object' && request !== null) return request
  throw unread()
}

const unread = () => new Refusal(400, 'Cannot read the request; allowed is JSON as b4 sends it')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
