// Work that keeps the processor or the database busy passes by few at once, so that everything else is answered in between.

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
}

export function makeGate({
  waitingMax,
  atOnceMax = 1,
  perClientMax = Number.POSITIVE_INFINITY,
}: GateOptions): Gate {
  const waiting: (() => void)[] = []
  const clients = new Map<string, number>()
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
    const now = (clients.get(client) ?? 0) + more
    if (now === 0) clients.delete(client)
    else clients.set(client, now)
  }
  return {
    pass: (work, client = null) => {
      if (busy >= atOnceMax && waiting.length >= waitingMax) return null
      if (client !== null && (clients.get(client) ?? 0) >= perClientMax) return null
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
