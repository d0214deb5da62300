// The words around the lines of a mail that have an effect. A client that quotes without marks, and without a block that
// says so, repeats them with the line: so the fold knows an original by what stands around it (tracker/topic/echo.ts).

export interface Surroundings {
  /** The line as tag, notice or withdrawal has it. */
  readonly line: string
  /** The words right before it, at most `wordsMax`, in small letters; the nearest last. */
  readonly before: string
  readonly after: string
}

/** `lines`: what is said; `effects`: the lines that have an effect, each perhaps the beginning of a sentence. */
export function surroundingsOf(lines: readonly string[], effects: readonly string[]): Surroundings[] {
  return [...new Set(effects)].slice(0, linesMax).flatMap(line => {
    const start = plain(line).slice(0, 60)
    const at = start === '' ? -1 : lines.findIndex(one => startsAs(plain(one.slice(0, 400)), start))
    if (at < 0) return []
    const before = wordsOf(lines.slice(Math.max(0, at - reach), at)).slice(-wordsMax)
    const after = wordsOf(lines.slice(at + 1, at + 1 + reach)).slice(0, wordsMax)
    return [{ line, before: before.join(' '), after: after.join(' ') }]
  })
}

const startsAs = (line: string, start: string) =>
  line !== '' && (line.startsWith(start) || start.startsWith(line))

const linesMax = 20
/** Lines above and below in which the words are looked for. */
const reach = 8
const wordsMax = 8

const plain = (line: string) => line.replace(/\s+/g, ' ').trim().toLowerCase()

/** Wrapped otherwise they are the same words. */
const wordsOf = (lines: readonly string[]): string[] =>
  lines.flatMap(
    line =>
      line
        .slice(0, 400)
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [],
  )
