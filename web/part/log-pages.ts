// The way through a log: earlier and later lines, the first and the last.
import { html } from 'hono/html'
import type { Html } from './text.ts'

export interface LogPages {
  /** The number of the first line on this page, and how many it has. */
  readonly from: number
  readonly shown: number
  readonly total: number
  /** Lines of a page. */
  readonly count: number
  /** The page that begins with a line. */
  readonly at: (first: number) => string
}

export function logPages({ from, shown, total, count, at }: LogPages): Html {
  const last = Math.max(1, total - ((total - 1) % count))
  return html`<nav class="near" aria-label="Pages of the log">${from > 1 ? html`<a href="${at(Math.max(1, from - count))}" rel="prev">← Earlier lines</a>` : html`<span></span>`} <span>${from > 1 ? html`<a href="${at(1)}">First</a>` : ''} ${from < last ? html`<a href="${at(last)}">Last</a>` : ''}</span> ${from + shown - 1 < total && shown > 0 ? html`<a href="${at(from + shown)}" rel="next">Later lines →</a>` : html`<span></span>`}</nav>`
}
