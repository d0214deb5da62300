// A diff's text -> the files it touches. parse-diff reads the diff (its input is cut by hunk counts first, see
// diff-text.ts); what it leaves open, quoted names and binary files, is done here.
import parseDiff from 'parse-diff'
import { limits } from '../../base/limits.ts'
import type { TouchedFile } from './facts.ts'

/** At most `diffFilesMax` files, in the order of the diff; a file listed twice is one. */
export function touchedFiles(diff: string): TouchedFile[] {
  if (diff === '') return []
  const binary = binaryNames(diff)
  const byPath = new Map<string, TouchedFile>()
  for (const file of parseDiff(diff).slice(0, limits.diffFilesMax)) {
    const touched = touchedFile(file, binary)
    const earlier = byPath.get(touched.path)
    byPath.set(touched.path, earlier ? joined(earlier, touched) : touched)
  }
  return [...byPath.values()]
}

type ParsedFile = ReturnType<typeof parseDiff>[number]

function touchedFile(file: ParsedFile, binary: ReadonlySet<string>): TouchedFile {
  const before = fileName(file.from)
  const after = fileName(file.to)
  const path = after === '' || after === '/dev/null' ? before : after
  const moved = before !== '' && before !== '/dev/null' && before !== path
  return {
    path,
    ...(moved ? { from: before } : {}),
    added: file.additions,
    removed: file.deletions,
    ...(binary.has(path) ? { binary: true as const } : {}),
    lines: changedLines(file),
  }
}

function joined(a: TouchedFile, b: TouchedFile): TouchedFile {
  const lines = [...new Set([...a.lines, ...b.lines])].sort().slice(0, limits.changedLinesMax)
  return { ...a, added: a.added + b.added, removed: a.removed + b.removed, lines }
}

/** The changed lines as short hashes, white space left out, so that a re-indented line is still the same. */
function changedLines(file: ParsedFile): string[] {
  const hashes = new Set<string>()
  for (const chunk of file.chunks)
    for (const change of chunk.changes) {
      if (hashes.size >= limits.changedLinesMax) return [...hashes].sort()
      if (change.type === 'normal') continue
      const text = change.content.replace(/\s+/g, '')
      if (text.length > 3) hashes.add(shortHash(text))
    }
  return [...hashes].sort()
}

/** FNV-1a, 32 bit: for likeness only, never for identity. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}

/** git quotes names with unusual bytes as C strings: "a/\303\251.txt" (git-config core.quotePath). */
function fileName(name: string | undefined): string {
  if (!name) return ''
  // parse-diff drops the quotes; git never leaves a backslash unquoted, so one is always an escape.
  // Behind a name that is not quoted GNU diff writes a tab and the time.
  const plain = name.includes('\\') ? unquote(name.replace(/^"|"$/g, '')) : name.replace(/\t.*$/s, '')
  return plain.replace(/^[abciow]\/(?=.)/, '')
}

function unquote(text: string): string {
  const bytes: number[] = []
  const pieces = text.matchAll(/\\([0-7]{1,3}|.)|[^\\]+/gsu)
  for (const [whole, escaped] of pieces) {
    if (escaped === undefined) bytes.push(...Buffer.from(whole))
    else if (/^[0-7]/.test(escaped)) bytes.push(Number.parseInt(escaped, 8) & 0xff)
    else bytes.push(...Buffer.from(escapes[escaped] ?? escaped))
  }
  return Buffer.from(bytes).toString('utf8')
}

const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function binaryNames(diff: string): Set<string> {
  const names = new Set<string>()
  let current = ''
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) current = fileName(line.slice(line.lastIndexOf(' b/') + 1))
    if (line.startsWith('GIT binary patch') || line.startsWith('Binary files ')) names.add(current)
  }
  return names
}
