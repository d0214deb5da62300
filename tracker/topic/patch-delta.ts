// How a patch changed between two revisions: the difference of two differences, as `git range-diff` shows it, but from
// the mails alone. Line numbers of hunks and blob ids are left out, so a patch that only moved is the same.
import type { DiffFile, DiffLine } from '../mail/diff-lines.ts'
import type { PatchText } from '../mail/patch-text.ts'
import { type LineStep, lineDiff } from './line-diff.ts'

export interface DeltaLine {
  /** In both patches, only in the old one, only in the new one; or a heading. */
  readonly kind: 'both' | 'was' | 'now' | 'section'
  /** With the sign that the patch gives it. */
  readonly text: string
}

interface FileDelta {
  readonly path: string
  readonly lines: readonly DeltaLine[]
}

export interface PatchDelta {
  /** The lines that differ with a few around them; empty when both messages say the same. */
  readonly message: readonly DeltaLine[]
  /** Only the files whose lines differ. */
  readonly files: readonly FileDelta[]
  /** Lines of code and of its surroundings that differ. */
  readonly codeLines: number
  readonly contextLines: number
}

export function patchDelta(was: PatchText, now: PatchText): PatchDelta {
  const files = pairFiles(was.files, now.files).map(([old, file]) => fileDelta(old, file))
  const all = files.flatMap(file => file.lines).filter(({ kind }) => kind === 'was' || kind === 'now')
  const code = all.filter(({ text }) => text.startsWith('+') || text.startsWith('-')).length
  return {
    message: messageDelta(was.message, now.message),
    files: files.filter(file => file.lines.length > 0),
    codeLines: code,
    contextLines: all.length - code,
  }
}

/** By path; a renamed file by the name it had. */
function pairFiles(was: readonly DiffFile[], now: readonly DiffFile[]): [DiffFile | null, DiffFile | null][] {
  const old = new Map(was.map(file => [file.path, file]))
  const pairs = now.map((file): [DiffFile | null, DiffFile | null] => {
    const found = old.get(file.path)
    old.delete(file.path)
    return [found ?? null, file]
  })
  return [...pairs, ...[...old.values()].map((file): [DiffFile, null] => [file, null])]
}

function fileDelta(was: DiffFile | null, now: DiffFile | null): FileDelta {
  const [old, own] = [linesOf(was), linesOf(now)]
  const steps = lineDiff(old.map(keyOf), own.map(keyOf))
  const lines = steps.map(step => lineAt(step, old, own))
  return { path: now?.path ?? was?.path ?? '', lines: aroundChanges(lines) }
}

const linesOf = (file: DiffFile | null): readonly DiffLine[] =>
  file?.lines.filter(({ kind }) => kind !== 'note') ?? []

/** Of a hunk's head only the function: its numbers move with every change above it. */
const keyOf = ({ kind, text }: DiffLine) => (kind === 'hunk' ? `@@${functionOf(text)}` : text.trimEnd())

const functionOf = (head: string) => head.replace(/^@@[^@]*@@/, '')

function lineAt(step: LineStep, was: readonly DiffLine[], now: readonly DiffLine[]): DeltaLine {
  const line = step.kind === 'was' ? was[step.was] : now[step.now]
  const text = line?.text ?? ''
  if (line?.kind === 'hunk') return { kind: 'section', text: functionOf(text).trim() }
  return { kind: step.kind === 'same' ? 'both' : step.kind, text }
}

/** The lines that differ with a few around them, each stretch below the function it is in. */
function aroundChanges(lines: readonly DeltaLine[]): DeltaLine[] {
  const near = nearChanges(lines)
  const shown: DeltaLine[] = []
  let section: DeltaLine | null = null
  let gap = true
  lines.forEach((line, at) => {
    if (line.kind === 'section') {
      section = line
      gap = true
    } else if (!near[at]) gap = true
    else {
      if (gap) shown.push(section ?? { kind: 'section', text: '' })
      gap = false
      shown.push(line)
    }
  })
  return shown
}

const contextShown = 3

function nearChanges(lines: readonly DeltaLine[]): boolean[] {
  const near = new Array<boolean>(lines.length).fill(false)
  lines.forEach(({ kind }, at) => {
    if (kind === 'was' || kind === 'now')
      near.fill(true, Math.max(0, at - contextShown), at + contextShown + 1)
  })
  return near
}

const messageDelta = (was: readonly string[], now: readonly string[]) => textDelta(trimmed(was), trimmed(now))

/** The lines that differ with a few around them; empty for the same text. */
export function textDelta(old: readonly string[], own: readonly string[]): DeltaLine[] {
  const steps = lineDiff(old, own)
  if (steps.every(({ kind }) => kind === 'same')) return []
  const lines = steps.map(
    (step): DeltaLine =>
      step.kind === 'was'
        ? { kind: 'was', text: old[step.was] ?? '' }
        : { kind: step.kind === 'same' ? 'both' : 'now', text: own[step.now] ?? '' },
  )
  const near = nearChanges(lines)
  return lines.filter((_, at) => near[at])
}

/** An in-body From is no part of the message, nor are the blank lines around it. */
function trimmed(lines: readonly string[]): string[] {
  return lines
    .map(line => line.trimEnd())
    .join('\n')
    .replace(/^\s*From: [^\n]*\n/, '')
    .trim()
    .split('\n')
}
