// The page of a patchset, opened at one of its revisions: standing, patches by reviewers, revisions, the cover
// letter (or the only patch), the thread, what happened.

import { html } from 'hono/html'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { type PatchPair, wholePatches } from '../../tracker/topic/compare.ts'
import { revisionFindings } from '../../tracker/topic/findings.ts'
import type { PatchReview } from '../../tracker/topic/patch-review.ts'
import { reviewsOf, revisionChecks } from '../../tracker/topic/reviews.ts'
import { revisionName } from '../../tracker/topic/revision-name.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { applySection, factsSection, followSection, patchTags, relatedSection } from '../part/aside.ts'
import { buildsSection } from '../part/build-look.ts'
import { checksSection } from '../part/checks.ts'
import { stateWords } from '../part/chip.ts'
import { findingsSection } from '../part/findings.ts'
import { frame } from '../part/frame.ts'
import { patchsetGlance } from '../part/glance.ts'
import { historySection } from '../part/history.ts'
import { type Jump, jumps } from '../part/jumps.ts'
import { mailProblems } from '../part/mail-problems.ts'
import { mailText } from '../part/mail-text.ts'
import { type NewSince, topicNews } from '../part/news.ts'
import { openComments, openOf } from '../part/open-comments.ts'
import { patchMailSections } from '../part/patch-mail.ts'
import { patchTable, type Since } from '../part/patch-table.ts'
import { personLink } from '../part/person-link.ts'
import { answeredMail, replySection } from '../part/reply.ts'
import { standingBox } from '../part/standing.ts'
import {
  countText,
  dayOf,
  type Html,
  linesOf,
  minuteOf,
  nameOf,
  titleOf,
  titleText,
  visible,
} from '../part/text.ts'
import { textOptions } from '../part/text-options.ts'
import { threadSection } from '../part/thread-section.ts'
import { twinsSection } from '../part/twins.ts'
import { paths } from '../paths.ts'
import type { Application } from '../read/applies.ts'
import type { BuildLine } from '../read/builds.ts'
import type { Named, Related } from '../read/claims.ts'
import type { ListRow, Twin } from '../read/located-mail.ts'
import type { Relation } from '../read/relations.ts'
import type { PatchComments } from '../read/reviews.ts'

export interface PatchsetView {
  /** Where the world sees the pages; empty where that is not known. */
  readonly base: string
  readonly list: ListRow
  /** The same mail on other lists. */
  readonly twins: readonly Twin[]
  readonly topic: Topic
  readonly revision: Revision
  /** The mail the address names: the cover, or the first patch where there is none. */
  readonly id: string
  readonly mail: DecodedMail | undefined
  readonly named: readonly Named[]
  /** What the revision says of other postings, and which others say something of it. */
  readonly relations: readonly Relation[]
  readonly relying: readonly Related[]
  /** What mends it. */
  readonly mends: readonly Related[]
  /** What became of the patches since the revision before; null for the first one. */
  readonly pairs: readonly PatchPair[] | null
  /** Of a series: the conversations about each of its patches. */
  readonly reviews: ReadonlyMap<string, PatchReview>
  /** Whether the revision still applies; null where it was not tried. */
  readonly applies: Application | null
  /** Of the patchset, newest first. */
  readonly builds: readonly BuildLine[]
  /** Of a patch that stands alone. */
  readonly comments: PatchComments
  readonly since: NewSince | undefined
}

export const patchsetPage = (view: PatchsetView): Html => {
  const { list, topic, revision, id } = view
  const patches = wholePatches(topic.revisions, revision)
  return frame({
    title: `${titleText(revision.title)} (v${revision.version})`,
    list,
    here: 'home',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Patches' }],
    skipTo: 'patchset',
    main: html`<h1>${titleOf(revision.title)}</h1>
${metaLine(view)}
${topicNews(list.name, topic, view.since)}
${jumps([replyJump, ...jumpsOf(view)])}
${standingBox(list.name, topic.standing, warnings(view))}
${patchsetGlance(list, topic, changedOf(view))}
<div class="cols"><div>
${patches.length > 1 ? patchesSection(view, patches) : ''}
${topic.revisions.length > 1 ? revisionsSection(list.name, topic, revision) : ''}
${openComments({ list, topic }, revision, view.reviews)}
${textSection(view)}
${threadSection(list.name, topic, id, view.since)}
${historySection(list, topic)}
</div>
<aside class="side" aria-label="About this patchset">
${applySection(list, revision, { base: view.base, applies: view.applies })}
${factsSection(list, topic, revision, view.named, view.relations)}
${relatedSection(list.name, 'Named by', view.relying)}
${relatedSection(list.name, 'Mended by', view.mends)}
${checksSection(list.name, revisionChecks(topic, revision))}
${buildsSection(view.builds, 'Builds', paths.buildsOfPatchset(list.name, id))}
${findingsSection(list, topic, revisionFindings(topic, revision))}
${replySection(list, answeredHere(view, id), patchTags(revision.state))}
${twinsSection(view.twins)}
${followSection(list, id)}
</aside></div>`,
  })
}

