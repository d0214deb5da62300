// A runner: asks a server for builds, as many at once as it may, builds each, sends its log as it comes and at its end the
// result. It goes on through a server that is away, and stops working on what the server has given up.
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../base/limits.ts'
import type { Log } from '../base/log.ts'
import { type Client, RefusedError, untilThere } from './client.ts'
import type { Job } from './job.ts'
import { type LogPump, logPump } from './log-pump.ts'
import type { Result } from './result.ts'
import type { Listener } from './sandbox.ts'
import type { Health, Offer } from './wire.ts'

/** Builds it, here or wherever; whatever goes wrong is a result. */
export type Execute = (job: Job, listener: Listener, signal: AbortSignal) => Promise<Result>

export interface RunnerOptions {
  readonly client: Client
  readonly atOnce: number
  /** Asked each time. */
  readonly health: () => Health
  readonly execute: Execute
  readonly log: Pick<Log, 'info' | 'warn'>
}

/** Until the signal comes: then what runs is stopped and given back. Throws when the server does not let it in. */
export async function serveBuilds(options: RunnerOptions, stop: AbortSignal): Promise<void> {
  const { client, atOnce, health, log } = options
  const held = new Map<string, Promise<void>>()
  let away = false
  const onAway = (error: Error) => {
    if (!away) log.warn({ error }, 'The server is away; it is asked again')
    away = true
  }
  try {
    while (!stop.aborted) {
      if (held.size >= atOnce) {
        await Promise.race(held.values())
        continue
      }
      const offer = await untilThere(() => client.next(health(), [...held.keys()], stop), stop, onAway)
      away = false
      if (offer === null) continue
      const building = build(options, offer, stop).finally(() => held.delete(offer.fence))
      held.set(offer.fence, building)
    }
  } catch (error) {
    if (!stop.aborted) throw error
  } finally {
    await Promise.all(held.values())
  }
}

/** Never throws: what cannot be told to the server ends with its lease. */
async function build(
  { client, execute, log }: RunnerOptions,
  offer: Offer,
  stop: AbortSignal,
): Promise<void> {
  const { fence, number, attempt, job } = offer
  const build = { build: number, attempt }
  log.info(build, 'A build begins')
  const over = new AbortController()
  const cancel = new AbortController()
  let patience: NodeJS.Timeout | undefined
  const end = () => {
    cancel.abort()
    // A server that is away must not keep us.
    patience = setTimeout(() => over.abort(), limits.runnerEndSecondsMax * 1_000)
  }
  stop.addEventListener('abort', end)
  if (stop.aborted) end()
  const pump = logPump(client, fence, over.signal)
  const watching = watch(client, fence, cancel, over).catch(error => {
    if (error instanceof RefusedError) cancel.abort()
  })
  try {
    const result = await execute(job, listenerOf(pump), cancel.signal)
    const returned = stop.aborted && result.outcome === 'cancelled'
    const told = returned
      ? await giveBack(client, fence, over.signal)
      : await tell(client, fence, result, pump, over.signal)
    if (told) log.info({ ...build, outcome: result.outcome, seconds: result.seconds }, 'A build ended')
    else log.warn(build, 'A build was given up: the server has it no longer with us')
  } catch (error) {
    log.warn({ ...build, error }, 'The end of a build could not be told')
  } finally {
    stop.removeEventListener('abort', end)
    clearTimeout(patience)
    over.abort()
    await watching
  }
}

const listenerOf = (pump: LogPump): Listener => ({
  onOutput: (step, text) => pump.write(step, Buffer.from(text)),
  onArtefacts: chunk => pump.write(null, chunk),
})

/** Says that we are there, until it is over; ends what nobody wants any more. */
async function watch(
  client: Client,
  fence: string,
  cancel: AbortController,
  over: AbortController,
): Promise<void> {
  while (!over.signal.aborted) {
    const kept = await untilThere(() => client.alive(fence, over.signal), over.signal)
    if (kept === null) over.abort()
    if (kept === null || kept.cancel) cancel.abort()
    // A build that is being ended is kept alive until it is told.
    if (kept?.cancel) await sleep(limits.runnerAliveSecondsMax * 1_000, undefined, { signal: over.signal })
  }
}

/** The log first, so that whoever reads the result finds it. False for a stale fence. */
async function tell(
  client: Client,
  fence: string,
  result: Result,
  pump: LogPump,
  signal: AbortSignal,
): Promise<boolean> {
  const sent = await pump.end()
  if (sent === null) return false
  const told: Result = sent === 'full' ? { ...result, outcome: 'error', why: noRoom } : result
  return untilThere(() => client.done({ fence, result: told }, signal), signal)
}

const noRoom = 'The server has no room for the log'

const giveBack = (client: Client, fence: string, signal: AbortSignal): Promise<boolean> =>
  untilThere(() => client.done({ fence, returned: 'The runner was stopped' }, signal), signal)
