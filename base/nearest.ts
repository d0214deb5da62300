/**
 * The candidate that a mistyped word most likely meant: at most a third of its letters differ (by insertion,
 * deletion, exchange of one letter or of two neighbours), or `differences` where given. Null when nothing is that near.
 */
export function nearest(word: string, candidates: readonly string[], differences?: number): string | null {
  let best: { candidate: string; distance: number } | null = null
  for (const candidate of candidates) {
    const allowed = differences ?? Math.max(1, Math.floor(candidate.length / 3))
    if (Math.abs(word.length - candidate.length) > allowed) continue
    const distance = editDistance(word.slice(0, 64).toLowerCase(), candidate.toLowerCase())
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate ?? null
}

/** Optimal string alignment, row by row. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const at = (line: number[], index: number): number => line[index] ?? 0
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      let least = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + same)
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) least = Math.min(least, at(before, column - 2) + 1)
      current.push(least)
    }
    before = above
    above = current
  }
  return above[b.length] ?? 0
}
