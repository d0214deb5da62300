// The blocks beside a page: how to apply, the facts each with its mail, how to follow, how to change something.
import { html } from 'hono/html'
import { replyAddress } from '../../base/reply-address.ts'
import { lookOf } from '../../tracker/topic/look.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { BugStatus, Change, PatchState, Revision, Topic } from '../../tracker/topic/topic.ts'
import { paths, replyByMail } from '../paths.ts'
import type { Application } from '../read/applies.ts'
import type { Named, Related } from '../read/claims.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { Relation } from '../read/relations.ts'
import { appliesLine } from './applies.ts'
import { stateWords } from './chip.ts'
import { fixedFacts, landedFacts } from './landings.ts'
import { relationFacts } from './relations.ts'
import { dayOf, type Html, nameOf, titleOf, visible } from './text.ts'

/** `base`: where the world sees the pages; without it a reader must know which server b4 asks. */
export const applySection = (
  list: ListRow,
  revision: Revision,
  {
    base,
    only,
    applies = null,
  }: { readonly base: string; readonly only?: number; readonly applies?: Application | null },
): Html => {
  const head = headOf(revision)
  if (revision.pullRequest || head === null) return html``
  const which = only === undefined ? '' : `-P ${only} `
  const mail = base === '' ? shellWord(head) : shellUrl(base + paths.mail(list.name, head))
  return html`<section><h2>Apply</h2>
<code class="cmd">b4 am ${which}${visible(mail)}</code>
${base === '' || only !== undefined ? '' : html`<code class="cmd">curl -fsS ${visible(shellUrl(base + paths.am(list.name, head)))} | git am</code>`}
${appliesLine(applies)}
<p class="acts"><a href="${paths.am(list.name, head)}">Patches with their trailers, for git am</a><a href="${paths.mbox(list.name, head)}">Thread as mbox</a><a href="${paths.raw(list.name, head)}">First mail, raw</a></p></section>`
}

