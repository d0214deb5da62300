// Whether a patchset still applies, in a few words: to which branch at which commit, or which file is in the way.
import { html } from 'hono/html'
import type { Application, Tried } from '../read/applies.ts'
import { dayOf, type Html, minuteOf, visible } from './text.ts'

/** Nothing where it was not tried. */
export function appliesLine(application: Application | null): Html | string {
  if (application === null) return ''
  const { outcome, branch, base, file, at } = application
  const tried = html`<br><span class="soft">tried ${minuteOf(at.getTime())}</span>`
  const where = html`<bdi>${visible(branch)}</bdi> at <code>${visible(base)}</code>`
  switch (outcome) {
    case 'applied':
      return html`<p><span class="ok txt">✓</span> applies to ${where}${tried}</p>`
    case 'already':
      return html`<p><span class="ok txt">✓</span> is in ${where} already${tried}</p>`
    case 'conflict':
      return html`<p><span class="warn txt">!</span> needs rebase${file === null ? '' : html`: <code>${visible(file)}</code>`} <span class="soft">(${where})</span>${tried}</p>`
    default:
      return html`<p><span class="soft">could not be tried on ${where}, ${minuteOf(at.getTime())}</span></p>`
  }
}

/** For a row of a list: only what somebody has to do. */
export const rebaseWords = (tried: Tried | undefined): Html | string =>
  tried?.outcome === 'conflict'
    ? html`, needs rebase${tried.file ? `: ${visible(tried.file)}` : ''} (tried ${dayOf(tried.at)})`
    : ''

/** For a column of its own. */
export function appliesWords(tried: Tried | undefined): Html | string {
  if (tried === undefined) return ''
  const branch = html`<bdi>${visible(tried.branch)}</bdi>`
  switch (tried.outcome) {
    case 'applied':
      return html`<span class="ok txt">✓</span> to ${branch}`
    case 'already':
      return html`<span class="ok txt">✓</span> is in ${branch}`
    case 'conflict':
      return html`<span class="warn txt">!</span> needs rebase`
    default:
      return ''
  }
}
