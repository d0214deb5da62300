// Counts as bars with a table under them: each column of the table is one step of the picture, which is of no use to whoever cannot
// see it, and says nothing that the table does not.
import { html } from 'hono/html'
import { type Html, numberText } from './text.ts'

export interface Chart {
  /** What is shown, for the region that scrolls. */
  readonly name: string
  /** The head of the first column. */
  readonly steps: string
  readonly columns: readonly (Html | string)[]
  /** What is last is newest, and is seen first where there is no room for all. */
  readonly late?: boolean
  readonly rows: readonly ChartRow[]
}

interface ChartRow {
  readonly words: string
  readonly counts: readonly number[]
  /** A filled bar, an outlined one; absent: in the table alone. */
  readonly bar?: 'a' | 'b'
}

const height = 160
const top = 14

export function chart({ name, steps, columns, late = false, rows }: Chart): Html {
  const bars = rows.filter(({ bar }) => bar !== undefined)
  const most = Math.max(1, ...bars.flatMap(({ counts }) => counts))
  const step = 100 / columns.length
  const width = (step * 0.7) / Math.max(1, bars.length)
  const rects = bars.flatMap(({ counts, bar }, row) =>
    counts.map((count, at) => {
      const high = Math.round((count / most) * height)
      const left = at * step + step * 0.15 + row * width
      return html`<rect class="${bar ?? ''}" x="${left.toFixed(2)}%" y="${top + height - high}" width="${(width * 0.92).toFixed(2)}%" height="${high}"></rect>`
    }),
  )
  return html`<div class="card"><div class="scroll${late ? ' late' : ''}" role="region" tabindex="0" aria-label="${name}, picture and table"><div class="chart">
<svg role="img" aria-label="${name}: bars, the highest ${numberText(most)}. The numbers are in the table below." height="${height + top + 8}">${line(top, numberText(most))}${line(top + height, '0')}${rects}</svg>
<table><thead><tr><th scope="col">${steps}</th>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    row => html`<tr><th scope="row">${swatch(row.bar)}${row.words}</th>${row.counts.map(count => html`<td class="n">${numberText(count)}</td>`)}</tr>
`,
  )}</tbody></table></div></div></div>`
}

const line = (y: number, words: string): Html =>
  html`<line x2="100%" y1="${y}" y2="${y}"></line><text x="-10" y="${y + 4}" text-anchor="end">${words}</text>`

const swatch = (bar: ChartRow['bar']): Html | string =>
  bar === undefined
    ? ''
    : html`<svg aria-hidden="true" width="12" height="12"><rect class="${bar}" x="1" y="1" width="10" height="10"></rect></svg> `
