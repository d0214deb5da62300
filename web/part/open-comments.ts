// What a patchset still has to answer: its open comments, the first of them in their diff, the others by link.
import { html } from 'hono/html'
import type { PatchReview, ReviewThread } from '../../tracker/topic/patch-review.ts'
import type { Revision } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { commentAnchor, diffNotes, gistOf, type TopicPage, wholeNotes } from './comments.ts'
import { excerptOf } from './diff.ts'
import { type Html, nameOf, titleOf, visible } from './text.ts'

/** Nothing when nothing is open. `reviews`: of the patches of this revision. */
export function openComments(
  at: TopicPage,
  revision: Revision,
  reviews: ReadonlyMap<string, PatchReview>,
): Html | string {
  const open = [...reviews.values()].flatMap(review => openOf(review).map(thread => ({ review, thread })))
  if (open.length === 0) return ''
  const all = [...reviews.values()].reduce((sum, { threads }) => sum + threads.length, 0)
  const rest = open.slice(openShownMax, openShownMax + openLinkedMax)
  const list = at.list.name
  return html`<section aria-labelledby="h-open">
<div class="hd"><h2 id="h-open">Open comments <span class="soft">${open.length} of ${all}</span></h2></div>
${open.slice(0, openShownMax).map(({ review, thread }) => openCard(at, revision, review, thread))}
${
  rest.length === 0
    ? ''
    : html`<ul class="quiet more">${rest.map(
        ({ review, thread }) =>
          html`<li>${review.patch.number}/${revision.total}, ${nameOf(thread.first.author)}: <a href="${paths.mail(list, review.patch.id)}#${commentAnchor(thread.first)}">${gistOf(thread.first)}</a></li>`,
      )}${open.length > openShownMax + rest.length ? html`<li class="soft">and ${open.length - openShownMax - rest.length} more</li>` : ''}</ul>`
}</section>`
}

export const openOf = ({ threads }: PatchReview): ReviewThread[] =>
  threads.filter(({ state }) => state === 'open')

/** More of them would hide the rest of the page. */
const openShownMax = 2
const openLinkedMax = 20

function openCard(
  at: TopicPage,
  revision: Revision,
  { patch, text }: PatchReview,
  thread: ReviewThread,
): Html {
  const path = paths.mail(at.list.name, patch.id)
  const { place } = thread
  const file = place.on === 'line' || place.on === 'file' ? text.files[place.file] : undefined
  const [note] = diffNotes(at, [thread], revision.version)
  const shown =
    note && place.on === 'line' && file
      ? excerptOf(file, place.line, note.note, path)
      : note
        ? note.note('on the file')
        : html`${wholeNotes(at, [thread], revision.version)}`
  return html`<div class="card"><div class="file"><b>${patch.number}/${revision.total}</b> ${file ? html`<code>${visible(file.path)}</code>` : titleOf(patch.title)} <a href="${path}#${commentAnchor(thread.first)}">Whole patch</a></div>
${shown}</div>
`
}
