// What the readers of single tags take and give. A reader looks at one own line, and at those below it when a value
// goes on there, and says what it means, or null when the line is none of its kind.
import type { MissFact, TagFact, TagLine, TagValue } from '../facts.ts'

export interface OwnLine {
  /** Where it stands in the text; two own lines with something else between them are not neighbours. */
  readonly at: number
  readonly line: string
}

export interface Reading {
  readonly tags: readonly TagFact[]
  readonly misses?: readonly MissFact[]
  /** How many own lines it took. */
  readonly lines: number
}

/** Whose business a robot's line is when the thread is that robot's own: then it is shown and changes nothing. */
export type Mirrored = NonNullable<Extract<TagValue, { tag: 'Recorded' }>['mirrors']>

/** A line that is understood and changes nothing here. */
export const recordedTag = (alias: string, written: string, line: string, mirrors?: Mirrored): TagFact => ({
  tag: 'Recorded',
  written: oneLine(written),
  ...(mirrors ? { mirrors } : {}),
  ...otherWords(alias, line),
})

/** A line in other words than the canonical ones. */
export const otherWords = (
  alias: string,
  line: string,
): Pick<TagLine, 'alias' | 'line'> & { alias: string } => ({
  alias,
  line: oneLine(line),
})

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 500)

/** The line that stands directly below, when it is said here, too. */
export function lineBelow(lines: readonly OwnLine[], index: number): string | null {
  const next = lines[index + 1]
  return next && next.at === (lines[index]?.at ?? 0) + 1 && next.line.trim() !== '' ? next.line : null
}

/**
 * A title that a mail program wrapped: it goes on in the next line when its own ends past column 60 (3 of 120 `#syz fix`
 * were wrapped) and the next is no line of its own.
 */
export function wrappedBelow(lines: readonly OwnLine[], index: number): string | null {
  const below = lineBelow(lines, index)
  if ((lines[index]?.line.trimEnd().length ?? 0) <= 60 || below === null) return null
  return /^(?:[#!/]|-- ?$|[A-Za-z][A-Za-z-]{1,20}:\s)/.test(below.slice(0, 40)) ? null : below
}
