// The numbers of patches, as a sentence names them: "patch 2", "patches 2, 4 and 6 to 9".
import { listed } from './listed.ts'

export function patchNumbers(numbers: readonly number[]): string {
  return numbers.length === 1 ? `patch ${numbers[0]}` : `patches ${numberRuns(numbers)}`
}

/** "2 and 3", "2, 4 and 6 to 9"; no more than six of them. */
export function numberRuns(numbers: readonly number[]): string {
  const runs: (readonly [number, number])[] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const [from, to] = runs.at(-1) ?? [0, 0]
    if (runs.length > 0 && to === number - 1) runs[runs.length - 1] = [from, number]
    else runs.push([number, number])
  }
  const words = runs.flatMap(([from, to]) =>
    to - from > 1 ? [`${from} to ${to}`] : to > from ? [`${from}`, `${to}`] : [`${from}`],
  )
  return listed(words.length > 6 ? [...words.slice(0, 6), 'more'] : words)
}
