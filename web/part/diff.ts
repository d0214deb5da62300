// A diff as a reader wants it: a card a file, the number in the gutter is the link to the line, added and removed
// lines are <ins> and <del>, so that they are told apart without colour.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { DiffFile, DiffLine } from './diff-lines.ts'
import { countText, type Html, linesOf, visible } from './text.ts'

/** The files of a diff, cut at `diffLinesShownMax` lines; `rest` leads to the whole mail. */
export function diffOf(files: readonly DiffFile[], rest: string): Html {
  let left: number = limits.diffLinesShownMax
  const cards = files.map((file, index) => {
    const shown = file.lines.slice(0, Math.max(0, left))
    left -= file.lines.length
    return fileCard(file, shown, index + 1, rest)
  })
  return html`${cards}`
}

/** The id of a file's card, for links to it. */
export const fileAnchor = (number: number) => `f${number}`

/** The lines of a diff inside a mail, without gutter links. */
export const plainDiffOf = (files: readonly DiffFile[]): Html =>
  html`<pre class="diff" tabindex="0">${files.map(
    file =>
      html`<u>${visible(file.path)}</u>${file.lines.map(line => tagged(line, html`${visible(line.text)}`))}`,
  )}</pre>`

/** `src/wal.c and 2 more files, +22 −8`. */
export function diffSummary(files: readonly DiffFile[]): Html {
  const added = files.reduce((sum, file) => sum + file.added, 0)
  const removed = files.reduce((sum, file) => sum + file.removed, 0)
  const more = files.length > 1 ? ` and ${countText(files.length - 1, 'more file')}` : ''
  return html`Diff, ${visible(files[0]?.path ?? '')}${more}, ${linesOf(added, removed)}`
}

const fileCard = (file: DiffFile, shown: readonly DiffLine[], number: number, rest: string): Html => {
  const anchor = fileAnchor(number)
  return html`<div class="card" id="${anchor}"><div class="file"><h3><code>${pathWords(file)}</code></h3>${linesOf(file.added, file.removed)}</div>
${file.remarks.length > 0 ? html`<p class="key">${file.remarks.map(remark => html`<span>${visible(remark)}</span>`)}</p>` : ''}
${shown.length > 0 ? html`<pre class="diff" tabindex="0">${shown.map(line => numbered(line, anchor))}</pre>` : ''}
${shown.length < file.lines.length ? html`<p class="key"><a href="${rest}">${countText(file.lines.length - shown.length, 'more line')} in the raw mail</a></p>` : ''}</div>
`
}

const pathWords = ({ from, path }: DiffFile) =>
  from !== null && from !== path ? `${visible(from)} → ${visible(path)}` : visible(path)

function numbered(line: DiffLine, anchor: string): Html {
  const text = visible(line.text)
  if (line.kind === 'hunk' || line.kind === 'note') return tagged(line, html`${text}`)
  if (line.number === null) return tagged(line, html`<a>·</a>${text}`)
  const id = `${anchor}-${line.number}`
  return tagged(line, html`<a href="#${id}" id="${id}">${line.number}</a>${text}`)
}

function tagged({ kind }: DiffLine, inner: Html): Html {
  switch (kind) {
    case 'added':
      return html`<ins>${inner}</ins>`
    case 'removed':
      return html`<del>${inner}</del>`
    case 'context':
      return html`<span>${inner}</span>`
    case 'hunk':
    case 'note':
      return html`<u>${inner}</u>`
    default:
      return kind satisfies never
  }
}
