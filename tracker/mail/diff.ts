// A diff's text -> the files it touches.
import { limits } from '../../base/limits.ts'
import { type CutFile, cutDiff } from './diff-files.ts'
import type { TouchedFile } from './facts.ts'

/** At most `diffFilesMax` files, in the order of the diff; a file listed twice is one. */
export function touchedFiles(diff: string): TouchedFile[] {
  if (diff === '') return []
  const byPath = new Map<string, TouchedFile>()
  for (const file of cutDiff(diff).files.slice(0, limits.diffFilesMax)) {
    const touched = touchedFile(file)
    const earlier = byPath.get(touched.path)
    byPath.set(touched.path, earlier ? joined(earlier, touched) : touched)
  }
  return [...byPath.values()]
}

function touchedFile(file: CutFile): TouchedFile {
  const { path, from, added, removed, remarks } = file
  return {
    path,
    ...(from === null ? {} : { from }),
    added,
    removed,
    ...(remarks.some(isBinary) ? { binary: true as const } : {}),
    lines: changedLines(file),
  }
}

const isBinary = (remark: string) => remark === 'binary' || remark.startsWith('Binary files ')

function joined(a: TouchedFile, b: TouchedFile): TouchedFile {
  const lines = [...new Set([...a.lines, ...b.lines])].sort().slice(0, limits.changedLinesMax)
  return { ...a, added: a.added + b.added, removed: a.removed + b.removed, lines }
}

/** The changed lines as short hashes, white space left out, so that a re-indented line is still the same. */
function changedLines({ hunks }: CutFile): string[] {
  const hashes = new Set<string>()
  for (const hunk of hunks)
    for (const line of hunk) {
      if (hashes.size >= limits.changedLinesMax) return [...hashes].sort()
      if (line[0] !== '+' && line[0] !== '-') continue
      const hash = shortHash(line)
      if (hash !== null) hashes.add(hash)
    }
  return [...hashes].sort()
}

/** FNV-1a, 32 bit, of all but white space, or null for a sign and two letters: for likeness only, never for identity. */
function shortHash(line: string): string | null {
  let hash = 0x811c9dc5
  let letters = 0
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code <= 32 ? isBlank(code) : code > 127 && /\s/.test(line.charAt(at))) continue
    hash = Math.imul(hash ^ code, 0x01000193)
    letters++
  }
  return letters > 3 ? (hash >>> 0).toString(36) : null
}

/** Of ASCII, as `\s` has it. */
const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13)
