// A word of a query within a line of a hit, for readers to see why it was found.

import { foldInPlace } from '../../tracker/project/fold-letters.ts'

export interface Mark {
  /** As `searchedText` has it; where there are forms, what all of them begin with. */
  readonly text: string
  /** Only these whole words. */
  readonly forms: ReadonlySet<string> | null
}

export const markOf = (word: string, forms: ReadonlySet<string> | null): Mark => ({
  text: forms === null ? word : [...forms].reduce(sharedStart),
  forms,
})

function sharedStart(one: string, other: string): string {
  let end = 0
  while (end < one.length && one[end] === other[end]) end++
  return one.slice(0, end)
}

export interface MarkPlace {
  readonly start: number
  readonly end: number
}

/**
 * A text as words of it are compared: in lower case, in letters without marks, and each where it was. Lower-casing changes the length
 * of a few texts: those stay as they are.
 */
export function searchedText(text: string): string {
  const lower = foldInPlace(text.toLowerCase())
  return lower.length === text.length ? lower : text
}

/** Its first place in a text, as `searchedText` has it, from `from` on. */
export function findMark(lower: string, { text, forms }: Mark, from = 0): MarkPlace | null {
  for (let start = lower.indexOf(text, from); start !== -1; start = lower.indexOf(text, start + 1)) {
    if (forms === null) return { start, end: start + text.length }
    if (isInWord(lower, start - 1)) continue
    const end = wordEnd(lower, start)
    if (forms.has(lower.slice(start, end))) return { start, end }
  }
  return null
}

function wordEnd(text: string, start: number): number {
  let end = start
  while (isInWord(text, end)) end++
  return end
}

const isInWord = (text: string, at: number): boolean => /[\p{L}\p{M}\p{N}]/u.test(text.charAt(at))
