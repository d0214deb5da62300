// Cuts the unified diff in a mail's text into its files and their hunks: every line of the mail ends up before, in or
// after the diff and none is lost, however broken it is. The lengths in the hunk heads say where a hunk ends, so a
// removed line that begins with `--` is not taken for a signature. Facts (diff.ts) and pages begin here, so that both know
// the same files by the same names.
import { withUnifiedDiffs } from './context-diff.ts'
import { diffPath } from './diff-path.ts'

export interface CutFile {
  readonly path: string
  /** The path before, when it differs. */
  readonly from: string | null
  /** What git says besides: mode, rename, binary. */
  readonly remarks: readonly string[]
  /** The lines of each, its head first: those below it begin with a blank, `+`, `-` or a backslash, or are empty. */
  readonly hunks: readonly (readonly string[])[]
  readonly added: number
  readonly removed: number
}

/** What a line of a hunk is; not of its head, which is the first. */
export function kindOf(line: string): 'context' | 'added' | 'removed' | 'note' {
  switch (line[0]) {
    case '+':
      return 'added'
    case '-':
      return 'removed'
    // `\ No newline at end of file`, in any language.
    case '\\':
      return 'note'
    default:
      return 'context'
  }
}

interface CutDiff {
  readonly before: readonly string[]
  readonly files: readonly CutFile[]
  readonly after: readonly string[]
}

export function cutDiff(text: string): CutDiff {
  const lines = withUnifiedDiffs(text.split('\n'))
  const start = lines.findIndex((_, index) => beginsFile(lines, index))
  if (start === -1) return { before: lines, files: [], after: [] }
  const reader = new Reader(lines, start)
  return { before: lines.slice(0, start), files: reader.files.map(named), after: reader.after }
}

interface OpenFile {
  /** What stands above its first hunk. */
  head: string[]
  remarks: string[]
  hunks: string[][]
  added: number
  removed: number
  /** Between `GIT binary patch` and the end of its data. */
  binary: boolean
}

function named({ head, remarks, hunks, added, removed }: OpenFile): CutFile {
  const { path, from } = diffPath(head)
  return { path: path || '(unnamed)', from, remarks, hunks, added, removed }
}

class Reader {
  readonly files: OpenFile[] = []
  readonly after: string[] = []
  /** Lines of the hunk that are still to come, on either side. */
  #old = 0
  #new = 0

  constructor(lines: readonly string[], start: number) {
    for (let index = start; index < lines.length; index++) this.#read(lines, index)
  }

  #read(lines: readonly string[], index: number): void {
    const line = lines[index] ?? ''
    const file = this.files.at(-1)
    if (file && this.#isInHunk(file, line)) {
      file.hunks.at(-1)?.push(line)
      return
    }
    this.#old = this.#new = 0
    if (beginsFile(lines, index) && !(file && goesOn(file, line))) this.files.push(openFile(line))
    else if (file) this.#readHead(file, line)
  }

  /** Counts the line when it is. */
  #isInHunk(file: OpenFile, line: string): boolean {
    const sign = line[0]
    if (sign === '\\') return file.hunks.length > 0
    if (this.#old <= 0 && this.#new <= 0) return false
    if (sign === '+') file.added++
    else if (sign === '-') file.removed++
    // Mail programs drop the blank of an empty context line.
    else if (sign !== ' ' && sign !== undefined) return false
    if (sign !== '+') this.#old--
    if (sign !== '-') this.#new--
    return true
  }

  #readHead(file: OpenFile, line: string): void {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line)
    if (hunk) {
      this.#old = Number(hunk[1] ?? 1)
      this.#new = Number(hunk[2] ?? 1)
      file.binary = false
      file.hunks.push([line])
    } else if (line === '-- ' || this.after.length > 0) this.after.push(line)
    else if (file.binary) return
    else if (line === 'GIT binary patch') {
      file.binary = true
      file.remarks.push('binary')
    } else if (file.hunks.length === 0 && line !== '') {
      file.head.push(line)
      if (!headLine.test(line)) file.remarks.push(line)
    } else if (line !== '') this.after.push(line)
  }
}

/** What tells the names of a file and no more. */
const headLine = /^(?:--- |\+\+\+ |index |Index: |diff |={20}|RCS file: |retrieving revision )/

function beginsFile(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? ''
  if (/^diff --(?:git|cc|combined) /.test(line)) return true
  if (line.startsWith('--- ')) return (lines[index + 1] ?? '').startsWith('+++ ')
  if (!/^(?:Index: |diff -)\S/.test(line)) return false
  const below = lines.slice(index + 1, index + 7)
  return below.some((one, at) => one.startsWith('--- ') && (below[at + 1] ?? '+++ ').startsWith('+++ '))
}

/** The head of a file that is open: `Index: x`, then `diff -u x`, then `--- x`. */
function goesOn({ head, hunks, binary }: OpenFile, line: string): boolean {
  if (hunks.length > 0 || binary || line.startsWith('diff --')) return false
  const word = line.split(' ', 1)[0] ?? ''
  return !head.some(one => one.startsWith(`${word} `) || one.startsWith('--- '))
}

const openFile = (line: string): OpenFile => ({
  head: [line],
  remarks: [],
  hunks: [],
  added: 0,
  removed: 0,
  binary: false,
})
