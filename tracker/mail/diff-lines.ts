// Reads the unified diff in a mail's text, line by line, for showing it: every line of the mail ends up before, in or
// after the diff and none is lost, however broken it is. The lengths in the hunk heads say where a hunk ends, so a
// removed line that begins with `--` is not taken for a signature. Facts and pages read it here, so that both name the
// same files.
import { withUnifiedDiffs } from './context-diff.ts'
import { diffPath } from './diff-path.ts'

export interface DiffLine {
  readonly kind: 'hunk' | 'context' | 'added' | 'removed' | 'note'
  /** In the file after the change; null for lines that are not in it. */
  readonly number: number | null
  /** In the file before the change. */
  readonly old: number | null
  readonly text: string
}

export interface DiffFile {
  readonly path: string
  /** The path before, when it differs. */
  readonly from: string | null
  /** What git says besides: mode, rename, binary. */
  readonly remarks: readonly string[]
  readonly lines: readonly DiffLine[]
  readonly added: number
  readonly removed: number
}

export interface DiffText {
  readonly before: readonly string[]
  readonly files: readonly DiffFile[]
  readonly after: readonly string[]
}

export function readDiff(text: string): DiffText {
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
  lines: DiffLine[]
  added: number
  removed: number
  /** Between `GIT binary patch` and the end of its data. */
  binary: boolean
}

function named({ head, remarks, lines, added, removed }: OpenFile): DiffFile {
  const { path, from } = diffPath(head)
  return { path: path || '(unnamed)', from, remarks, lines, added, removed }
}

class Reader {
  readonly files: OpenFile[] = []
  readonly after: string[] = []
  #old = 0
  #new = 0
  #number = 0
  #oldNumber = 0

  constructor(lines: readonly string[], start: number) {
    for (let index = start; index < lines.length; index++) this.#read(lines, index)
  }

  #read(lines: readonly string[], index: number): void {
    const line = lines[index] ?? ''
    const file = this.files.at(-1)
    if (file && this.#readHunkLine(file, line)) return
    this.#old = this.#new = 0
    if (beginsFile(lines, index) && !(file && goesOn(file, line))) this.files.push(openFile(line))
    else if (file) this.#readHead(file, line)
  }

  #readHunkLine(file: OpenFile, line: string): boolean {
    if (line.startsWith('\\') && file.lines.length > 0) return this.#push(file, 'note', null, null, line)
    if (this.#old <= 0 && this.#new <= 0) return false
    // Mail programs drop the blank of an empty context line.
    if (line === '' || line.startsWith(' ')) {
      this.#old--
      this.#new--
      return this.#push(file, 'context', this.#oldNumber++, this.#number++, line)
    }
    if (line.startsWith('+')) {
      this.#new--
      file.added++
      return this.#push(file, 'added', null, this.#number++, line)
    }
    if (!line.startsWith('-')) return false
    this.#old--
    file.removed++
    return this.#push(file, 'removed', this.#oldNumber++, null, line)
  }

  #readHead(file: OpenFile, line: string): void {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (hunk) {
      this.#oldNumber = Number(hunk[1])
      this.#old = Number(hunk[2] ?? 1)
      this.#number = Number(hunk[3])
      this.#new = Number(hunk[4] ?? 1)
      file.binary = false
      this.#push(file, 'hunk', null, null, line)
    } else if (line === '-- ' || this.after.length > 0) this.after.push(line)
    else if (file.binary) return
    else if (line === 'GIT binary patch') {
      file.binary = true
      file.remarks.push('binary')
    } else if (file.lines.length === 0 && line !== '') {
      file.head.push(line)
      if (!headLine.test(line)) file.remarks.push(line)
    } else if (line !== '') this.after.push(line)
  }

  #push(
    file: OpenFile,
    kind: DiffLine['kind'],
    old: number | null,
    number: number | null,
    text: string,
  ): true {
    file.lines.push({ kind, number, old, text })
    return true
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
function goesOn({ head, lines, binary }: OpenFile, line: string): boolean {
  if (lines.length > 0 || binary || line.startsWith('diff --')) return false
  const word = line.split(' ', 1)[0] ?? ''
  return !head.some(one => one.startsWith(`${word} `) || one.startsWith('--- '))
}

const openFile = (line: string): OpenFile => ({
  head: [line],
  remarks: [],
  lines: [],
  added: 0,
  removed: 0,
  binary: false,
})
