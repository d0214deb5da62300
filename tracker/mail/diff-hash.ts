// The name that patchwork gives to the change of a patch, by which its clients look for it (`git-pw patch list --hash`, hooks
// that accept what was pushed). As its hasher.py has it: line numbers and all that is no line of a hunk are left out, white space
// counts, and so does the order of the files.
import { hash } from 'node:crypto'

/** Forty hex digits, or null for a diff without content. */
export function diffHash(diff: string): string | null {
  if (diff === '') return null
  let kept = ''
  for (const line of diff.replaceAll('\r', '').trim().split('\n')) {
    const normal = normalised(line)
    if (normal !== null) kept += `${normal}\n`
  }
  return kept === '' ? null : hash('sha1', kept)
}

/** Null for a line that does not count. */
function normalised(line: string): string | null {
  // Nearly all lines are those of hunks.
  if (line.startsWith(' ')) return line
  if (line.startsWith('+') || line.startsWith('-')) return normalisedFile(line) ?? line
  const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line)
  return hunk ? `@@ -${Number(hunk[1] || 1)} +${Number(hunk[2] || 1)} @@` : null
}

function normalisedFile(line: string): string | null {
  if (!line.startsWith('+++ ') && !line.startsWith('--- ')) return null
  const file = /^(---|\+\+\+) (\S+)/.exec(line)
  if (!file) return null
  const path = (file[2] ?? '').split('/').slice(1).join('/')
  return `${file[1]} ${file[1] === '---' ? 'a' : 'b'}/${path}`
}
