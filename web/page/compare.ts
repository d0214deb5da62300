// What changed between two revisions: patch by patch, what was asked for on the older one, what the author says, then
// the differences of the patches that changed.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { changelogOf } from '../../tracker/mail/changelog.ts'
import type { PatchText } from '../../tracker/mail/patch-text.ts'
import type { PatchChange, PatchPair } from '../../tracker/topic/compare.ts'
import { type DeltaLine, type PatchDelta, patchDelta } from '../../tracker/topic/patch-delta.ts'
import type { PatchReview, ReviewThread } from '../../tracker/topic/patch-review.ts'
import { isShown, reviewsOf } from '../../tracker/topic/reviews.ts'
import { revisionName } from '../../tracker/topic/revision-name.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { commentAnchor, gistOf } from '../part/comments.ts'
import { deltaOf, type Names } from '../part/delta.ts'
import { frame } from '../part/frame.ts'
import { letterOf } from '../part/patch-table.ts'
import { countText, daysOf, type Html, linesOf, nameOf, titleOf, titleText, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface CompareView {
  readonly list: ListRow
  readonly topic: Topic
  readonly was: Revision
  readonly now: Revision
  readonly pairs: readonly PatchPair[]
  /** Of the patches that are in both, by Message-ID. */
  readonly texts: ReadonlyMap<string, PatchText>
  /** What the author says in the cover letter that changed. */
  readonly changelog: readonly string[]
  /** Of the older revision's patches. */
  readonly reviews: ReadonlyMap<string, PatchReview>
}

export const comparePage = (view: CompareView): Html => {
  const { list, topic, was, now } = view
  const names = namesOf(view)
  const head = headOf(now) ?? topic.id
  return frame({
    title: `${names.was}..${names.now} ${titleText(now.title)}`,
    list,
    here: 'home',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: titleText(now.title), path: paths.mail(list.name, head) },
      { text: `${names.was}..${names.now}` },
    ],
    skipTo: 'comparison',
    main: html`<h1>What changed from ${names.was} to ${names.now}</h1>
<p class="meta"><span>${titleOf(now.title)}</span> <span>${nameOf(now.author)}</span> <span>${daysOf(was.said, now.said)}</span></p>
${summary(view)}
<div class="cols"><div>
${rangeTabs(view)}
${pairsSection(view, names)}
${askedSection(view, names)}
${view.changelog.length === 0 ? '' : changelogSection(view, names)}
${deltaSections(view, names)}
</div>
<aside class="side" aria-label="About this comparison">
<section><h2>At home</h2><code class="cmd">b4 diff -v ${was.version} ${now.version} -- ${visible(head)}</code></section>
<section><h2>Size</h2><dl class="quiet">${sizeRow(names.was, was)}${sizeRow(names.now, now)}</dl></section>
<section><h2>How patches are matched</h2><p class="soft">By the same code, then by title, then by how much of the changed lines is alike. Line numbers that only moved are not a change.</p></section>
</aside></div>`,
  })
}

const namesOf = ({ topic, was, now }: CompareView): Names => ({
  was: revisionName(topic.revisions, was),
  now: revisionName(topic.revisions, now),
})

const sizeRow = (name: string, { patches }: Revision): Html =>
  html`<dt>${name}</dt><dd>${countText(patches.length, 'patch', 'patches')}, ${linesOf(
    patches.reduce((sum, patch) => sum + patch.added, 0),
    patches.reduce((sum, patch) => sum + patch.removed, 0),
  )}</dd>`

function summary({ pairs, now }: CompareView): Html {
  const of = (change: PatchChange) => pairs.filter(pair => pair.change === change)
  const stay = (['changed', 'same', 'new'] as const).filter(change => of(change).length > 0)
  const parts = stay.map(
    (change, at) =>
      html`${at === 0 ? '' : ', '}${numbersOf(of(change), at === 0)} ${verbs[change](of(change).length)}`,
  )
  const gone = of('gone').length
  const changed = of('changed').length
  const words = changed === 0 ? 'No patch changed' : `${changed} of ${pairs.length - gone} changed`
  return html`<div class="stand tone-info"><span class="chip info"><span aria-hidden="true">${changed === 0 ? '=' : '≠'}</span> ${words}</span><div><p>${parts}${
    gone > 0 ? `, ${countText(gone, 'patch', 'patches')} of before ${gone === 1 ? 'is' : 'are'} gone` : ''
  }.${now.incomplete ? html` Not complete: ${visible(now.incomplete)}.` : ''}</p></div></div>`
}

