// What one acts with, in one row below the title: the blocks beside a page stand below all of its text on a phone, and on a desk
// the lowest of them below the first screen.
import { html } from 'hono/html'
import type { Html } from './text.ts'

export interface Jump {
  readonly words: string
  /** An anchor of this page, or the address of another one. */
  readonly path: string
}

export const jumps = (all: readonly (Jump | null)[]): Html =>
  // A blank behind each: without a stylesheet the words would run into each other.
  html`<nav class="jumps" aria-label="On this page">${all.map(jump =>
    jump === null ? '' : html`<a href="${jump.path}">${jump.words}</a> `,
  )}</nav>`
