// Arrivals -> connected components by the edges of edges.ts and likeness.ts: union-find over shared keys, then the
// pairs that the hint keys bring together. The projector does the same against its tables, one batch at a time.
import { limits } from '../../base/limits.ts'
import { edgeKeys, nearEdgeKeys } from './edges.ts'
import { alike, hintKeys, type Sketch, sketchOf } from './likeness.ts'
import type { Arrival } from './unit.ts'

/** Mails that are folded together. */
export interface Component {
  readonly arrivals: readonly Arrival[]
  /** It was cut: above `clusterMailsMax` mails the weakest edges are dropped until the parts fit. */
  readonly large: boolean
}

export function componentsOf(arrivals: readonly Arrival[]): Component[] {
  return connected(arrivals, 'all').flatMap((part): Component[] =>
    part.length <= limits.clusterMailsMax
      ? [{ arrivals: part, large: false }]
      : cut(part).map(arrivals => ({ arrivals, large: true })),
  )
}

/** References beyond the parent go first, then likeness of patches; what is larger still stays whole. */
function cut(arrivals: readonly Arrival[]): (readonly Arrival[])[] {
  const byParents = connected(arrivals, 'parents')
  return byParents.flatMap(part =>
    part.length <= limits.clusterMailsMax ? [part] : connected(part, 'parents without likeness'),
  )
}

type Edges = 'all' | 'parents' | 'parents without likeness'

function connected(arrivals: readonly Arrival[], edges: Edges): (readonly Arrival[])[] {
  if (hangTogether(arrivals)) return [arrivals]
  const sets = new DisjointSets(arrivals.length)
  const firstWith = new Map<string, number>()
  arrivals.forEach(({ facts }, index) => {
    for (const key of edges === 'all' ? edgeKeys(facts) : nearEdgeKeys(facts)) {
      const first = firstWith.get(key)
      if (first === undefined) firstWith.set(key, index)
      else sets.join(first, index)
    }
  })
  if (edges !== 'parents without likeness') joinAlike(arrivals, sets)
  return [...Map.groupBy(arrivals.keys(), index => sets.find(index)).values()].map(indexes =>
    indexes.flatMap(index => arrivals[index] ?? []),
  )
}

/** Do answers alone make it one part? A large thread is asked again with each mail, and nearly always it does. */
function hangTogether(arrivals: readonly Arrival[]): boolean {
  const sets = new DisjointSets(arrivals.length)
  const firstOf = new Map<string, number>()
  let parts = arrivals.length
  const join = (a: number, b: number | undefined) => {
    if (b !== undefined && sets.join(a, b)) parts -= 1
  }
  arrivals.forEach(({ facts: { messageId } }, index) => {
    const first = firstOf.get(messageId)
    if (first === undefined) firstOf.set(messageId, index)
    else join(index, first)
  })
  arrivals.forEach(({ facts: { references } }, index) => {
    if (references[0] !== undefined) join(index, firstOf.get(references[0]))
  })
  return parts <= 1
}

function joinAlike(arrivals: readonly Arrival[], sets: DisjointSets): void {
  const seen = new Map<string, { index: number; sketch: Sketch }[]>()
  arrivals.forEach(({ facts }, index) => {
    const sketch = sketchOf(facts)
    if (!sketch) return
    for (const key of hintKeys(sketch)) {
      const others = seen.get(key) ?? []
      for (const other of others)
        if (sets.find(other.index) !== sets.find(index) && alike(other.sketch, sketch))
          sets.join(other.index, index)
      others.push({ index, sketch })
      seen.set(key, others)
    }
  })
}

/** Union-find with path halving. */
export class DisjointSets {
  readonly #parent: number[]

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, i) => i)
  }

  find(item: number): number {
    let at = item
    for (;;) {
      const up = this.#parent[at] ?? at
      if (up === at) return at
      const above = this.#parent[up] ?? up
      this.#parent[at] = above
      at = above
    }
  }

  /** Answers whether they were apart. */
  join(a: number, b: number): boolean {
    const x = this.find(a)
    const y = this.find(b)
    this.#parent[Math.max(x, y)] = Math.min(x, y)
    return x !== y
  }
}