const verbs = {
  changed: () => 'changed',
  same: (count: number) => (count === 1 ? 'is the same' : 'are the same'),
  new: (count: number) => (count === 1 ? 'is new' : 'are new'),
}

/** `Patches 2 and 3`, each leading to its differences. */
function numbersOf(pairs: readonly PatchPair[], opens: boolean): Html {
  const shown = pairs.slice(0, numbersShownMax)
  const more = pairs.length - shown.length
  const noun = pairs.length === 1 ? 'patch' : 'patches'
  return html`${opens ? `P${noun.slice(1)}` : noun} ${shown.map(({ now, change }, at) => {
    const separator = at === 0 ? '' : at === shown.length - 1 && more === 0 ? ' and ' : ', '
    const number = now?.number ?? 0
    return html`${separator}${change === 'changed' ? html`<a href="#p${number}">${number}</a>` : number}`
  })}${more > 0 ? ` and ${more} more` : ''}`
}

const numbersShownMax = 12

/** Each revision against the one before it and the first against the newest. */
function rangeTabs({ list, topic, was, now }: CompareView): Html | string {
  const { revisions } = topic
  if (revisions.length < 3) return ''
  const steps = revisions.slice(1).map((revision, at) => [revisions[at], revision] as const)
  const all: (readonly [Revision | undefined, Revision | undefined])[] = [
    ...steps.toReversed(),
    [revisions[0], revisions.at(-1)],
  ]
  return html`<ul class="tabs" aria-label="Compare">${all.slice(0, tabsMax).map(([old, own]) => {
    if (!old || !own) return ''
    const [from, to] = [revisionName(revisions, old), revisionName(revisions, own)]
    const isHere = old === was && own === now
    return html`<li><a href="${paths.compare(list.name, headOf(own) ?? topic.id, from, to)}"${isHere ? html` aria-current="true"` : ''}>${from}..${to}</a></li>`
  })}</ul>`
}

const tabsMax = 12

const pairsSection = (view: CompareView, names: Names): Html =>
  html`<section aria-labelledby="h-patches">
<div class="hd"><h2 id="h-patches">Patch by patch</h2><a href="${paths.mail(view.list.name, headOf(view.now) ?? view.topic.id)}">${names.now} as it stands</a></div>
<div class="card scroll"><table class="quiet flat"><thead><tr><th scope="col" class="num">${names.was}</th><th scope="col" class="num">${names.now}</th><th scope="col">Subject</th><th scope="col">Since ${names.was}</th><th scope="col">Reviews</th></tr></thead>
<tbody>${view.pairs.map(pair => pairRow(view, names, pair))}</tbody></table></div>
</section>`

function pairRow({ list, topic, now: revision }: CompareView, names: Names, pair: PatchPair): Html {
  const { was, now, change } = pair
  const patch = now ?? was
  if (patch === null) return html``
  const path = change === 'changed' ? `#p${patch.number}` : paths.mail(list.name, patch.id)
  const cell = (number: number | undefined, name: string) =>
    number === undefined
      ? html`<td class="num soft no">–</td>`
      : html`<td class="num soft" data-w="${name}">${number}</td>`
  const reviews = now ? reviewsOf(topic, revision, now) : []
  const lapsed = reviews.filter(({ counts }) => counts === 'code changed').length
  return html`<tr>${cell(was?.number, names.was)}${cell(now?.number, names.now)}<th scope="row" class="sub"><a href="${path}">${titleOf(patch.title)}</a></th><td>${changeWords(change)}</td><td>${reviews
    .filter(isShown)
    .slice(0, lettersMax)
    .map(
      review => html`${letterOf(list.name, review)} `,
    )}${lapsed > 0 ? html` <span class="soft">${lapsed} lapsed</span>` : ''}</td></tr>
`
}

const lettersMax = 8

const changeWords = (change: PatchChange): Html => {
  const { sign, word, tone } = changeLooks[change]
  return html`<span class="chip txt${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`
}

const changeLooks: Record<PatchChange, { sign: string; word: string; tone: string }> = {
  same: { sign: '=', word: 'same', tone: '' },
  changed: { sign: '≠', word: 'changed', tone: ' info' },
  new: { sign: '+', word: 'new', tone: ' ok' },
  gone: { sign: '−', word: 'gone', tone: ' bad' },
}