/** The mail that the page shows, as an answer addresses it. */
export const answeredHere = (
  { list, topic, mail }: Pick<PatchsetView, 'list' | 'topic' | 'mail'>,
  id: string,
) =>
  answeredMail(list, {
    id,
    subject: subjectOf(topic, id),
    mail,
    said: topic.mails.find(one => one.id === id)?.said,
  })

const subjectOf = (topic: Topic, id: string) =>
  topic.mails.find(mail => mail.id === id)?.subject ?? topic.title

const replyJump: Jump = { words: 'Reply', path: '#reply' }

/** To apply it, to its newest revision, to what changed since the one before. */
export function jumpsOf({
  list,
  topic,
  revision,
}: Pick<PatchsetView, 'list' | 'topic' | 'revision'>): Jump[] {
  const newest = topic.revisions.at(-1)
  const head = newest && headOf(newest)
  const elder = newest && elderRevision(topic, newest)
  return [
    ...(revision.pullRequest ? [] : [{ words: 'Apply', path: '#apply' }]),
    ...(newest && head && newest !== revision
      ? [{ words: `Newest: v${newest.version}`, path: paths.mail(list.name, head) }]
      : []),
    ...(newest && elder && !newest.pullRequest
      ? [{ words: 'What changed', path: comparePath(list.name, topic, elder, newest) }]
      : []),
  ]
}

function metaLine({ list, topic, revision }: PatchsetView): Html {
  const files = new Set(revision.patches.flatMap(patch => patch.files))
  const sum = (of: (patch: TopicPatch) => number) =>
    revision.patches.reduce((total, patch) => total + of(patch), 0)
  return html`<p class="meta"><span><span class="rev">v${revision.version}</span>${newestVersion(topic) > 1 ? ` of ${newestVersion(topic)}` : ''}${revision.resend ? ', sent again' : ''}</span> ${revision.scope ? html`<span>for <bdi>${visible(revision.scope)}</bdi></span>` : ''} <span>${personLink(list.name, revision.author)}${revision.postedBy ? `, posted by ${nameOf(revision.postedBy)}` : ''}</span> ${minuteOf(revision.said)} ${
    revision.pullRequest
      ? html`<span>Pull request</span>`
      : html`<span>${countText(revision.patches.length, 'patch', 'patches')}, ${countText(files.size, 'file')}</span> ${linesOf(
          sum(patch => patch.added),
          sum(patch => patch.removed),
        )}`
  }</p>`
}

const newestVersion = ({ revisions }: Topic) => revisions.at(-1)?.version ?? 1

/** What a reader must know before the rest: an older revision, missing patches, an odd topic. */
function warnings({ list, topic, revision }: PatchsetView): Html | undefined {
  const newest = topic.revisions.at(-1)
  const newestHead = newest && headOf(newest)
  const sentences: Html[] = []
  if (newest && newest !== revision && newestHead)
    sentences.push(
      html`You are reading v${revision.version}. <a href="${paths.mail(list.name, newestHead)}">Go to the newest, v${newest.version}${newest.version === revision.version ? ', sent again' : ''}</a>`,
    )
  // A partial reroll lacks nothing: it stands with the patches that it leaves as they were.
  if (
    revision.incomplete &&
    revision.completeness !== 'partial-reroll' &&
    !says(topic.standing, revision.incomplete)
  )
    sentences.push(html`Not complete: ${visible(revision.incomplete)}`)
  for (const id of topic.doubted ?? [])
    sentences.push(
      html`<a href="${paths.mail(list.name, id)}">A mail that answers it</a> came in several texts, and another one than is shown may be a patch of it`,
    )
  // What other revisions lack is said on their own pages.
  for (const problem of topic.problems.filter(text => !/^v\d+: /.test(text)))
    sentences.push(html`${visible(problem)}`)
  return sentences.length === 0
    ? undefined
    : html`${sentences.map((line, index) => html`${index > 0 ? html`<br>` : ''}${line}.`)}`
}

/** The sentence of the patchset tells it already. */
const says = ({ sentence }: Topic['standing'], words: string): boolean =>
  sentence.some(part => typeof part === 'string' && part.toLowerCase().includes(words.toLowerCase()))

