// Work that keeps the processor or the database busy passes by few at once, so that everything else is answered in between.
import { neighbourhoodOf } from '../base/client-address.ts'

export interface Gate {
  /** Does the work when its turn comes; null when too much waits already, or too much of this client's. Null is a client that is not counted. */
  pass<T>(work: () => Promise<T>, client?: string | null): Promise<T> | null
}

export interface GateOptions {
  readonly waitingMax: number
  /** One where it is not given: the processor is one. */
  readonly atOnceMax?: number
  /** Of one client, what passes and what waits. */
  readonly perClientMax?: number
  /** Of all clients of one neighbourhood, which may be one hand: the others have the rest. */
  readonly perNeighbourhoodMax?: number
}

export function makeGate({
  waitingMax,
  atOnceMax = 1,
  perClientMax = Number.POSITIVE_INFINITY,
  perNeighbourhoodMax = Number.POSITIVE_INFINITY,
}: GateOptions): Gate {
  const waiting: (() => void)[] = []
  const clients = new Map<string, number>()
  const neighbourhoods = new Map<string, number>()
  let busy = 0
  const next = () => {
    const start = waiting.shift()
    if (start === undefined) busy -= 1
    else start()
  }
  const turn = () => {
    if (busy >= atOnceMax) return new Promise<void>(resolve => waiting.push(resolve))
    busy += 1
    return Promise.resolve()
  }
  const count = (client: string | null, more: number) => {
    if (client === null) return
    add(clients, client, more)
    add(neighbourhoods, neighbourhoodOf(client), more)
  }
  const hasEnough = (client: string) =>
    (clients.get(client) ?? 0) >= perClientMax ||
    (neighbourhoods.get(neighbourhoodOf(client)) ?? 0) >= perNeighbourhoodMax
  return {
    pass: (work, client = null) => {
      if (busy >= atOnceMax && waiting.length >= waitingMax) return null
      if (client !== null && hasEnough(client)) return null
      count(client, 1)
      return turn()
        .then(work)
        .finally(() => {
          count(client, -1)
          // What came meanwhile goes first.
          setImmediate(next)
        })
    },
  }
}

function add(counts: Map<string, number>, key: string, more: number): void {
  const now = (counts.get(key) ?? 0) + more
  if (now === 0) counts.delete(key)
  else counts.set(key, now)
}
