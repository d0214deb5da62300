// Work that keeps the processor busy passes one by one, so that everything else is answered in between.

export interface Gate {
  /** Does the work when its turn comes; null when too much waits already. */
  pass<T>(work: () => Promise<T>): Promise<T> | null
}

export function makeGate(waitingMax: number): Gate {
  const waiting: (() => void)[] = []
  let busy = false
  const next = () => {
    const start = waiting.shift()
    if (start === undefined) busy = false
    else start()
  }
  const turn = () => {
    if (busy) return new Promise<void>(resolve => waiting.push(resolve))
    busy = true
    return Promise.resolve()
  }
  return {
    pass: work => {
      if (busy && waiting.length >= waitingMax) return null
      // What came meanwhile goes first.
      return turn()
        .then(work)
        .finally(() => setImmediate(next))
    },
  }
}
