// Lines of a log with their numbers, each of which is its address.
import { html } from 'hono/html'
import { type Html, visible } from './text.ts'

/** `from`: the number of the first. */
export const logLines = (lines: readonly string[], from: number): Html =>
  html`<pre class="diff gut" tabindex="0" aria-label="Log">${lines.map((text, at) => html`<span><a id="l${from + at}" href="#l${from + at}">${from + at}</a>${visible(text)}</span>`)}</pre>`
