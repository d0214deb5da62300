// The unified diff in a mail's text for whom needs the numbers of its lines: the page of a patch, comments, comparisons.
// diff-files.ts says where each hunk ends; parse-diff reads the lines of one, and counts them on both sides.
import parseDiff from 'parse-diff'
import { type CutFile, cutDiff, kindOf } from './diff-files.ts'

export interface DiffLine {
  readonly kind: 'hunk' | 'context' | 'added' | 'removed' | 'note'
  /** In the file after the change; null for lines that are not in it. */
  readonly number: number | null
  /** In the file before the change. */
  readonly old: number | null
  readonly text: string
}

export interface DiffFile extends Omit<CutFile, 'hunks'> {
  readonly lines: readonly DiffLine[]
}

export interface DiffText {
  readonly before: readonly string[]
  readonly files: readonly DiffFile[]
  readonly after: readonly string[]
}

export function readDiff(text: string): DiffText {
  const { before, files, after } = cutDiff(text)
  const read = files.map(({ hunks, ...file }) => ({ ...file, lines: hunks.flatMap(hunkLines) }))
  return { before, files: read, after }
}

function hunkLines(lines: readonly string[]): DiffLine[] {
  const hunk = new Hunk(lines)
  return lines.map((text, at) => new HunkLine(hunk, at, text))
}

/** Comments and comparisons ask for no numbers, and parsing a hunk costs five times what cutting it does. */
class Hunk {
  readonly #lines: readonly string[]
  #numbers: readonly Numbers[] | undefined

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  numbersAt(at: number): Numbers {
    this.#numbers ??= numbersIn(this.#lines)
    return this.#numbers[at] ?? none
  }
}

class HunkLine implements DiffLine {
  readonly kind: DiffLine['kind']
  readonly text: string
  readonly #hunk: Hunk
  readonly #at: number

  constructor(hunk: Hunk, at: number, text: string) {
    this.kind = at === 0 ? 'hunk' : kindOf(text)
    this.text = text
    this.#hunk = hunk
    this.#at = at
  }

  get number(): number | null {
    return this.#hunk.numbersAt(this.#at).number
  }

  get old(): number | null {
    return this.#hunk.numbersAt(this.#at).old
  }
}

type Numbers = Pick<DiffLine, 'number' | 'old'>
const none: Numbers = { number: null, old: null }

/** Of each line of a hunk. The parser knows one wording of a note, and none above the first line: it is not shown them. */
function numbersIn(hunk: readonly string[]): Numbers[] {
  const counted = hunk.filter(line => !isNote(line))
  const changes = parseDiff(`--- a\n+++ b\n${counted.join('\n')}`)[0]?.chunks[0]?.changes ?? []
  let next = 0
  return hunk.map((text, at): Numbers => {
    const change = at === 0 || isNote(text) ? undefined : changes[next++]
    if (change?.type === 'normal') return { number: change.ln2, old: change.ln1 }
    if (change?.type === 'add') return { number: change.ln, old: null }
    return change ? { number: null, old: change.ln } : none
  })
}

const isNote = (line: string) => kindOf(line) === 'note'
