// The name that patchwork gives to the change of a patch, by which its clients look for it (`git-pw patch list --hash`, hooks
// that accept what was pushed). As its hasher.py has it: line numbers and all that is no line of a hunk are left out, white space
// counts, and so does the order of the files.
import { createHash } from 'node:crypto'

/** Forty hex digits, or null for a diff without content. */
export function diffHash(diff: string): string | null {
  if (diff === '') return null
  const kept = diff.replaceAll('\r', '').trim().split('\n').flatMap(normalised)
  if (kept.length === 0) return null
  return createHash('sha1')
    .update(`${kept.join('\n')}\n`)
    .digest('hex')
}

function normalised(line: string): string[] {
  const file = /^(---|\+\+\+) (\S+)/.exec(line)
  if (file) {
    const path = (file[2] ?? '').split('/').slice(1).join('/')
    return [`${file[1]} ${file[1] === '---' ? 'a' : 'b'}/${path}`]
  }
  const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line)
  if (hunk) return [`@@ -${Number(hunk[1] || 1)} +${Number(hunk[2] || 1)} @@`]
  return /^[-+ ]/.test(line) ? [line] : []
}
