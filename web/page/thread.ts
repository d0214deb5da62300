// A thread in one page: the tree with "you are here", then the mails in order, each with what it did.
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Topic, TopicMail } from '../../tracker/topic/topic.ts'
import { followSection, namedSection } from '../part/aside.ts'
import { effectsOf } from '../part/effects.ts'
import { frame } from '../part/frame.ts'
import { historySection } from '../part/history.ts'
import { mailAnchor, mailCard } from '../part/mail-card.ts'
import { keepSince, type NewSince, topicNews } from '../part/news.ts'
import { standingBox } from '../part/standing.ts'
import { countText, daysOf, type Html, nameOf, titleOf, titleText } from '../part/text.ts'
import { treeOf } from '../part/tree.ts'
import { paths } from '../paths.ts'
import type { Named } from '../read/claims.ts'
import type { ListRow } from '../read/located-mail.ts'
import { topicHead } from './message.ts'

export interface ThreadView {
  readonly list: ListRow
  readonly topic: Topic
  /** The mail the reader came for. */
  readonly id: string
  /** From 1. */
  readonly page: number
  readonly mails: ReadonlyMap<string, DecodedMail>
  /** What its mails name. */
  readonly named: readonly Named[]
  readonly since: NewSince | undefined
}

/** The page that holds a mail, from 1. */
export const threadPageOf = (topic: Topic, id: string) =>
  1 +
  Math.floor(
    Math.max(
      0,
      topic.mails.findIndex(mail => mail.id === id),
    ) / limits.threadPageMailsMax,
  )

export const threadPageCount = (topic: Topic) =>
  Math.max(1, Math.ceil(topic.mails.length / limits.threadPageMailsMax))

/** The mails of one page, in order of said time. */
export const mailsOnPage = (topic: Topic, page: number) =>
  topic.mails.slice((page - 1) * limits.threadPageMailsMax, page * limits.threadPageMailsMax)

export const threadPage = (view: ThreadView): Html => {
  const { list, topic, id, page, since } = view
  const shown = mailsOnPage(topic, page)
  const effects = effectsOf(topic)
  return frame({
    title: `Thread: ${titleText(topic.title)}`,
    list,
    here: 'archive',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: titleText(topic.title), path: paths.mail(list.name, topicHead(topic)) },
      { text: 'thread' },
    ],
    skipTo: 'mails',
    main: html`<h1>${titleOf(topic.title)}</h1>
<p class="meta"><span>${countText(topic.mails.length, 'mail')}</span> <span>${daysOf(topic.said, topic.lastSaid)}, UTC</span></p>
${topicNews(list.name, topic, since)}
${standingBox(list.name, topic.standing)}
<div class="cols"><div>
<section aria-labelledby="h-tree">
<div class="hd"><h2 id="h-tree">The thread as a tree</h2><a href="#u">To the mail you came for</a></div>
${treeOf(topic, { pathOf: treePath(view), here: id, effects, since }, limits.treeLinesShownMax)}
${topic.mails.length > limits.treeLinesShownMax ? html`<p class="soft">The tree shows ${limits.treeLinesShownMax} lines around this mail; all mails are below, page by page.</p>` : ''}
</section>
${topic.kind === 'patchset' || topic.kind === 'bug' ? '' : historySection(list, topic)}
<section aria-labelledby="h-mails">
<div class="hd"><h2 id="h-mails">${threadPageCount(topic) > 1 ? `Mails, page ${page} of ${threadPageCount(topic)}` : 'All mails'}, oldest first</h2></div>
${shown.map(mail => cardOf(view, mail, effects))}
${pager(view)}
</section>
</div>
<aside class="side" aria-label="About this thread">
${namedSection(list, view.named)}
${followSection(list, id)}
${peopleSection(topic)}
</aside></div>`,
  })
}

const treePath = ({ list, topic, page, id, since }: ThreadView) => {
  const here = new Set<string>(mailsOnPage(topic, page).map(mail => mail.id))
  return (mail: TopicMail) =>
    here.has(mail.id)
      ? `#${mailAnchor(mail.id)}`
      : keepSince(
          `${paths.thread(list.name, id, threadPageOf(topic, mail.id))}#${mailAnchor(mail.id)}`,
          since,
        )
}

function cardOf(
  { list, topic, id, mails, since }: ThreadView,
  mail: TopicMail,
  effects: ReadonlyMap<string, Html>,
): Html {
  const at = topic.mails.findIndex(other => other.id === mail.parent)
  const card = mailCard({
    list,
    topic,
    mail,
    decoded: mails.get(mail.id),
    isHere: mail.id === id,
    since,
    effect: effects.get(mail.id),
    number: topic.mails.indexOf(mail) + 1,
    answers: mail.parent !== null && at >= 0 ? { number: at + 1, id: mail.parent } : undefined,
  })
  // public-inbox's anchor of the mail that the address names.
  return mail.id === id ? html`<div id="u">${card}</div>` : card
}

function pager({ list, topic, id, page, since }: ThreadView): Html | string {
  const count = threadPageCount(topic)
  if (count === 1) return ''
  return html`<nav class="near" aria-label="Pages">${
    page > 1
      ? html`<a href="${keepSince(paths.thread(list.name, id, page - 1), since)}" rel="prev">← Earlier mails</a>`
      : html`<span></span>`
  } <b>${page}/${count}</b> ${
    page < count
      ? html`<a href="${keepSince(paths.thread(list.name, id, page + 1), since)}" rel="next">Later mails →</a>`
      : html`<span></span>`
  }</nav>`
}

function peopleSection(topic: Topic): Html {
  const people = [...Map.groupBy(topic.mails, mail => mail.author.address || mail.author.name).values()]
  const shown = people.sort((a, b) => b.length - a.length).slice(0, peopleShownMax)
  return html`<section><h2>People</h2><ul class="quiet">${shown.map(
    mails =>
      html`<li>${mails[0] ? nameOf(mails[0].author) : ''} <span class="soft n">${mails.length}</span></li>`,
  )}${people.length > shown.length ? html`<li class="soft">and ${people.length - shown.length} more</li>` : ''}</ul></section>`
}

const peopleShownMax = 12
