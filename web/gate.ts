// Work that keeps the processor or the database busy passes by few at once, so that everything else is answered in between. Who asks
// for much makes room for who asks for little: it is counted by neighbourhoods, which may be one hand with many addresses.
import { neighbourhoodOf } from '../base/client-address.ts'

export interface Gate {
  /** Does the work when its turn comes; `full` when too much waits already, or too much of this client's. Null is a client of this machine, who may hold every place. */
  pass<T>(work: () => Promise<T>, full: () => Promise<T>, client?: string | null): Promise<T>
}

export interface GateOptions {
  readonly waitingMax: number
  /** One where it is not given: the processor is one. */
  readonly atOnceMax?: number
  /** Of one client, what passes and what waits. */
  readonly perClientMax?: number
  /** Of all clients of one neighbourhood: the others have the rest. */
  readonly perNeighbourhoodMax?: number
}

interface Waiting {
  readonly neighbourhood: string
  readonly go: () => void
  /** Its place goes to another one. */
  readonly giveWay: () => void
}

export function makeGate({
  waitingMax,
  atOnceMax = 1,
  perClientMax = Number.POSITIVE_INFINITY,
  perNeighbourhoodMax = Number.POSITIVE_INFINITY,
}: GateOptions): Gate {
  const waiting: Waiting[] = []
  /** What passes and what waits, of a client and of a neighbourhood; and what passes. */
  const [clients, held, passing] = [makeCounts(), makeCounts(), makeCounts()]
  let busy = 0
  const take = (one: Waiting) => waiting.splice(waiting.indexOf(one), 1)
  /** The next is of the neighbourhood that has the fewest passing; the first to come of those. */
  const next = () => {
    busy -= 1
    const few = least(waiting, ({ neighbourhood }) => passing.of(neighbourhood))
    if (few === undefined) return
    take(few)
    few.go()
  }
  /** The last to wait of the neighbourhood that holds the most goes, when it holds more than the new one will. */
  const hasRoom = (neighbourhood: string): boolean => {
    if (busy < atOnceMax || waiting.length < waitingMax) return true
    const most = least(waiting.toReversed(), one => -held.of(one.neighbourhood))
    if (most === undefined || held.of(most.neighbourhood) <= held.of(neighbourhood) + 1) return false
    take(most)
    most.giveWay()
    return true
  }
  const hasEnough = (client: string | null, neighbourhood: string) =>
    client !== null && (clients.of(client) >= perClientMax || held.of(neighbourhood) >= perNeighbourhoodMax)
  const turn = (neighbourhood: string, giveWay: () => void): Promise<boolean> =>
    new Promise(resolve => {
      const go = () => {
        busy += 1
        passing.add(neighbourhood, 1)
        resolve(true)
      }
      const away = () => {
        giveWay()
        resolve(false)
      }
      if (busy < atOnceMax) go()
      else waiting.push({ neighbourhood, go, giveWay: away })
    })
  return {
    pass: async (work, full, client = null) => {
      const neighbourhood = client === null ? '' : neighbourhoodOf(client)
      if (hasEnough(client, neighbourhood) || !hasRoom(neighbourhood)) return full()
      const count = (more: number) => {
        clients.add(client ?? '', more)
        held.add(neighbourhood, more)
      }
      count(1)
      if (!(await turn(neighbourhood, () => count(-1)))) return full()
      try {
        return await work()
      } finally {
        count(-1)
        passing.add(neighbourhood, -1)
        // What came meanwhile goes first.
        setImmediate(next)
      }
    },
  }
}

interface Counts {
  of(key: string): number
  add(key: string, more: number): void
}

function makeCounts(): Counts {
  const counts = new Map<string, number>()
  const of = (key: string) => counts.get(key) ?? 0
  return {
    of,
    add: (key, more) => {
      const now = of(key) + more
      if (now === 0) counts.delete(key)
      else counts.set(key, now)
    },
  }
}

/** The first of those for which the number is the smallest. */
function least<T>(items: readonly T[], numberOf: (item: T) => number): T | undefined {
  let found: T | undefined
  for (const item of items) if (found === undefined || numberOf(item) < numberOf(found)) found = item
  return found
}
