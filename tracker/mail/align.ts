// Quoted lines found again in the text they were quoted from. People trim quotes, mail programs wrap them, eat blanks
// and add marks; so lines are compared without white space, the longest stretch that fits wins, and after a first
// find the next one is looked for behind it, as people answer from top to bottom.
import { limits } from '../../base/limits.ts'

/** For each quoted line the index of its source line, or null. Blank and unknown lines have none. */
export function alignQuotes(source: readonly string[], quotes: readonly string[]): (number | null)[] {
  return new Aligner(sourceOf(source), quotes.slice(0, limits.quotedLinesMax)).align(quotes.length)
}

/** Prepared once: every answer to a mail, and many a remark in it, looks for its quote there. */
function sourceOf(lines: readonly string[]): Source {
  const source = sources.get(lines) ?? new Source(lines)
  sources.set(lines, source)
  return source
}

const sources = new WeakMap<readonly string[], Source>()

/** What is quoted, without white space. */
class Source {
  readonly keys: readonly string[]
  /** The lines with this key. */
  readonly places: ReadonlyMap<string, readonly number[]>
  /** All keys in a row, and where each line begins there. */
  readonly text: string
  readonly starts: readonly number[]

  constructor(lines: readonly string[]) {
    this.keys = lines.slice(0, limits.quotedLinesMax).map(keyOf)
    const places = new Map<string, number[]>()
    const starts: number[] = []
    let length = 0
    this.keys.forEach((key, at) => {
      starts.push(length)
      length += key.length
      if (key === '') return
      const known = places.get(key)
      if (known) known.push(at)
      else places.set(key, [at])
    })
    this.places = places
    this.starts = starts
    this.text = this.keys.join('')
  }
}

interface Stretch {
  /** Pairs of quoted line and source line. */
  readonly pairs: readonly (readonly [number, number])[]
  /** Behind the last quoted line. */
  readonly end: number
  readonly weight: number
}

class Aligner {
  readonly #source: Source
  readonly #quotes: readonly string[]
  /** Behind the last find. */
  #cursor = 0
  #found = false
  #searches = 0

  constructor(source: Source, quotes: readonly string[]) {
    this.#source = source
    this.#quotes = quotes.map(keyOf)
  }

  align(length: number): (number | null)[] {
    const found = new Array<number | null>(length).fill(null)
    for (let at = 0; at < this.#quotes.length; ) {
      const stretch = this.#quotes[at] === '' ? null : this.#longest(at)
      const pairs = stretch?.pairs ?? this.#within(at)
      for (const [quoted, line] of pairs) found[quoted] = line
      const last = pairs.at(-1)
      if (last) {
        this.#cursor = last[1] + 1
        this.#found = true
      }
      at = Math.max(stretch?.end ?? 0, at + 1)
    }
    return found
  }

  /** The heaviest stretch from this quoted line on; of equal ones the next one. Without pairs when nobody can tell. */
  #longest(at: number): Stretch | null {
    let best: Stretch | null = null
    let equal = false
    for (const place of this.#candidates(this.#quotes[at] ?? '')) {
      const stretch = this.#stretch(at, place)
      if (stretch.weight < strongWeight && !this.#isNext(place)) continue
      if (best === null || stretch.weight > best.weight) {
        best = stretch
        equal = false
      } else if (stretch.weight === best.weight) equal = true
    }
    return best && equal && !this.#found ? { ...best, pairs: [] } : best
  }

  /** Those behind the last find come first, so that of equal ones they win. */
  #candidates(key: string): readonly number[] {
    const places = this.#source.places.get(key) ?? []
    if (places.length === 1) return places
    const found = places.findIndex(place => place >= this.#cursor)
    const ahead = found === -1 ? places.length : found
    return [
      ...places.slice(ahead, ahead + limits.quotePlacesMax),
      ...places.slice(0, Math.min(ahead, limits.quotePlacesMax)),
    ]
  }

  #isNext(place: number): boolean {
    return this.#found && place >= this.#cursor && place - this.#cursor < nextLines
  }

  #stretch(from: number, place: number): Stretch {
    const pairs: [number, number][] = []
    let quoted = from
    let line = place
    let weight = 0
    while (quoted < this.#quotes.length && line < this.#source.keys.length) {
      const key = this.#quotes[quoted] ?? ''
      if (key === '') quoted++
      else if (this.#source.keys[line] === '') line++
      else if (this.#source.keys[line] === key) {
        pairs.push([quoted++, line++])
        weight += Math.min(weightOf(key), lineWeightMax)
      } else break
    }
    return { pairs, end: quoted, weight }
  }

  /** A piece of a line or a line that was wrapped otherwise: sought in the text without its line ends. */
  #within(at: number): [number, number][] {
    const key = (this.#quotes[at] ?? '').replace(/(?:\[?(?:\.{3}|…)\]?)$/, '')
    if (weightOf(key) < 3 || this.#searches >= limits.quoteSearchesMax) return []
    this.#searches++
    const start = this.#source.starts[this.#cursor] ?? 0
    let place = this.#source.text.indexOf(key, start)
    const near = place !== -1 && this.#isNext(this.#lineAt(place))
    if (!near) {
      if (weightOf(key) < pieceWeight) return []
      if (place === -1) place = this.#source.text.indexOf(key)
      if (place === -1) return []
      if (!this.#found && this.#source.text.includes(key, place + 1)) return []
    }
    return [[at, this.#lineAt(place + key.length - 1)]]
  }

  /** The line that holds this place of the joined text; by halving. */
  #lineAt(place: number): number {
    let low = 0
    let high = this.#source.starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#source.starts[middle] ?? 0) <= place) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** Without white space; what git adds between files says nothing about a place. */
function keyOf(line: string): string {
  const key = line.slice(0, limits.quotedLineCharactersMax).replace(/\s+/g, '')
  return /^index[0-9a-f]{7,64}\.\.[0-9a-f]{7,64}\d{0,6}$/.test(key) ? '' : key
}

/** Letters and digits: `}` and `*\/` are everywhere. */
const weightOf = (key: string) => key.replace(/[^\p{L}\p{N}]+/gu, '').length

/** A longer line does not outweigh three shorter ones. */
const lineWeightMax = 12
/** Lighter stretches are only taken right behind the last find. */
const strongWeight = 4
/** A piece of a line must say this much to be found anywhere. */
const pieceWeight = 10
/** "Right behind": people leave out a few lines. */
const nextLines = 12
