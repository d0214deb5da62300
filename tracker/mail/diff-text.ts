// Where a mail's text is diff. Hunks are followed by their own line counts, as git does: only so the signature
// separator "-- " below a patch is not a removed line, and text behind the patch is text again.
import { beginsContextDiff, contextDiffEnd, withUnifiedDiffs } from './context-diff.ts'

export interface DiffText {
  /** The diff alone, ready for a parser; empty when there is none. */
  readonly diff: string
  /** For each line of the text: is it part of a diff? */
  readonly inDiff: readonly boolean[]
  /** A hunk ended before its counts said so: wrapped or damaged in transport. */
  readonly damaged: boolean
}

export function diffText(lines: readonly string[]): DiffText {
  const inDiff = new Array<boolean>(lines.length).fill(false)
  const kept: string[] = []
  let damaged = false
  let at = 0
  while (at < lines.length) {
    if (!startsDiff(lines, at)) {
      at++
      continue
    }
    const end = diffEnd(lines, at)
    damaged ||= end.damaged
    for (let i = at; i < end.at; i++) {
      inDiff[i] = true
      kept.push(lines[i] ?? '')
    }
    at = Math.max(end.at, at + 1)
  }
  const hasContent = kept.some(line =>
    /^(?:@@ -|\*{15}|GIT binary|Binary files|rename |copy |old mode|new file|deleted file)/.test(line),
  )
  return {
    diff: hasContent ? `${withUnifiedDiffs(kept).join('\n')}\n` : '',
    inDiff: hasContent ? inDiff : inDiff.fill(false),
    damaged,
  }
}

function startsDiff(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? ''
  if (/^diff --(?:git|cc|combined) \S/.test(line)) return true
  if (/^(?:diff -|Index: )\S/.test(line)) return lines.slice(at + 1, at + 7).some(l => l.startsWith('--- '))
  if (beginsContextDiff(lines, at)) return true
  return line.startsWith('--- ') && startsWith(lines[at + 1], '+++ ') && startsWith(lines[at + 2], '@@ -')
}

const startsWith = (line: string | undefined, start: string) => line?.startsWith(start) ?? false

const headerLine =
  /^(?:diff |index |old mode|new mode|new file|deleted file|similarity|dissimilarity|rename |copy |--- \S|\+\+\+ \S|Binary files|Index: |={20}|RCS file: |retrieving revision )/
const hunkHead = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/

/** From a first header line to the line behind the last hunk. */
function diffEnd(lines: readonly string[], start: number): { at: number; damaged: boolean } {
  let at = start
  let damaged = false
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const hunk = line.match(hunkHead)
    if (hunk) {
      const body = hunkEnd(lines, at + 1, Number(hunk[1] ?? 1), Number(hunk[2] ?? 1))
      at = body.at
      damaged ||= body.damaged
      if (body.damaged) break
    } else if (beginsContextDiff(lines, at)) at = contextDiffEnd(lines, at)
    else if (line.startsWith('GIT binary patch')) at = binaryEnd(lines, at + 1)
    else if (headerLine.test(line) && !(line.startsWith('--- ') && !startsWith(lines[at + 1], '+++ '))) at++
    else if (line.startsWith('@@@')) at = combinedEnd(lines, at + 1)
    else break
  }
  return { at, damaged }
}

function hunkEnd(lines: readonly string[], start: number, oldLines: number, newLines: number) {
  let at = start
  let before = oldLines
  let after = newLines
  for (; at < lines.length && (before > 0 || after > 0); at++) {
    const sign = lines[at]?.[0]
    if (sign === '-') before--
    else if (sign === '+') after--
    // Mailers strip the one space of an empty context line; git takes it as context too.
    else if (sign === ' ' || sign === undefined || sign === '\t') {
      before--
      after--
    } else if (sign !== '\\') break
  }
  if (startsWith(lines[at], '\\ ')) at++
  return { at, damaged: before > 0 || after > 0 }
}

/** A binary hunk: lines of base85 and a blank line, twice at most. */
function binaryEnd(lines: readonly string[], start: number): number {
  let at = start
  while (at < lines.length && /^(?:literal \d|delta \d|[A-Za-z][^\s]{1,80}$|$)/.test(lines[at] ?? 'x y')) {
    if (startsDiff(lines, at)) break
    at++
  }
  return at
}

function combinedEnd(lines: readonly string[], start: number): number {
  let at = start
  while (at < lines.length && /^[ +-]{2}|^@@@/.test(lines[at] ?? '') && lines[at] !== '-- ') at++
  return at
}
