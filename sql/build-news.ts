// Wakes who waits for a change of any build (the trigger of 0006), so that nobody has to ask again and again. While the
// database is away it wakes nobody: who waits looks by itself from time to time, too.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface BuildNews {
  /** How much changed so far, to be read before one looks. */
  count(): number
  /** Resolves when more changed than `seen`, or after some time. */
  after(seen: number, milliseconds: number, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Holds a connection of its own, and opens another when that breaks. */
export function listenForBuilds(url: string): BuildNews {
  const stop = new AbortController()
  let count = 0
  const waiting = new Set<() => void>()
  const tell = () => {
    count++
    for (const wake of [...waiting]) wake()
  }
  const running = keepListening(url, tell, stop.signal)
  return {
    count: () => count,
    async after(seen, milliseconds, signal) {
      if (count > seen || signal?.aborted || stop.signal.aborted) return
      await new Promise<void>(resolve => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        waiting.add(wake)
        signal?.addEventListener('abort', wake)
      })
    },
    async close() {
      stop.abort()
      tell()
      await running
    },
  }
}

async function keepListening(url: string, tell: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await listen(url, tell, signal).catch(() => {})
    await sleep(againMilliseconds, undefined, { signal }).catch(() => {})
  }
}

/** Between two attempts to connect. */
const againMilliseconds = 1_000

/** Resolves when the connection ends. */
async function listen(url: string, tell: () => void, signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'threadwork', keepAlive: true })
  const ended = new Promise<void>(resolve => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    await client.connect()
    client.on('notification', tell)
    await client.query('listen build')
    // What changed while nobody listened.
    tell()
    await ended
  } finally {
    await client.end().catch(() => {})
  }
}
