// The page of one patch of a series: where the series stands, the neighbours, the message, what others said, the diff.

import { html } from 'hono/html'
import { patchFindings } from '../../tracker/topic/findings.ts'
import { lookOf } from '../../tracker/topic/look.ts'
import { patchStanding } from '../../tracker/topic/patch-standing.ts'
import { patchChecks, reviewsOf } from '../../tracker/topic/reviews.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { TopicPatch } from '../../tracker/topic/topic.ts'
import { applySection, followSection, patchTags } from '../part/aside.ts'
import { buildsSection } from '../part/build-look.ts'
import { checksSection } from '../part/checks.ts'
import { words } from '../part/chip.ts'
import { fileAnchor } from '../part/diff.ts'
import { findingsSection } from '../part/findings.ts'
import { frame } from '../part/frame.ts'
import { jumps } from '../part/jumps.ts'
import { landedFacts } from '../part/landings.ts'
import { topicNews } from '../part/news.ts'
import { patchMailSections } from '../part/patch-mail.ts'
import { personLink } from '../part/person-link.ts'
import { replySection } from '../part/reply.ts'
import { standingBox } from '../part/standing.ts'
import { countText, dayOf, type Html, linesOf, minuteOf, titleOf, titleText, visible } from '../part/text.ts'
import { threadSection } from '../part/thread-section.ts'
import { twinsSection } from '../part/twins.ts'
import { paths } from '../paths.ts'
import { answeredHere, jumpsOf, type PatchsetView } from './patchset.ts'

export interface PatchView
  extends Pick<
    PatchsetView,
    'base' | 'list' | 'twins' | 'topic' | 'revision' | 'mail' | 'comments' | 'builds' | 'since'
  > {
  readonly patch: TopicPatch
}

export const patchPage = (view: PatchView): Html => {
  const { list, topic, revision, patch, mail } = view
  const head = headOf(revision) ?? patch.id
  const place = `${patch.number} of ${revision.total}`
  return frame({
    title: `${patch.number}/${revision.total} ${titleText(patch.title)} (v${revision.version})`,
    list,
    here: 'home',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: titleText(revision.title), path: paths.mail(list.name, head) },
      { text: place },
    ],
    skipTo: 'patch',
    main: html`<h1>${titleOf(patch.title)}</h1>
<p class="meta"><span><span class="rev">v${revision.version}</span> ${place}</span> <span>${personLink(list.name, patch.author)}</span> ${minuteOf(topic.mails.find(one => one.id === patch.id)?.said ?? revision.said)} <span>${countText(patch.files.length, 'file')}</span> ${linesOf(patch.added, patch.removed)}</p>
${topicNews(list.name, topic, view.since)}
${jumps([{ words: 'Reply', path: '#reply' }, { words: 'Diff', path: '#h-diff' }, ...jumpsOf(view)])}
${standingBox(list.name, patchStanding(topic, revision, patch, openHere(view)), aboutSeries(view))}
${neighbours(view)}
<div class="cols"><div>
${mail ? patchMailSections({ list, topic, revision, patch, mail, reviews: reviewsOf(topic, revision, patch), comments: view.comments }) : html`<p>The text of this mail is no longer in the log.</p>`}
${threadSection(list.name, topic, patch.id, view.since)}
</div>
<aside class="side" aria-label="About this patch">
${checksSection(list.name, patchChecks(topic, revision, patch))}
${buildsSection(view.builds.filter(({ version }) => version === revision.version))}
${findingsSection(list, topic, patchFindings(topic, revision, patch))}
${filesSection(patch)}
${applySection(list, revision, { base: view.base, only: patch.number })}
${factsSection(view)}
${replySection(list, answeredHere(view, patch.id), patchTags(patch.state))}
${twinsSection(view.twins)}
${followSection(list, patch.id)}
</aside></div>`,
  })
}

/** Without an answer, here or on an earlier revision about lines that are still here. */
const openHere = ({ comments: { review, carried } }: PatchView) =>
  [...(review?.threads ?? []), ...carried].filter(({ state }) => state === 'open')

/** Where the series stands, in two words that lead to its page; of an older revision, the way to the newest. */
function aboutSeries(view: PatchView): Html {
  const { list, topic, revision } = view
  const head = headOf(revision)
  const { sign, word, tone } = topic.standing
  const series = html`<a href="${paths.mail(list.name, head ?? topic.id)}">Series of ${revision.total}</a>: ${words({ sign, word, tone })}`
  const newer = newerLine(view)
  return newer ? html`${newer}<br>${series}` : series
}

function newerLine({ list, topic, revision, patch }: PatchView): Html | undefined {
  const newest = topic.revisions.at(-1)
  if (newest === undefined || newest === revision) return undefined
  const heir =
    newest.patches.find(other => other.title === patch.title) ??
    newest.patches.find(other => other.number === patch.number)
  const target = heir?.id ?? headOf(newest)
  return target === null
    ? undefined
    : html`You are reading v${revision.version}. <a href="${paths.mail(list.name, target)}">${heir ? 'This patch in' : 'Go to'} v${newest.version}</a>.`
}

function neighbours({ list, revision, patch }: PatchView): Html {
  const at = revision.patches.indexOf(patch)
  const link = (other: TopicPatch | undefined, rel: 'prev' | 'next') => {
    if (other === undefined) return html`<span></span>`
    const words = html`${other.number}/${revision.total} ${titleOf(other.title)}`
    return html`<a href="${paths.mail(list.name, other.id)}" rel="${rel}">${rel === 'prev' ? html`← ${words}` : html`${words} →`}</a>`
  }
  return html`<nav class="near" aria-label="Patches">${link(revision.patches[at - 1], 'prev')} <b>${patch.number}/${revision.total}</b> ${link(revision.patches[at + 1], 'next')}</nav>`
}

const filesSection = (patch: TopicPatch): Html | string =>
  patch.files.length === 0
    ? ''
    : html`<section><h2>Files</h2><ul class="quiet">${patch.files
        .slice(0, filesShownMax)
        .map(
          (path, index) =>
            html`<li><a href="#${fileAnchor(index + 1)}"><code>${visible(path)}</code></a></li>`,
        )}${
        patch.files.length > filesShownMax
          ? html`<li class="soft">${countText(patch.files.length - filesShownMax, 'more file')}</li>`
          : ''
      }</ul></section>`

/** Beside the diff; the diff itself shows all. */
const filesShownMax = 20

const factsSection = ({ list, topic, revision, patch }: PatchView): Html => {
  const by = patch.stateBy
  const change = by && topic.history.findLast(({ mail, effect }) => effect && mail === by)
  return html`<section><h2>Facts</h2><dl class="quiet">
<dt>State</dt><dd>${lookOf(patch.state).word}${by ? html`, <a href="${paths.mail(list.name, by)}">${change ? dayOf(change.said) : 'by this mail'}</a>` : ''}</dd>
${landedFacts(list, [patch])}
${revision.baseCommit ? html`<dt>Base</dt><dd><code>${visible(revision.baseCommit)}</code></dd>` : ''}
<dt>Message-ID</dt><dd><code>${visible(patch.id)}</code></dd></dl></section>`
}
