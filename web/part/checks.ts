// Results of CI, of a patch or of a whole revision.
import { html } from 'hono/html'
import type { CheckCount } from '../../tracker/topic/reviews.ts'
import type { Check } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { addressText } from './address.ts'
import { checkLook, words } from './chip.ts'
import { type Html, visible } from './text.ts'

/** `✓ 4 of 4`, `✕ 1 of 4 failed`; empty without checks. */
export function checkCount(checks: CheckCount | null): Html | string {
  if (checks === null) return ''
  const { state, count, total } = checks
  const { sign, word, tone } = checkLook(state)
  return words({
    sign,
    tone,
    word: state === 'success' ? `${count} of ${count}` : `${count} of ${total} ${word}`,
  })
}

/** Each check with the mail that said it. */
export const checksSection = (list: string, checks: readonly Check[]): Html | string =>
  checks.length === 0 ? '' : html`<section><h2>Checks</h2>${checkList(list, checks)}</section>`

const checkList = (list: string, checks: readonly Check[]): Html =>
  html`<ul class="quiet">${checks.map(check => {
    const { sign, word, tone } = checkLook(check.state)
    return html`<li><a class="chip txt ${tone}" href="${paths.mail(list, check.mail)}"><span aria-hidden="true">${sign}</span> ${visible(check.context)}<span class="vh"> ${word}</span></a>${check.claimed ? html` <span class="soft">claimed by <bdi>${addressText(check.by) || 'somebody'}</bdi></span>` : ''}${!check.claimed && check.url ? html` <a href="${check.url}" rel="nofollow">its log</a>` : ''}${check.description ? html`<br><span class="soft">${visible(check.description)}</span>` : ''}</li>`
  })}</ul>`
