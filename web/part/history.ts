// Every change of a topic with the mail behind it, who its sender was and how far authenticated; and the changes that
// were understood and had no effect, with the reason.
import { html } from 'hono/html'
import type { TagName } from '../../base/state-words.ts'
import type { Change, Topic } from '../../tracker/topic/topic.ts'
import { howWords } from '../../tracker/topic/verdict-words.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { commitLink } from './landings.ts'
import { dayOf, type Html, nameOf, visible } from './text.ts'

/** Newest last; nothing when nothing was ever changed. */
export const historySection = (list: ListRow, topic: Topic): Html | string =>
  topic.history.length === 0
    ? ''
    : html`<section aria-labelledby="h-history">
<div class="hd"><h2 id="h-history">History</h2><p class="soft">Each change with its mail</p></div>
<ol class="line">${topic.history.map(change => html`<li class="ev">${changeLine(list, change)}</li>`)}</ol>
</section>`

/** What the lines of one mail did, below its text; empty for a mail that has none. */
export function didSection(list: ListRow, topic: Topic, id: string): Html | string {
  const own = topic.history.filter(({ mail, commit }) => mail === id && !commit).slice(0, didShownMax)
  return own.length === 0
    ? ''
    : html`<section aria-labelledby="h-did">
<div class="hd"><h2 id="h-did">What it did</h2></div>
<ol class="line">${own.map(change => html`<li class="ev">${changeLine(list, change)}</li>`)}</ol></section>`
}

/** A mail has a few lines; one that speaks of many patches is read on the page of its topic. */
const didShownMax = 20

export const changeLine = (list: ListRow, change: Change): Html =>
  html`<b>${nameOf(change.who)}</b> ${change.sent ? sentVerb(list, change) : change.commit ? commitVerb(list, change) : verb(change)}, <a href="${paths.mail(list.name, change.mail)}">${dayOf(change.said)}</a>${vouchWords(change)}${
    change.reason === null ? '' : html`<br><span class="soft">${visible(change.reason)}</span>`
  }${
    change.against
      ? html`<br><span class="soft">It contradicts <a href="${paths.mail(list.name, change.against)}">this mail</a></span>`
      : ''
  }${
    change.undone
      ? html`<br><span class="soft">${nameOf(change.undone.who)} <a href="${paths.mail(list.name, change.undone.mail)}">took it back</a></span>`
      : ''
  }`

/** What it did stands on the page of the topic that it speaks of. */
function sentVerb(list: ListRow, { what, value, sent }: Change): Html | string {
  if (!sent) return ''
  const words = sent.bug === undefined ? 'the thread of another mail' : `bug #${sent.bug}`
  return html`wrote <code>${visible(what)}: ${visible(value)}</code>, sent to <a href="${paths.mail(list.name, sent.target)}">${words}</a>`
}

/** What a commit did, with its release. */
function commitVerb(list: ListRow, { what, commit, effect }: Change): Html | string {
  if (!commit) return ''
  const words =
    what === 'reverted' ? 'took it back' : what === 'landed again' ? 'brought it again' : 'committed it'
  return html`${words} in <b>${visible(commit.branch)}</b> as ${commitLink(list, commit.id)}${
    commit.release === null ? '' : html` (${visible(commit.release)})`
  }${effect ? '' : html` <span class="bad txt">✕ without effect</span>`}`
}

/** "maintainer, DKIM of example.org". */
function vouchWords({ vouch }: Change): Html | string {
  if (!vouch) return ''
  const role = vouch.role === 'anybody' ? '' : `${vouch.role}, `
  return html` <span class="soft">(${role}${visible(howWords(vouch.how))}${vouch.grade === 'I' ? '' : html`, grade ${vouch.grade}`})</span>`
}

function verb(change: Change): Html {
  const { what, value, effect, undone } = change
  if (!effect && !undone && what !== 'newer posting') return withoutEffect(change)
  switch (what) {
    case 'newer posting':
      return html`posted a newer <b>${visible(value)}</b>, which changes nothing here`
    case 'Patch-Status':
    case 'Bug-Status':
      return stateVerb(value)
    case 'applied':
      return /^[0-9a-f]{7,64}$/.test(value)
        ? html`applied it as <code>${visible(value)}</code>`
        : html`said that it is applied${value ? html` <span class="soft">${visible(value)}</span>` : ''}`
    case 'withdrawn':
      return html`withdrew it`
    case 'superseded':
      return html`posted a newer revision, in place of <b>${visible(value)}</b>`
    case 'Finding':
      return html`dismissed <b>${findingWords(value)}</b>`
    case 'check':
      return html`posted the check <code>${visible(value)}</code>`
    case 'note':
      return html`noted: ${visible(value)}`
    case 'review':
      return html`gave <code>${visible(value)}</code>`
    case 'CI':
      return html`asked for <b>CI: ${visible(value)}</b>`
    case 'Undo':
      return html`took back what <code>${visible(value)}</code> changed`
    case 'Link-Revision':
      return html`said that <code>${visible(value)}</code> is a revision of the same change`
    case 'Unlink-Revision':
      return html`said that <code>${visible(value)}</code> is another change`
    case 'not understood':
    case 'landed':
    case 'reverted':
    case 'landed again':
      return setVerb(what, value)
    default:
      return setVerb(what satisfies TagName, value)
  }
}

/** `2 dismissed`, `1, 3 dismissed`, `dismissed`. */
const findingWords = (value: string) => {
  const numbers = value.match(/\d+/g) ?? []
  return numbers.length === 0
    ? 'the findings'
    : `${numbers.length === 1 ? 'finding' : 'findings'} ${visible(numbers.join(', '))}`
}

/** `accepted`, or `3: accepted` of one patch. */
function stateVerb(value: string): Html {
  const [, number, state] = value.match(/^(\d{1,4}): (.*)$/s) ?? []
  return number && state
    ? html`set the state of patch ${number} to <b>${visible(state)}</b>`
    : html`set the state to <b>${visible(value)}</b>`
}

const setVerb = (what: string, value: string): Html => html`set ${visible(what)} to <b>${visible(value)}</b>`

/** Refused, or it stood so already. */
const withoutEffect = ({ what, value, reason }: Change): Html =>
  reason === null
    ? html`said <code>${visible(what)}: ${visible(value)}</code> once more`
    : html`wrote <code>${what === 'review' || what === 'not understood' ? visible(value) : `${visible(what)}${value ? `: ${visible(value)}` : ''}`}</code> <span class="bad txt">✕ without effect</span>`
