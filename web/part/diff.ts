// A diff as a reader wants it: a card a file, the number in the gutter is the link to the line, added and removed
// lines are <ins> and <del>, so that they are told apart without colour. Notes stand below the lines they speak of: the
// <pre> ends there and begins again, so that a note does not scroll sideways with the code.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { type CutFile, kindOf } from '../../tracker/mail/diff-files.ts'
import type { DiffFile, DiffLine } from '../../tracker/mail/diff-lines.ts'
import { countText, type Html, linesOf, visible } from './text.ts'

export interface DiffNote {
  /** Counts files, and lines of the file, from 0; without a line it is about the file. */
  readonly file: number
  readonly line: number | null
  /** Made with the words for its place: `on line 415`. */
  readonly note: (words: string) => Html
}

/** The files of a diff, cut at `diffLinesShownMax` lines; `rest` leads to the whole mail. */
export function diffOf(files: readonly DiffFile[], rest: string, notes: readonly DiffNote[] = []): Html {
  const noted = Map.groupBy(notes, note => note.file)
  let left: number = limits.diffLinesShownMax
  const cards = files.map((file, index) => {
    const shown = file.lines.slice(0, Math.max(0, left))
    left -= file.lines.length
    return fileCard(file, shown, index + 1, rest, noted.get(index) ?? [])
  })
  return html`${cards}`
}

/** The id of a file's card, for links to it. */
export const fileAnchor = (number: number) => `f${number}`

/** The lines of a diff inside a mail, without a gutter, so that nobody counts them. */
export const plainDiffOf = (files: readonly CutFile[]): Html =>
  html`<pre class="diff" tabindex="0">${files.map(
    ({ path, hunks }) =>
      html`<u>${visible(path)}</u>${hunks.map(hunk =>
        hunk.map((line, at) => tagged({ kind: at === 0 ? 'hunk' : kindOf(line) }, visible(line))),
      )}`,
  )}</pre>`

/** `src/wal.c and 2 more files, +22 −8`. */
export function diffSummary(files: readonly Pick<CutFile, 'path' | 'added' | 'removed'>[]): Html {
  const added = files.reduce((sum, file) => sum + file.added, 0)
  const removed = files.reduce((sum, file) => sum + file.removed, 0)
  const more = files.length > 1 ? ` and ${countText(files.length - 1, 'more file')}` : ''
  return html`Diff, ${visible(files[0]?.path ?? '')}${more}, ${linesOf(added, removed)}`
}

/** A noted line with a few above and below it; the numbers lead to `page`, where the whole diff is. */
export function excerptOf(file: DiffFile, line: number, note: DiffNote['note'], page: string): Html {
  const hunk = file.lines.slice(0, line + 1).findLastIndex(({ kind }) => kind === 'hunk')
  const from = Math.max(hunk + 1, line - excerptLinesAbove)
  const end = file.lines.findIndex(({ kind }, at) => kind === 'hunk' && at > line)
  const to = Math.min(line + 1 + excerptLinesBelow, end === -1 ? file.lines.length : end)
  const head = hunk === -1 ? [] : file.lines.slice(hunk, hunk + 1)
  const shown = [...head, ...file.lines.slice(from, to)]
  const at = head.length + line - from
  return html`${notedLines(shown, new Map([[at, [note]]]), { path: page })}`
}

const excerptLinesAbove = 6
const excerptLinesBelow = 2

const fileCard = (
  file: DiffFile,
  shown: readonly DiffLine[],
  number: number,
  rest: string,
  notes: readonly DiffNote[],
): Html => {
  const anchor = fileAnchor(number)
  const byLine = new Map<number, DiffNote['note'][]>()
  for (const { line, note } of notes) if (line !== null) byLine.set(line, [...(byLine.get(line) ?? []), note])
  return html`<div class="card" id="${anchor}"><div class="file"><h3><code>${pathWords(file)}</code></h3>${linesOf(file.added, file.removed)}</div>
${file.remarks.length > 0 ? html`<p class="key">${file.remarks.map(remark => html`<span>${visible(remark)}</span> `)}</p>` : ''}
${notes.filter(({ line }) => line === null).map(({ note }) => note('on the file'))}
${notedLines(shown, byLine, { anchor })}
${shown.length < file.lines.length ? html`<p class="key"><a href="${rest}">${countText(file.lines.length - shown.length, 'more line')} in the raw mail</a></p>` : ''}</div>
`
}

const pathWords = ({ from, path }: DiffFile) =>
  from !== null && from !== path ? `${visible(from)} → ${visible(path)}` : visible(path)

/** Where the numbers of lines lead: to themselves, or to another page. */
interface Gutter {
  readonly anchor?: string
  readonly path?: string
}

function notedLines(
  lines: readonly DiffLine[],
  notes: ReadonlyMap<number, readonly DiffNote['note'][]>,
  gutter: Gutter,
): Html[] {
  const parts: Html[] = []
  let start = 0
  for (const at of [...notes.keys(), lines.length - 1].sort((a, b) => a - b)) {
    const piece = lines.slice(start, at + 1)
    if (piece.length > 0)
      parts.push(
        html`<pre class="diff gut" tabindex="0">${piece.map((line, index) => numbered(line, gutter, notes.has(start + index)))}</pre>`,
      )
    start = Math.max(start, at + 1)
    const line = lines[at]
    if (line && piece.length > 0) parts.push(...(notes.get(at) ?? []).map(note => note(lineWords(line))))
  }
  return parts
}

function lineWords({ kind, number, old }: DiffLine): string {
  if (number !== null) return `on line ${number}`
  return old !== null ? `on old line ${old}` : kind === 'hunk' ? 'on the hunk' : ''
}

function numbered(line: DiffLine, { anchor, path }: Gutter, on: boolean): Html {
  const text = visible(line.text)
  if (line.kind === 'hunk' || line.kind === 'note') return tagged(line, text, on)
  if (line.number === null) return tagged(line, html`<a>·</a>${text}`, on)
  if (anchor === undefined && text.trim() === '') return tagged(line, html`<a>${line.number}</a>${text}`, on)
  if (anchor === undefined) return tagged(line, html`<a href="${path ?? ''}">${line.number}</a>${text}`, on)
  const id = `${anchor}-${line.number}`
  // A link beside no text is no link in running text, and would have to be taller than a line (WCAG 2.5.8).
  if (text.trim() === '') return tagged(line, html`<a id="${id}">${line.number}</a>${text}`, on)
  return tagged(line, html`<a href="#${id}" id="${id}">${line.number}</a>${text}`, on)
}

function tagged({ kind }: Pick<DiffLine, 'kind'>, inner: Html | string, on = false): Html {
  const look = on ? html` class="on"` : ''
  switch (kind) {
    case 'added':
      return html`<ins${look}>${inner}</ins>`
    case 'removed':
      return html`<del${look}>${inner}</del>`
    case 'context':
      return html`<span${look}>${inner}</span>`
    case 'hunk':
    case 'note':
      return html`<u${look}>${inner}</u>`
    default:
      return kind satisfies never
  }
}
