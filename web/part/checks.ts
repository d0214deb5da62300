// Results of CI, of a patch or of a whole revision.
import { html } from 'hono/html'
import type { Check, Revision, TopicPatch } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { checkLook, words } from './chip.ts'
import { type Html, visible } from './text.ts'

/** The checks of these mails, the last word of each context, failed ones first. */
function checksOn(checks: readonly Check[], ids: ReadonlySet<string>): Check[] {
  const last = new Map(
    checks.filter(check => ids.has(check.on)).map(check => [`${check.on} ${check.context}`, check]),
  )
  const order: readonly Check['state'][] = ['fail', 'warning', 'pending', 'success']
  return [...last.values()].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}

/** What speaks of a patch: its own checks and those of its revision's cover. */
export const patchChecks = (checks: readonly Check[], revision: Revision, patch: TopicPatch): Check[] =>
  checksOn(checks, new Set([patch.id, ...(revision.cover ? [revision.cover] : [])]))

/** What speaks of a revision or of any of its patches. */
export const revisionChecks = (checks: readonly Check[], revision: Revision): Check[] =>
  checksOn(
    checks,
    new Set([...revision.patches.map(patch => patch.id), ...(revision.cover ? [revision.cover] : [])]),
  )

/** `✓ 4 of 4`, `✕ 1 of 4 failed`; empty without checks. */
export function checkCount(checks: readonly Check[]): Html | string {
  const worst = checks[0]
  if (worst === undefined) return ''
  const count = checks.filter(check => check.state === worst.state).length
  const { sign, word, tone } = checkLook(worst.state)
  return words({
    sign,
    tone,
    word: worst.state === 'success' ? `${count} of ${count}` : `${count} of ${checks.length} ${word}`,
  })
}

/** Each check with the mail that said it. */
export const checkList = (list: string, checks: readonly Check[]): Html =>
  html`<ul class="quiet">${checks.map(check => {
    const { sign, word, tone } = checkLook(check.state)
    return html`<li><a class="chip txt ${tone}" href="${paths.mail(list, check.mail)}"><span aria-hidden="true">${sign}</span> ${visible(check.context)}<span class="vh"> ${word}</span></a>${check.description ? html`<br><span class="soft">${visible(check.description)}</span>` : ''}</li>`
  })}</ul>`
