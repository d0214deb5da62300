// A diff's text -> the files it touches. diff-lines.ts cuts it into files by the counts of its hunks and names them, as for
// pages; parse-diff reads the hunks of each.
import parseDiff from 'parse-diff'
import { limits } from '../../base/limits.ts'
import { type DiffFile, readDiff } from './diff-lines.ts'
import type { TouchedFile } from './facts.ts'

/** At most `diffFilesMax` files, in the order of the diff; a file listed twice is one. */
export function touchedFiles(diff: string): TouchedFile[] {
  if (diff === '') return []
  const byPath = new Map<string, TouchedFile>()
  for (const file of readDiff(diff).files.slice(0, limits.diffFilesMax)) {
    const touched = touchedFile(file)
    const earlier = byPath.get(touched.path)
    byPath.set(touched.path, earlier ? joined(earlier, touched) : touched)
  }
  return [...byPath.values()]
}

function touchedFile(file: DiffFile): TouchedFile {
  const { path, from, remarks } = file
  const hunks = hunksOf(file)
  return {
    path,
    ...(from === null ? {} : { from }),
    added: hunks?.additions ?? 0,
    removed: hunks?.deletions ?? 0,
    ...(remarks.some(isBinary) ? { binary: true as const } : {}),
    lines: hunks ? changedLines(hunks) : [],
  }
}

type Hunks = ReturnType<typeof parseDiff>[number]

/** The names are known: whatever they are, the parser reads a plain one. */
function hunksOf({ lines }: DiffFile): Hunks | undefined {
  if (lines.length === 0) return undefined
  return parseDiff(`--- a/x\n+++ b/x\n${lines.map(({ text }) => text).join('\n')}\n`)[0]
}

const isBinary = (remark: string) => remark === 'binary' || remark.startsWith('Binary files ')

function joined(a: TouchedFile, b: TouchedFile): TouchedFile {
  const lines = [...new Set([...a.lines, ...b.lines])].sort().slice(0, limits.changedLinesMax)
  return { ...a, added: a.added + b.added, removed: a.removed + b.removed, lines }
}

/** The changed lines as short hashes, white space left out, so that a re-indented line is still the same. */
function changedLines({ chunks }: Hunks): string[] {
  const hashes = new Set<string>()
  for (const { changes } of chunks)
    for (const change of changes) {
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