/** The comments on lines of the older revision: is the line another one now? */
function askedSection({ list, reviews, was, pairs }: CompareView, names: Names): Html | string {
  const gone = new Set(pairs.flatMap(({ change, was }) => (change === 'gone' && was ? [was] : [])))
  const asked = was.patches.flatMap(patch =>
    (reviews.get(patch.id)?.threads ?? [])
      .filter(({ place }) => place.on === 'line')
      .map(thread => ({ patch, thread })),
  )
  if (asked.length === 0) return ''
  const changed = asked.filter(({ thread }) => thread.state === 'outdated').length
  return html`<section aria-labelledby="h-asked">
<div class="hd"><h2 id="h-asked">Comments on ${names.was} <span class="soft">${changed} of ${asked.length} on lines that changed since</span></h2></div>
<ul class="line">${asked.slice(0, askedShownMax).map(({ patch, thread }) => askedLine(list.name, patch, thread, gone.has(patch)))}</ul>
${asked.length > askedShownMax ? html`<p class="soft">And ${countText(asked.length - askedShownMax, 'more comment')} on the pages of the patches.</p>` : ''}</section>`
}

const askedShownMax = 20

const askedLine = (list: string, patch: TopicPatch, { first, state }: ReviewThread, isGone: boolean): Html =>
  html`<li class="ev"><b>${nameOf(first.author)}</b>, patch ${patch.number}: <a href="${paths.mail(list, patch.id)}#${commentAnchor(first)}">${gistOf(first)}</a> ${
    isGone
      ? html`<span class="soft">the patch is gone</span>`
      : state === 'outdated'
        ? html`<span class="ok txt">✓ the line changed</span>`
        : html`<span class="soft">the line is the same</span>`
  }</li>`

const changelogSection = ({ list, now, topic, changelog }: CompareView, names: Names): Html =>
  html`<section aria-labelledby="h-cover"><div class="hd"><h2 id="h-cover">From the cover letter of ${names.now}</h2><a href="${paths.mail(list.name, now.cover ?? topic.id)}">All of it</a></div>
<div class="card"><div class="mail"><pre class="t">${visible(changelog.join('\n'))}</pre></div></div></section>`

/** The patches that differ, in code or only in their message. */
function deltaSections(view: CompareView, names: Names): Html {
  let left: number = limits.diffLinesShownMax
  const sections = view.pairs.flatMap(({ was, now, change }) => {
    const [old, own] = [view.texts.get(was?.id ?? ''), view.texts.get(now?.id ?? '')]
    if (!was || !now || !old || !own) return []
    const full = patchDelta(old, own)
    const delta = full.message.every(addsNothing) ? { ...full, message: [] } : full
    if (change === 'same' && delta.message.length === 0) return []
    const section = deltaSection(view, names, now, delta, own, Math.max(left, 0))
    left -= delta.files.reduce((sum, file) => sum + file.lines.length, 0)
    return [section]
  })
  return html`${sections}`
}

/** Unchanged, or a trailer: collecting them is no change of the message, and the table above has them. */
const addsNothing = ({ kind, text }: DeltaLine) =>
  kind === 'both' || /^[A-Z][A-Za-z-]{2,30}-by: |^$/.test(text)

function deltaSection(
  { list, now: revision }: CompareView,
  names: Names,
  patch: TopicPatch,
  delta: PatchDelta,
  text: PatchText,
  linesMax: number,
): Html {
  const changelog = changelogOf(text.notes)
  return html`<section aria-labelledby="p${patch.number}">
<div class="hd"><h2 id="p${patch.number}">${revision.total > 1 ? `${patch.number}/${revision.total} ` : ''}${titleOf(patch.title)}</h2><a href="${paths.mail(list.name, patch.id)}">The whole patch</a></div>
<div class="card">${changelog.length > 0 ? html`<div class="mail"><pre class="t">${visible(changelog.join('\n'))}</pre></div>` : ''}
${deltaOf(delta, names, linesMax)}
${delta.message.length === 0 && delta.files.length === 0 ? html`<p class="key">The text is the same; only line numbers, white space or file modes differ.</p>` : html`<p class="key"><span><b>${names.was}</b> only in ${names.was}</span> <span><b>${names.now}</b> only in ${names.now}</span> <span><b>both</b> both say this</span> <span><b>+ −</b> what the patch does to the code</span></p>`}</div>
</section>`
}
