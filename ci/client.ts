// The runner's end of the verbs: each is one request. A server that is away, restarted or out of order is one that is
// asked again; a stale fence is an answer.
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../base/limits.ts'
import { type Done, gitPath, type Health, keptSchema, type Offer, offerSchema, sizeSchema } from './wire.ts'

/** The server did not answer, or said that it cannot now. */
class AwayError extends Error {}

/** What it said would be said again. */
export class RefusedError extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

export interface Client {
  /** Null when there is nothing to build for some time. */
  next(health: Health, held: readonly string[], signal: AbortSignal): Promise<Offer | null>
  /** Null for a stale fence. */
  alive(fence: string, signal: AbortSignal): Promise<{ cancel: boolean } | null>
  /** How long the file is now; null for a stale fence. */
  append(file: LogFile, bytes: Uint8Array, signal: AbortSignal): Promise<number | 'full' | null>
  /** False for a stale fence. */
  done(done: Done, signal: AbortSignal): Promise<boolean>
}

interface LogFile {
  readonly fence: string
  /** Null for artefacts. */
  readonly step: string | null
  readonly offset: number
}

/** `server` without a slash at its end. */
export function makeClient(server: string, token: string): Client {
  const post = (path: string, body: unknown, secondsMax: number, signal: AbortSignal) =>
    ask(`${server}/-/runner/${path}`, token, body, secondsMax, signal)
  return {
    async next(health, held, signal) {
      const answer = await post('next', { health, held }, limits.runnerAskSecondsMax, signal)
      return answer.status === 204 ? null : reachable(offerSchema.parse(await answer.json()), server)
    },
    async alive(fence, signal) {
      const answer = await post('alive', { fence }, limits.runnerAliveSecondsMax, signal)
      return answer.status === 409 ? null : keptSchema.parse(await answer.json())
    },
    async append({ fence, step, offset }, bytes, signal) {
      const query = new URLSearchParams({ fence, offset: String(offset), ...(step === null ? {} : { step }) })
      const answer = await post(`${step === null ? 'artefacts' : 'log'}?${query}`, bytes, 0, signal)
      if (answer.status === 409) return null
      return answer.status === 507 ? 'full' : sizeSchema.parse(await answer.json()).size
    },
    async done(done, signal) {
      return (await post('done', done, 0, signal)).status !== 409
    },
  }
}

const reachable = (offer: Offer, server: string): Offer => {
  const { repository } = offer.job
  if (!repository.startsWith(gitPath)) return offer
  return { ...offer, job: { ...offer.job, repository: `${server}${repository}` } }
}

/** `secondsMax` is how long the server may take on purpose. */
async function ask(
  url: string,
  token: string,
  body: unknown,
  secondsMax: number,
  signal: AbortSignal,
): Promise<Response> {
  const bytes = body instanceof Uint8Array
  const late = AbortSignal.timeout((secondsMax + limits.runnerAnswerSecondsMax) * 1_000)
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': bytes ? 'application/octet-stream' : 'application/json',
    },
    body: bytes ? new Uint8Array(body) : JSON.stringify(body),
    signal: AbortSignal.any([signal, late]),
  }).catch((error: Error) => {
    throw new AwayError(`Cannot reach ${url}: ${reasonOf(error)}`, { cause: error })
  })
  if (answer.ok || answer.status === 409 || answer.status === 507) return answer
  const said = `${url} says ${answer.status}: ${(await answer.text().catch(() => '')).slice(0, 300)}`
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new AwayError(said)
  throw new RefusedError(said, answer.status)
}

const reasonOf = (error: Error): string => (error.cause as Error | undefined)?.message || error.message

/** Asks again for as long as the server is away; throws when the signal comes, or the server refuses. */
export async function untilThere<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  onAway: (error: Error) => void = () => {},
): Promise<T> {
  for (let rest = againMillisecondsMin; ; rest = Math.min(2 * rest, againMillisecondsMax)) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AwayError) || signal.aborted) throw error
      onAway(error)
      await sleep(rest, undefined, { signal })
    }
  }
}

const againMillisecondsMin = 100
const againMillisecondsMax = 3_000