const patchesSection = (
  view: PatchsetView,
  patches: readonly TopicPatch[],
): Html => html`<section aria-labelledby="h-patches">
<div class="hd"><h2 id="h-patches">Patches</h2></div>
${patchTable({
  list: view.list.name,
  topic: view.topic,
  revision: view.revision,
  patches,
  open: new Map([...view.reviews].map(([id, review]) => [id, openOf(review)])),
  since: sinceOf(view),
})}
</section>`

function sinceOf({ list, topic, revision, pairs }: PatchsetView): Since | null {
  const elder = elderRevision(topic, revision)
  if (pairs === null || elder === undefined) return null
  return {
    name: revisionName(topic.revisions, elder),
    path: comparePath(list.name, topic, elder, revision),
    pairs,
  }
}

/** What became of the newest revision's patches, where it has an elder. */
function changedOf({ list, topic, revision, pairs }: PatchsetView) {
  const newest = topic.revisions.at(-1)
  const elder = newest && elderRevision(topic, newest)
  if (!newest || !elder || newest.pullRequest) return null
  const path = comparePath(list.name, topic, elder, newest)
  const since = `since ${revisionName(topic.revisions, elder)}`
  // Of an older one it is not known here.
  if (pairs === null || revision !== newest) return { words: `What changed ${since}`, path }
  const changed = pairs.filter(({ change }) => change !== 'same').length
  return {
    words: changed === 0 ? `Nothing ${since}` : `${countText(changed, 'patch', 'patches')} ${since}`,
    path,
  }
}

export const elderRevision = (topic: Topic, revision: Revision): Revision | undefined =>
  topic.revisions[topic.revisions.indexOf(revision) - 1]

const comparePath = (list: string, topic: Topic, was: Revision, now: Revision) =>
  paths.compare(
    list,
    headOf(now) ?? topic.id,
    revisionName(topic.revisions, was),
    revisionName(topic.revisions, now),
  )

/** Newest first. */
const revisionsSection = (
  list: string,
  topic: Topic,
  shown: Revision,
): Html => html`<section aria-labelledby="h-revisions">
<div class="hd"><h2 id="h-revisions">Revisions</h2>${firstToLast(list, topic)}</div>
<div class="card"><table class="flat"><thead><tr><th scope="col">Revision</th><th scope="col">Sent</th><th scope="col">Patches</th><th scope="col">State</th><th scope="col">Compare</th></tr></thead>
<tbody>${topic.revisions.toReversed().map(revision => revisionRow(list, topic, revision, revision === shown))}</tbody></table></div>
</section>`

/** Two revisions have one comparison, which stands in its row. */
function firstToLast(list: string, topic: Topic): Html | string {
  const [first, last] = [topic.revisions[0], topic.revisions.at(-1)]
  if (!first || !last || topic.revisions.length < 3) return ''
  return html`<a href="${comparePath(list, topic, first, last)}">From the first to the newest</a>`
}

function revisionRow(list: string, topic: Topic, revision: Revision, isShown: boolean): Html {
  const head = headOf(revision)
  const label = revisionName(topic.revisions, revision)
  const elder = elderRevision(topic, revision)
  return html`<tr${isShown ? html` class="now"` : ''}><td>${
    isShown || head === null
      ? html`<span class="rev">${label}</span>`
      : html`<a class="rev" href="${paths.mail(list, head)}">${label}</a>`
  }${revision.resend ? ' sent again' : ''}${isShown ? ' shown here' : ''}</td><td>${dayOf(revision.said)}</td><td class="full">${
    revision.pullRequest ? 'Pull request' : countText(revision.patches.length, 'patch', 'patches')
  }${revision.incomplete ? html`, <span class="soft">${visible(revision.incomplete)}</span>` : ''}${revision.note ? html`, <span class="soft">${visible(revision.note)}</span>` : ''}</td><td>${stateWords(revision.state)}</td><td>${
    elder && !revision.pullRequest
      ? html`<a href="${comparePath(list, topic, elder, revision)}">${revisionName(topic.revisions, elder)}..${label}</a>`
      : ''
  }</td></tr>
`
}

/** The cover letter; without one the message and diff of the patch that the address names. */
function textSection({ list, topic, revision, id, mail, comments }: PatchsetView): Html | string {
  if (mail === undefined) return ''
  const patch = revision.patches.find(one => one.id === id)
  if (patch)
    return patchMailSections({
      list,
      topic,
      revision,
      patch,
      mail,
      reviews: reviewsOf(topic, revision, patch),
      comments,
    })
  return html`<section aria-labelledby="h-cover">
<div class="hd"><h2 id="h-cover">${revision.pullRequest ? 'Request' : 'Cover letter'}</h2><a href="${paths.raw(list.name, id)}">Raw mail</a></div>
${mailProblems(list.name, topic, id, mail)}
<div class="card"><div class="mail">${mailText(mail.body, textOptions(list, topic, id))}</div></div>
</section>`
}
