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

/** The parser knows one wording of a note, and none above the first line: it is not shown them. */
function hunkLines(hunk: readonly string[]): DiffLine[] {
  const counted = hunk.filter(line => !isNote(line))
  const changes = parseDiff(`--- a\n+++ b\n${counted.join('\n')}`)[0]?.chunks[0]?.changes ?? []
  let next = 0
  return hunk.map((text, at): DiffLine => {
    const change = at === 0 || isNote(text) ? undefined : changes[next++]
    switch (change?.type) {
      case 'normal':
        return { kind: 'context', number: change.ln2, old: change.ln1, text }
      case 'add':
        return { kind: 'added', number: change.ln, old: null, text }
      case 'del':
        return { kind: 'removed', number: null, old: change.ln, text }
      default:
        return { kind: at === 0 ? 'hunk' : 'note', number: null, old: null, text }
    }
  })
}

const isNote = (line: string) => kindOf(line) === 'note'
