// Two runs of lines and how one becomes the other: Myers' shortest edit script (An O(ND) Difference Algorithm, 1986),
// within bounds, because both texts are a stranger's.
import { limits } from '../../base/limits.ts'

export type LineStep =
  | { readonly kind: 'same'; readonly was: number; readonly now: number }
  | { readonly kind: 'was'; readonly was: number }
  | { readonly kind: 'now'; readonly now: number }

/** In order; where lines are replaced the old ones come first. Beyond `lineEditsMax` what is left is all replaced. */
export function lineDiff(was: readonly string[], now: readonly string[]): LineStep[] {
  let start = 0
  while (start < was.length && start < now.length && was[start] === now[start]) start++
  let tail = 0
  const most = Math.min(was.length, now.length) - start
  while (tail < most && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const middle = edits(was.slice(start, was.length - tail), now.slice(start, now.length - tail))
  return [
    ...range(start).map(at => same(at, at)),
    ...middle.map(step => moved(step, start)),
    ...range(tail).map(at => same(was.length - tail + at, now.length - tail + at)),
  ]
}

const range = (length: number) => Array.from({ length }, (_, at) => at)
const same = (was: number, now: number): LineStep => ({ kind: 'same', was, now })

function moved(step: LineStep, by: number): LineStep {
  switch (step.kind) {
    case 'same':
      return same(step.was + by, step.now + by)
    case 'was':
      return { kind: 'was', was: step.was + by }
    case 'now':
      return { kind: 'now', now: step.now + by }
    default:
      return step satisfies never
  }
}

function edits(was: readonly string[], now: readonly string[]): LineStep[] {
  const trace = furthestPaths(was, now)
  return trace === null
    ? [
        ...was.map((_, at): LineStep => ({ kind: 'was', was: at })),
        ...now.map((_, at): LineStep => ({ kind: 'now', now: at })),
      ]
    : walkBack(trace, was.length, now.length)
}

/** For each number of edits how far each diagonal reaches; null when more edits are needed than allowed. */
function furthestPaths(was: readonly string[], now: readonly string[]): Int32Array[] | null {
  const most = Math.min(was.length + now.length, limits.lineEditsMax)
  const reach = new Int32Array(2 * most + 3)
  const at = most + 1
  const trace: Int32Array[] = []
  for (let count = 0; count <= most; count++) {
    trace.push(reach.slice(at - count - 1, at + count + 2))
    for (let line = -count; line <= count; line += 2) {
      const down =
        line === -count || (line !== count && value(reach, at + line - 1) < value(reach, at + line + 1))
      let x = down ? value(reach, at + line + 1) : value(reach, at + line - 1) + 1
      while (x < was.length && x - line < now.length && was[x] === now[x - line]) x++
      reach[at + line] = x
      if (x >= was.length && x - line >= now.length) return trace
    }
  }
  return null
}

const value = (numbers: Int32Array, at: number) => numbers[at] ?? 0

/** From the end to the beginning along the paths that reached furthest. */
function walkBack(trace: readonly Int32Array[], wasLength: number, nowLength: number): LineStep[] {
  const steps: LineStep[] = []
  let x = wasLength
  let y = nowLength
  for (let count = trace.length - 1; count >= 0; count--) {
    const reach = trace[count] ?? new Int32Array()
    // `trace[count]` begins at diagonal -count - 1.
    const reached = (line: number) => value(reach, line + count + 1)
    const line = x - y
    const down = line === -count || (line !== count && reached(line - 1) < reached(line + 1))
    const before = down ? line + 1 : line - 1
    const fromX = count === 0 ? 0 : reached(before)
    const fromY = count === 0 ? 0 : fromX - before
    while (x > fromX && y > fromY) steps.push(same(--x, --y))
    if (count === 0) break
    if (down) steps.push({ kind: 'now', now: --y })
    else steps.push({ kind: 'was', was: --x })
  }
  return steps.reverse()
}
