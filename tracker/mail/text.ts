// The anatomy of a mail's text: what is said here, what is quoted, what is diff, forwarded, fenced code, or the
// list's footer. Every reader of lines (trailers, tags, "applied") asks this first, so that a quoted or forwarded
// line never speaks for the sender.
import { diffText } from './diff-text.ts'
import { type Dressing, dressStart, noDressing } from './dressing.ts'
import { footerStart } from './footer.ts'

type LineKind = 'said' | 'quote' | 'diff' | 'forwarded' | 'code' | 'footer'

export interface Text {
  readonly lines: readonly string[]
  readonly kinds: readonly LineKind[]
  /** The same without what is known of the list's own dressing. */
  readonly ownKinds: readonly LineKind[]
  /** The diff in the text, cleaned; empty when there is none. */
  readonly diff: string
  readonly damagedDiff: boolean
  /** The said lines with their place, in order. */
  readonly said: readonly { readonly at: number; readonly line: string }[]
}

export function readText(body: string, dressing: Dressing = noDressing): Text {
  const lines = body.split('\n')
  const { diff, inDiff, damaged } = diffText(lines)
  const footer = footerStart(lines)
  const ownKinds: LineKind[] = []
  let forwarded = false
  let fenced = false
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (i >= footer) ownKinds.push('footer')
    else if (inDiff[i]) ownKinds.push('diff')
    else if (isQuote(line)) ownKinds.push('quote')
    else {
      forwarded ||= startsForward(line) || startsOriginal(lines, i)
      const fence = /^\s{0,3}(?:```|~~~)/.test(line)
      ownKinds.push(forwarded ? 'forwarded' : fenced || fence ? 'code' : 'said')
      if (fence) fenced = !fenced
    }
  }
  const kinds = withoutLearnt(lines, ownKinds, dressing)
  const said = lines.map((line, at) => ({ at, line })).filter(({ at }) => kinds[at] === 'said')
  return { lines, kinds, ownKinds, diff, damagedDiff: damaged, said }
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

/** The original below a top-posted answer or a forwarded mail: all that follows is somebody else's. */
function startsForward(line: string): boolean {
  const start = line.slice(0, 200)
  return forwardRule.test(start) || /^\s{0,3}begin forwarded message:/i.test(start)
}

const forwardRule =
  /^\s{0,3}-{2,}\s{0,3}(?:(?:original|forwarded) (?:message|mail)|begin forwarded|ursprüngliche nachricht|weitergeleitete nachricht|message (?:d'origine|transféré)|原始邮件|转发)/i

/** Outlook puts no rule above the original: its header fields stand there, From first, each on its line. */
function startsOriginal(lines: readonly string[], at: number): boolean {
  if (!/^\s{0,3}\*?from:\*?\s.{0,300}@/i.test((lines[at] ?? '').slice(0, 400))) return false
  const fields = lines.slice(at + 1, at + 6).map(line =>
    line
      .slice(0, 20)
      .match(/^\s{0,3}\*?([a-z]+):/i)?.[1]
      ?.toLowerCase(),
  )
  return (
    ['to', 'subject'].every(name => fields.includes(name)) &&
    (fields.includes('sent') || fields.includes('date'))
  )
}
