// The anatomy of a mail's text: what is said here, what is quoted, what is diff, forwarded, fenced code, the
// list's footer, or a gateway's banner. Every reader of lines (trailers, tags, "applied") asks this first, so that a quoted or forwarded
// line never speaks for the sender.
import { bannerLines } from './banner.ts'
import { diffText } from './diff-text.ts'
import { type Dressing, dressStart, noDressing } from './dressing.ts'
import { footerStart } from './footer.ts'
import { originalStart } from './original.ts'

/** `outside`: the mail is signed, and this line is not what is signed. */
type LineKind = 'own' | 'quote' | 'diff' | 'forwarded' | 'code' | 'footer' | 'banner' | 'outside'

export interface Text {
  readonly lines: readonly string[]
  readonly kinds: readonly LineKind[]
  /** The same without what is known of the list's own dressing. */
  readonly plainKinds: readonly LineKind[]
  /** The diff in the text, cleaned; empty when there is none. */
  readonly diff: string
  readonly damagedDiff: boolean
  /** The own lines with their place, in order. */
  readonly own: readonly { readonly at: number; readonly line: string }[]
}

/**
 * `answering`: the normalised title of an answer, empty when it is not known; null for a mail that is none. `signed`: the
 * lines that the mail's own signature covers; all where it has none.
 */
export function readText(
  body: string,
  dressing: Dressing = noDressing,
  answering: string | null = null,
  signed = { from: 0, end: Number.POSITIVE_INFINITY },
): Text {
  const lines = body.split('\n')
  const { original, diff, inDiff, damaged } = originalAndDiff(lines, answering)
  const footer = footerStart(lines)
  const banner = bannerLines(lines)
  const plainKinds: LineKind[] = []
  let fenced = false
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (i >= footer) plainKinds.push('footer')
    else if (inDiff[i]) plainKinds.push('diff')
    else if (banner.has(i)) plainKinds.push('banner')
    else if (i < signed.from || i >= signed.end) plainKinds.push('outside')
    else if (isQuote(line)) plainKinds.push('quote')
    else {
      const fence = /^\s{0,3}(?:```|~~~)/.test(line)
      plainKinds.push(i >= original ? 'forwarded' : fenced || fence ? 'code' : 'own')
      if (fence) fenced = !fenced
    }
  }
  const kinds = withoutLearnt(lines, plainKinds, dressing)
  const own = lines.map((line, at) => ({ at, line })).filter(({ at }) => kinds[at] === 'own')
  return { lines, kinds, plainKinds, diff, damagedDiff: damaged, own }
}

/** The diff below an answer is the original's. A posting keeps what it posts, and no original begins within it. */
function originalAndDiff(lines: readonly string[], answering: string | null) {
  if (answering === null) {
    const found = diffText(lines)
    return { ...found, original: originalStart(lines, null, found.inDiff) }
  }
  const original = originalStart(lines, answering)
  return { ...diffText(lines.slice(0, original)), original }
}

/** A footer that the list taught us is never a diff or a quote. */
function withoutLearnt(
  lines: readonly string[],
  kinds: readonly LineKind[],
  dressing: Dressing,
): readonly LineKind[] {
  if (dressing.learnt.size === 0) return kinds
  const start = dressStart(lines, dressing, tail =>
    kinds.slice(tail.from, tail.end).every(kind => kind !== 'diff' && kind !== 'quote'),
  )
  return kinds.map((kind, at) => (at >= start ? 'footer' : kind))
}

/** `> text`, `>> text`, `| text` of some robots, and the initials of old mailers: `JD> text`. */
function isQuote(line: string): boolean {
  return /^\s{0,3}(?:>|\|\s|[A-Z]{1,4}>\s)/.test(line)
}

/** A row of a table, which is marked like a quote; programs draw tables, and nobody quotes with a bar at both ends. */
export const isTableRow = (line: string): boolean => /^\s{0,3}\|.{3,600}\|\s{0,9}$/.test(line)

/** What a program says: its own lines and its tables. */
export const reportedLines = ({ lines, kinds }: Pick<Text, 'lines' | 'kinds'>): string[] =>
  lines.filter((line, at) => kinds[at] === 'own' || (kinds[at] === 'quote' && isTableRow(line)))
