// Reads the unified diff in a mail's text, line by line, for showing it: every line of the mail ends up before, in or
// after the diff and none is lost, however broken it is. The lengths in the hunk heads say where a hunk ends, so a
// removed line that begins with `--` is not taken for a signature.

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
  const lines = text.split('\n')
  const start = lines.findIndex((_, index) => beginsFile(lines, index))
  if (start === -1) return { before: lines, files: [], after: [] }
  const reader = new Reader(lines, start)
  return { before: lines.slice(0, start), files: reader.files, after: reader.after }
}

interface OpenFile {
  path: string
  from: string | null
  remarks: string[]
  lines: DiffLine[]
  added: number
  removed: number
  /** Between `GIT binary patch` and the end of its data. */
  binary: boolean
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
    if (beginsFile(lines, index) && !(line.startsWith('--- ') && file?.lines.length === 0 && !file.binary))
      this.files.push(openFile(line, lines[index + 1]))
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
    } else if (line.startsWith('--- ')) file.from = pathOf(line.slice(4)) ?? file.from
    else if (line.startsWith('+++ ')) file.path = pathOf(line.slice(4)) ?? file.from ?? file.path
    else if (file.lines.length === 0 && line !== '') {
      if (!line.startsWith('index ')) file.remarks.push(line)
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

function beginsFile(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? ''
  if (line.startsWith('diff --git ')) return true
  return line.startsWith('--- ') && (lines[index + 1] ?? '').startsWith('+++ ')
}

function openFile(line: string, next: string | undefined): OpenFile {
  const named = line.startsWith('--- ')
  const from = named ? pathOf(line.slice(4)) : null
  // "diff --git a/x b/x": both names are the same length unless the file was renamed, and then `---` or
  // "rename to" corrects it.
  const rest = line.slice('diff --git '.length)
  const path = named ? (pathOf((next ?? '').slice(4)) ?? from) : pathOf(rest.slice((rest.length + 1) / 2))
  return { path: path ?? '(unnamed)', from, remarks: [], lines: [], added: 0, removed: 0, binary: false }
}

/** Without `a/` or `b/`, quotes and a time stamp; null for /dev/null. */
function pathOf(text: string): string | null {
  const path = (text.split('\t')[0] ?? '').replace(/^"|"$/g, '')
  return path === '/dev/null' || path === '' ? null : path.replace(/^[ab]\//, '')
}
