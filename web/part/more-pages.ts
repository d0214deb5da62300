// The way on through a long table, and back to its start.
import { html } from 'hono/html'
import type { Html } from './text.ts'

export interface MorePages {
  /** The first page; null on it. */
  readonly first: string | null
  /** Null on the last. */
  readonly next: string | null
  readonly words?: { readonly first: string; readonly next: string }
}

export const morePages = ({ first, next, words = older }: MorePages): Html | string =>
  first === null && next === null
    ? ''
    : html`<nav class="near" aria-label="Pages">${first === null ? html`<span></span>` : html`<a href="${first}">← ${words.first}</a>`}<span></span> ${next === null ? html`<span></span>` : html`<a href="${next}" rel="next">${words.next} →</a>`}</nav>`

const older = { first: 'From the newest', next: 'Older ones' } as const