/** Nothing in it means anything to a shell: whoever chose the Message-ID chooses no command. */
const shellUrl = (url: string) =>
  url.replace(/[^\w@.~+=%/:-]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

const shellWord = (word: string) =>
  /^[\w@.+=%/:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

export const factsSection = (
  list: ListRow,
  topic: Topic,
  revision: Revision | undefined,
  named: readonly Named[],
  relations: readonly Relation[] = [],
): Html => html`<section><h2>Facts</h2><dl class="quiet">
${topic.state === null ? '' : html`<dt>State</dt><dd>${lookOf(topic.state).word}${setBy(list, topic)}</dd>`}
${topic.delegate ? html`<dt>Delegate</dt><dd>${nameOf(topic.delegate.person)}, ${topic.delegate.by === null ? 'by its files' : html`<a href="${paths.mail(list.name, topic.delegate.by)}">by mail</a>`}</dd>` : ''}
${topic.bug?.severity ? html`<dt>Severity</dt><dd>${visible(topic.bug.severity)}</dd>` : ''}
${topic.bug?.labels.length ? html`<dt>Labels</dt><dd>${visible(topic.bug.labels.join(', '))}</dd>` : ''}
${topic.bug?.target ? html`<dt>Milestone</dt><dd><a href="${paths.milestone(list.name, topic.bug.target)}">${titleOf(topic.bug.target)}</a></dd>` : ''}
${revision?.baseCommit ? html`<dt>Base</dt><dd><code>${visible(revision.baseCommit)}</code></dd>` : ''}
${revision?.changeId ? html`<dt>Change-id</dt><dd><code>${visible(revision.changeId)}</code></dd>` : ''}
${relationFacts(list, topic, relations)}
${landedFacts(list, revision?.patches ?? [])}
${fixedFacts(list, topic.landed ?? [])}
${topic.applied.map(applied => html`<dt>Applied</dt><dd>${applied.commit ? html`<code>${visible(applied.commit)}</code>, ` : ''}<a href="${paths.mail(list.name, applied.mail)}">${dayOf(applied.said)}</a></dd>`)}
${named.slice(0, namedShownMax).map(one => namedTopic(list, one))}
<dt>Message-ID</dt><dd><code>${visible((revision && headOf(revision)) ?? topic.id)}</code></dd></dl></section>`

/** The mail that set the state; none while it is the first one. */
function setBy(list: ListRow, topic: Topic): Html | string {
  const setters = topic.revisions.at(-1)?.patches.map(patch => patch.stateBy) ?? []
  const change = topic.history.findLast(
    ({ effect, what, mail }) =>
      effect && stateChanges.has(what) && (setters.length === 0 || setters.includes(mail)),
  )
  return change ? html`, <a href="${paths.mail(list.name, change.mail)}">${dayOf(change.said)}</a>` : ''
}

const stateChanges: ReadonlySet<Change['what']> = new Set([
  'Patch-Status',
  'Bug-Status',
  'applied',
  'superseded',
  'landed',
  'landed again',
  'reverted',
  'withdrawn',
])

/** The topic that a mail of this one names, with that mail. */
const namedTopic = (list: ListRow, { what, mail, target, topic }: Named): Html =>
  html`<dt>${namedWords[what]}</dt><dd>${
    topic
      ? html`<a href="${paths.mail(list.name, topic.id)}">${titleOf(topic.title)}</a>${topic.state ? html`, ${lookOf(topic.state).word.toLowerCase()}` : ''}`
      : visible(target)
  }, <a href="${paths.mail(list.name, mail)}">as this mail says</a></dd>`

const namedWords: Readonly<Record<Named['what'], string>> = {
  closes: 'Closes',
  fixes: 'Fixes',
  reported: 'Fixes report',
  proposed: 'Posted below',
  mends: 'Mends',
  duplicate: 'Repeats',
  link: 'Links',
  blocks: 'Blocks',
  about: 'About',
  supersedes: 'Supersedes',
  depends: 'Depends on',
  based: 'Based on',
}

/** The topics that the mails of a thread name, where the page has no other facts of it. */
export const namedSection = (list: ListRow, named: readonly Named[]): Html | string =>
  named.length === 0
    ? ''
    : html`<section><h2>Names</h2><dl class="quiet">${named.slice(0, namedShownMax).map(one => namedTopic(list, one))}</dl></section>`

/** A backport that names a hundred commits shows the first ones. */
const namedShownMax = 12

/** Topics that name the one shown, each with its state and the mail that names it. */
export const relatedSection = (list: string, words: string, related: readonly Related[]): Html | string =>
  related.length === 0
    ? ''
    : html`<section><h2>${words}</h2><ul class="quiet">${related.map(
        ({ what, mail, topic }) =>
          html`<li><a href="${paths.mail(list, topic.id)}">${titleOf(topic.title)}</a><br>${topic.state ? html`${stateWords(topic.state)}, ` : ''}<a href="${paths.mail(list, mail)}">${relatedWords[what]}</a></li>`,
      )}</ul></section>`

const relatedWords: Readonly<Record<Related['what'], string>> = {
  closes: 'said to close it',
  fixes: 'said to fix it',
  reported: 'names the report',
  proposed: 'posted below it',
  mends: 'names the patch',
  duplicate: 'said to repeat it',
  link: 'links to it',
  blocks: 'is said to block it',
  about: 'sent to it',
  supersedes: 'says that it takes its place',
  depends: 'says that it needs it',
  based: 'says that it is made on it',
}

export const followSection = (
  list: ListRow,
  id: string,
): Html => html`<section><h2>Follow</h2><ul class="quiet">
<li><a href="${paths.thread(list.name, id)}">Read in one page</a></li>
<li><a href="${paths.mbox(list.name, id)}">Thread as mbox</a></li></ul></section>`

/** One tag that can be sent from here, with the text that would be sent. */
export interface OfferedTag {
  readonly words: string
  readonly tag: string
}

/** Each change is a mail: a link that prepares it, and the line to write for those who write it themselves. */
export const changeSection = (
  list: ListRow,
  answered: { readonly id: string; readonly subject: string },
  tags: readonly OfferedTag[],
): Html => html`<section><h2>Change by mail</h2>
<p><a href="${replyTo(list, answered)}">Reply to this mail</a>${tags.length === 0 ? '' : ', or send one line:'}</p>
${
  tags.length === 0
    ? ''
    : html`<ul class="quiet tags">${tags.map(
        ({ words, tag }) =>
          html`<li><a href="${replyTo(list, answered, tag)}">${words}</a><br><code>${tag}</code></li>`,
      )}</ul>`
}
${replyAddressLine(list, answered)}</section>`

/** For clients that drop the field In-Reply-To of a link. */
export function replyAddressLine(
  list: ListRow,
  { id, subject }: { readonly id: string; readonly subject: string },
): Html {
  const to = replyAddress(list.address, id)
  return html`<p class="soft">Without In-Reply-To: <a href="${replyByMail({ to, subject: visible(subject) })}">${visible(to)}</a></p>`
}

const replyTo = (list: ListRow, { id, subject }: { id: string; subject: string }, body?: string) =>
  replyByMail({ to: list.address, subject, inReplyTo: id, ...(body === undefined ? {} : { body }) })

/** What makes sense for patches in this state: nothing for what is taken, or what a newer revision replaces. */
export function patchTags(state: PatchState | 'mixed'): readonly OfferedTag[] {
  if (state === 'accepted' || state === 'superseded') return []
  if (state === 'rejected' || state === 'withdrawn' || state === 'not-applicable')
    return [{ words: 'Open it again', tag: 'Patch-Status: new' }]
  return [
    { words: 'Take it', tag: 'Patch-Status: accepted' },
    { words: 'Ask for changes', tag: 'Patch-Status: changes-requested' },
    { words: 'Say that you look at it', tag: 'Patch-Status: under-review' },
    { words: 'Withdraw your own', tag: 'Patch-Status: withdrawn' },
  ].filter(({ tag }) => tag !== `Patch-Status: ${state}`)
}

/** What makes sense for a bug in this state; a report of a robot has none and may become a bug. */
export function bugTags(status: BugStatus | undefined): readonly OfferedTag[] {
  if (status !== undefined && closedStatuses.includes(status))
    return [{ words: 'Reopen it', tag: 'Bug-Status: reopened' }]
  return [
    { words: 'Confirm it', tag: 'Bug-Status: confirmed' },
    { words: 'Ask the reporter', tag: 'Bug-Status: needs-info' },
    { words: 'It is fixed', tag: 'Bug-Status: fixed' },
    { words: 'It is no bug', tag: 'Bug-Status: invalid' },
  ].filter(({ tag }) => tag !== `Bug-Status: ${status}`)
}

/** What waits for nothing more. */
export const closedStatuses: readonly BugStatus[] = ['fixed', 'wontfix', 'invalid', 'worksforme', 'duplicate']
