// Every change of a topic with the mail behind it, and the changes that were understood and had no effect.
import { html } from 'hono/html'
import type { Change, Topic } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { dayOf, type Html, nameOf, visible } from './text.ts'

/** Newest last; nothing when nothing was ever changed. */
export const historySection = (list: string, topic: Topic): Html | string =>
  topic.history.length === 0
    ? ''
    : html`<section aria-labelledby="h-history">
<div class="hd"><h2 id="h-history">History</h2><p class="soft">Each change with its mail</p></div>
<ol class="line">${topic.history.map(change => html`<li class="ev">${changeLine(list, change)}</li>`)}</ol>
</section>`

export const changeLine = (list: string, change: Change): Html =>
  html`<b>${nameOf(change.who)}</b> ${verb(change)}, <a href="${paths.mail(list, change.mail)}">${dayOf(change.said)}</a>${
    change.reason === null ? '' : html`<br><span class="soft">${visible(change.reason)}</span>`
  }`

function verb({ what, value, effect }: Change): Html {
  if (!effect)
    return html`wrote <code>${visible(what)}${value ? `: ${visible(value)}` : ''}</code> <span class="bad txt">✕ without effect</span>`
  switch (what) {
    case 'Patch-Status':
    case 'Bug-Status':
      return html`set the state to <b>${visible(value)}</b>`
    case 'applied':
      return value ? html`applied it as <code>${visible(value)}</code>` : html`said it is applied`
    case 'withdrawn':
      return html`withdrew it`
    case 'superseded':
      return html`posted a newer revision, in place of <b>${visible(value)}</b>`
    default:
      return html`set ${visible(what)} to <b>${visible(value)}</b>`
  }
}
