// The door for runners: the verbs of docs/ci.md over HTTP, each with the runner's token. Whoever comes here runs strangers' code:
// what it sends is bounded and read by ci/wire.ts, and it may speak of its own builds alone.
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { artefactsPath, stepLogPath } from '../../tracker/build/logs.ts'
import type { AskingRunner, Queue } from '../../tracker/build/queue.ts'
import { verbs } from '../../tracker/build/verbs.ts'
import { runnerOfToken } from '../read/runner-of-token.ts'

export interface RunnerDoor {
  readonly db: Kysely<Tables>
  readonly queue: Queue
  /** Where the logs go. */
  readonly data: string
  readonly onError: (error: Error, path: string) => void
}

interface Variables {
  Variables: { runner: AskingRunner }
}

/** To be mounted at `/-/runner`. */
export function runnerRoutes({ db, queue, data, onError }: RunnerDoor): Hono<Variables> {
  const app = new Hono<Variables>()
  app.use(async (c, next) => {
    const runner = await runnerOfToken(db, c.req.header('Authorization'))
    if (runner === null)
      return refuse(
        c,
        401,
        'Cannot let this runner in; allowed: "Authorization: Bearer TOKEN" with a token of "threadwork token add"',
      )
    c.set('runner', runner)
    return next()
  })
  app.use(
    bodyLimit({
      maxSize: limits.logBatchBytesMax,
      onError: c => refuse(c, 413, `Cannot take more than ${limits.logBatchBytesMax} bytes at once`),
    }),
  )
  app.post('/next', async c => {
    const asked = verbs.next(await json(c))
    if (asked === null) return misread(c)
    const offer = await queue.next(c.get('runner'), asked, c.req.raw.signal)
    return offer === null ? c.body(null, 204) : c.json(offer)
  })
  app.post('/alive', async c => {
    const asked = verbs.alive(await json(c))
    if (asked === null) return misread(c)
    const kept = await queue.alive(c.get('runner'), asked.fence, c.req.raw.signal)
    return kept === null ? stale(c) : c.json({ cancel: kept.cancel })
  })
  app.post('/log', async c => {
    const asked = verbs.log(c.req.query())
    if (asked === null) return misread(c)
    const { fence, step, offset } = asked
    return appended(c, queue, fence, offset, name => stepLogPath(data, name, step))
  })
  app.post('/artefacts', async c => {
    const asked = verbs.artefacts(c.req.query())
    if (asked === null) return misread(c)
    return appended(c, queue, asked.fence, asked.offset, name => artefactsPath(data, name))
  })
  app.post('/done', async c => {
    const done = verbs.done(await json(c))
    if (done === null) return misread(c)
    return (await queue.done(c.get('runner'), done)) ? c.json({}) : stale(c)
  })
  app.onError((error, c) => {
    onError(error, c.req.path)
    return refuse(c, 500, 'This could not be done; it is in the log of the server')
  })
  return app
}

type Place = Parameters<Queue['append']>[2]

async function appended(
  c: Context<Variables>,
  queue: Queue,
  fence: string,
  offset: number,
  place: Place,
): Promise<Response> {
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  const size = await queue.append(c.get('runner'), fence, place, { offset, bytes })
  if (size === null) return stale(c)
  return size === 'full' ? refuse(c, 507, 'There is no room for more of it') : c.json({ size })
}

const json = (c: Context): Promise<unknown> => c.req.json().catch(() => null)

const stale = (c: Context) => refuse(c, 409, 'This build is not yours any more')
const misread = (c: Context) => refuse(c, 400, 'Cannot read this; see docs/ci.md')

function refuse(c: Context, status: 400 | 401 | 409 | 413 | 500 | 507, error: string): Response {
  return c.json({ error }, status)
}
