// The blocks beside a page: how to apply, the facts each with its mail, how to follow, how to change something.
import { html } from 'hono/html'
import { lookOf } from '../../tracker/topic/look.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import {
  type Applied,
  type BugStatus,
  type Change,
  finalStatuses,
  type PatchState,
  type Revision,
  type Topic,
} from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { Application } from '../read/applies.ts'
import type { Named, Related } from '../read/claims.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { Relation } from '../read/relations.ts'
import { appliesLine } from './applies.ts'
import { stateWords } from './chip.ts'
import { fixedFacts, landedFacts } from './landings.ts'
import { relationFacts } from './relations.ts'
import type { OfferedTag } from './reply.ts'
import { shellUrl, shellWord } from './shell.ts'
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
  return html`<section id="apply"><h2>Apply</h2>
<code class="cmd">b4 am ${which}${visible(mail)}</code>
${base === '' || only !== undefined ? '' : html`<code class="cmd">curl -fsS ${visible(shellUrl(base + paths.am(list.name, head)))} | git am</code>`}
${appliesLine(applies)}
<p class="acts"><a href="${paths.am(list.name, head)}">Patches with their trailers, for git am</a> <a href="${paths.mbox(list.name, head)}">Thread as mbox</a> <a href="${paths.raw(list.name, head)}">First mail, raw</a></p></section>`
}

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
${appliedFacts(list, topic)}
${named.slice(0, namedShownMax).map(one => namedTopic(list, one))}
<dt>Message-ID</dt><dd><code>${visible((revision && headOf(revision)) ?? topic.id)}</code></dd></dl></section>`

/** Once for each person or program: a robot that tells of each patch said one thing. */
function appliedFacts(list: ListRow, { applied }: Topic): Html[] {
  const link = (one: Applied, words: Html | string) =>
    html`<a href="${paths.mail(list.name, one.mail)}">${words}</a>`
  return [...Map.groupBy(applied, ({ who }) => who.address || who.name).values()].map(own => {
    const [first, ...others] = own
    if (!first) return html``
    const commits = [...new Set(own.flatMap(({ commit }) => commit ?? []))].slice(0, appliedShownMax)
    const more = others.length - appliedShownMax
    return html`<dt>Applied</dt><dd>${commits.map(commit => html`<code>${visible(commit)}</code>, `)}${
      others.length > 0 ? html`${nameOf(first.who)} in ${own.length} mails: ` : ''
    }${link(first, dayOf(first.said))}${others.slice(0, appliedShownMax).map((one, at) => html`, ${link(one, html`<span class="vh">mail </span>${at + 2}`)}`)}${more > 0 ? ` and ${more} more` : ''}</dd>`
  })
}

const appliedShownMax = 8

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
  if (status !== undefined && finalStatuses.includes(status))
    return [{ words: 'Reopen it', tag: 'Bug-Status: reopened' }]
  return [
    { words: 'Confirm it', tag: 'Bug-Status: confirmed' },
    { words: 'Ask the reporter', tag: 'Bug-Status: needs-info' },
    { words: 'It is fixed', tag: 'Bug-Status: fixed' },
    { words: 'It is no bug', tag: 'Bug-Status: invalid' },
  ].filter(({ tag }) => tag !== `Bug-Status: ${status}`)
}
