// A conversation about a patch, as it stands in the diff below its line: the first comment, the answers folded into it,
// how it stands, and the way to answer by mail.
import { createHash } from 'node:crypto'
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { Comment } from '../../tracker/topic/comment-threads.ts'
import type { ReviewThread } from '../../tracker/topic/patch-review.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { paths, replyByMail } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { DiffNote } from './diff.ts'
import { plainText } from './mail-text.ts'
import { countText, type Html, minuteOf, nameOf, visible } from './text.ts'
import { textOptions } from './text-options.ts'

/** Whose pages the conversations stand on. */
export interface TopicPage {
  readonly list: ListRow
  readonly topic: Topic
}

/** The conversations that belong into a diff. */
export const diffNotes = (at: TopicPage, threads: readonly ReviewThread[], version: number): DiffNote[] =>
  threads.flatMap(thread => {
    const { place } = thread
    if (place.on !== 'line' && place.on !== 'file') return []
    const line = place.on === 'line' ? place.line : null
    return [{ file: place.file, line, note: words => noteOf(at, thread, version, words) }]
  })

/** Those about the message, or about the patch as a whole; with their quotes, as no line above says what they mean. */
export const wholeNotes = (at: TopicPage, threads: readonly ReviewThread[], version: number): Html[] =>
  threads
    .filter(({ place }) => place.on === 'message' || place.on === 'patch')
    .map(thread => noteOf(at, thread, version, placeWords(thread), true))

const placeWords = ({ place, quote }: ReviewThread): string =>
  place.on === 'message' ? 'on the commit message' : quote.length > 0 ? 'on the patch' : ''

/** `version` is that of the page: what was said about an earlier one says so. */
function noteOf(at: TopicPage, thread: ReviewThread, version: number, words: string, quoted = false): Html {
  const { first, answers, state } = thread
  const from = thread.version === version ? '' : `on v${thread.version}, `
  const quote =
    quoted && thread.quote.length > 0 ? html`<p class="q">${visible(thread.quote.join('\n'))}</p>` : ''
  const id = commentAnchor(first)
  const body = html`${quote}${commentText(at, first)}${answers.map(answer => answerOf(at, answer))}
<p class="acts"><a href="${replyTo(at, answers.at(-1) ?? first)}">Reply by mail</a></p>`
  const label = html`<b>${nameOf(first.author)}</b> <span>${from}${words}</span>`
  if (state === 'answered' || state === 'outdated')
    return html`<details class="note ${state}" id="${id}"><summary>${stateLabel(state, at.topic)} ${label} ${gistOf(first)} ${answers.length > 0 ? html`<span class="soft">${countText(answers.length + 1, 'mail')}</span>` : ''}</summary>
<p class="by"><a href="${paths.mail(at.list.name, first.mail)}">${minuteOf(first.said)}</a></p>${body}</details>`
  return html`<article class="note" id="${id}"><p class="by">${label} <a href="${paths.mail(at.list.name, first.mail)}">${minuteOf(first.said)}</a> ${stateLabel(state, at.topic)}</p>
${body}</article>`
}

const answerOf = (at: TopicPage, answer: Comment): Html =>
  html`<article class="note" id="${commentAnchor(answer)}"><p class="by"><b>${nameOf(answer.author)}</b> <span>replied</span> <a href="${paths.mail(at.list.name, answer.mail)}">${minuteOf(answer.said)}</a></p>
${commentText(at, answer)}</article>`

function commentText({ list, topic }: TopicPage, { lines, mail }: Comment): Html {
  const cut = lines.length > limits.commentLinesShownMax
  return html`<div class="mail">${plainText(lines.slice(0, limits.commentLinesShownMax), textOptions(list, topic, mail))}${
    cut ? html`<p class="soft"><a href="${paths.mail(list.name, mail)}">The whole mail</a></p>` : ''
  }</div>`
}

/** A name that holds as long as the mail does. */
export const commentAnchor = ({ mail, at }: Pick<Comment, 'mail' | 'at'>) =>
  `c${createHash('sha1').update(mail).digest('hex').slice(0, 8)}-${at}`

function stateLabel(state: ReviewThread['state'], topic: Topic): Html | string {
  const newest = topic.revisions.at(-1)?.version ?? 1
  switch (state) {
    case 'open':
      return html`<span class="chip txt warn"><span aria-hidden="true">●</span> Open</span>`
    case 'answered':
      return html`<span class="chip txt ok"><span aria-hidden="true">✓</span> Answered</span>`
    case 'outdated':
      return html`<span class="chip txt"><span aria-hidden="true">↻</span> Outdated: v${newest} changed this line</span>`
    case 'kept':
      return html`<span class="soft">v${newest} has the same line</span>`
    case 'past':
      return ''
    default:
      return state satisfies never
  }
}

/** Links to what was said about earlier revisions and has no place here. */
export const goneSection = (list: ListRow, threads: readonly ReviewThread[]): Html | string =>
  threads.length === 0
    ? ''
    : html`<details class="card"><summary>${countText(threads.length, 'more comment')} on earlier revisions, on lines that are not here any more</summary><ul class="quiet gone">${threads.map(
        ({ first, patch, version }) =>
          html`<li>${nameOf(first.author)}, v${version}: <a href="${paths.mail(list.name, patch)}#${commentAnchor(first)}">${gistOf(first)}</a></li>`,
      )}</ul></details>`

/** The first words of a comment, on one line. */
export function gistOf({ lines }: Comment): string {
  const text = visible(lines.join(' ').replace(/\s+/g, ' ')).trim()
  return text.length > gistCharactersMax
    ? `${text.slice(0, text.lastIndexOf(' ', gistCharactersMax) || gistCharactersMax)} …`
    : text
}

const gistCharactersMax = 80

const replyTo = ({ list, topic }: TopicPage, { mail, author }: Comment) =>
  replyByMail({
    to: author.address || list.address,
    ...(author.address ? { cc: list.address } : {}),
    subject: visible(topic.mails.find(({ id }) => id === mail)?.subject ?? topic.title),
    inReplyTo: mail,
  })

/** `3 comments, 1 open`; empty without any. */
export function commentCount(threads: readonly ReviewThread[]): string {
  if (threads.length === 0) return ''
  const open = threads.filter(({ state }) => state === 'open').length
  return `${countText(threads.length, 'comment')}${open > 0 ? `, ${open} open` : ''}`
}
