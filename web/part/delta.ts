// The difference between two versions of a patch, for people: which line is only in the old patch, which only in the
// new one, which in both; the sign behind it is what the patch does to the code.
import { html } from 'hono/html'
import type { DeltaLine, PatchDelta } from '../../tracker/topic/patch-delta.ts'
import { countText, type Html, visible } from './text.ts'

/** The names of the two revisions. */
export interface Names {
  readonly was: string
  readonly now: string
}

/** Message and code of one patch, at most `linesMax` lines of it. */
export function deltaOf(delta: PatchDelta, names: Names, linesMax: number): Html {
  const lines = delta.files.flatMap(({ path, lines }) =>
    lines.map(line => (line.kind === 'section' ? withPath(line, path) : line)),
  )
  return html`${
    delta.message.length === 0
      ? ''
      : html`<div class="file"><b>Message</b> <span class="soft">${differing(delta.message)}</span></div>${linesBlock(delta.message, names, 'message')}`
  }${
    lines.length === 0
      ? ''
      : html`<div class="file"><b>Code</b> <span class="soft">${codeWords(delta)}</span></div>${linesBlock(lines.slice(0, linesMax), names, 'code')}`
  }${lines.length > linesMax ? html`<p class="key">${countText(lines.length - linesMax, 'more line')}, too many for this page</p>` : ''}`
}

function codeWords({ codeLines, contextLines }: PatchDelta): string {
  if (codeLines === 0) return `only its surroundings differ, in ${countText(contextLines, 'line')}`
  return differ(codeLines)
}

function differing(lines: readonly DeltaLine[]): string {
  return differ(lines.filter(({ kind }) => kind === 'was' || kind === 'now').length)
}

const differ = (count: number) => `${countText(count, 'line')} ${count === 1 ? 'differs' : 'differ'}`

const withPath = (line: DeltaLine, path: string): DeltaLine => ({
  kind: 'section',
  text: line.text === '' ? path : `${path}, ${line.text}`,
})

export const linesBlock = (lines: readonly DeltaLine[], names: Names, what: string): Html =>
  html`<pre class="diff gut rd" tabindex="0" role="group" aria-label="Differences in the ${what}">${lines.map(line => lineOf(line, names))}</pre>`

function lineOf({ kind, text }: DeltaLine, { was, now }: Names): Html {
  switch (kind) {
    case 'section':
      return html`<u>${visible(text)}</u>`
    case 'was':
      return html`<del><a>${was}</a>${visible(text)}</del>`
    case 'now':
      return html`<ins><a>${now}</a>${visible(text)}</ins>`
    case 'both':
      return html`<span><a>both</a>${visible(text)}</span>`
    default:
      return kind satisfies never
  }
}
