// The page of a bug or of a robot's report: standing, the report, then facts and mails in one line of time.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { lookOf } from '../../tracker/topic/look.ts'
import { finalStatuses, type Topic } from '../../tracker/topic/topic.ts'
import { bugTags, factsSection, followSection, relatedSection } from '../part/aside.ts'
import { effectsOf } from '../part/effects.ts'
import { frame } from '../part/frame.ts'
import { bugGlance } from '../part/glance.ts'
import { changeLine } from '../part/history.ts'
import { type Jump, jumps } from '../part/jumps.ts'
import { attachments, mailAnchor, mailCard } from '../part/mail-card.ts'
import { mailProblems } from '../part/mail-problems.ts'
import { mailText } from '../part/mail-text.ts'
import { type NewSince, topicNews } from '../part/news.ts'
import { personLink } from '../part/person-link.ts'
import { answeredMail, replySection } from '../part/reply.ts'
import { reproducersSection } from '../part/reproducers.ts'
import { standingBox } from '../part/standing.ts'
import { countText, type Html, minuteOf, titleOf, titleText } from '../part/text.ts'
import { textOptions } from '../part/text-options.ts'
import { twinsSection } from '../part/twins.ts'
import { paths } from '../paths.ts'
import type { Named, Related } from '../read/claims.ts'
import type { ListRow, Twin } from '../read/located-mail.ts'
import type { TopicLink } from '../read/topic.ts'

export interface BugView {
  readonly list: ListRow
  /** The same mail on other lists. */
  readonly twins: readonly Twin[]
  readonly topic: Topic
  /** Undefined for a report. */
  readonly number: number | undefined
  /** The mails that the page shows, decoded: the report and the first answers. */
  readonly mails: ReadonlyMap<string, DecodedMail>
  readonly named: readonly Named[]
  /** Patchsets that fix it, and those that only link to it. */
  readonly fixes: readonly Related[]
  readonly duplicates: readonly Related[]
  /** Topics with a mail that was sent to its address. */
  readonly talk: readonly Related[]
  readonly since: NewSince | undefined
}

export const bugPage = (view: BugView): Html => {
  const { list, topic, number, mails, fixes, duplicates, talk } = view
  const name = number === undefined ? 'Bug' : `Bug #${number}`
  const people = new Set(topic.mails.map(mail => mail.author.address || mail.author.name))
  const report = topic.mails.find(mail => mail.id === topic.id)
  return frame({
    title: `${topic.kind === 'bug' ? name : 'Report'}: ${titleText(topic.title)}`,
    list,
    here: topic.kind === 'bug' ? 'bugs' : 'archive',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      topic.kind === 'bug'
        ? { text: 'Bugs', path: paths.bugs(list.name) }
        : { text: 'Archive', path: paths.topics(list.name, 'all') },
    ],
    skipTo: 'report',
    main: html`<h1>${titleOf(topic.title)}</h1>
<p class="meta">${topic.kind === 'bug' ? html`<span>${name}</span>` : ''} <span>Reported by ${personLink(list.name, topic.author)}</span> ${minuteOf(topic.said)} <span>${countText(topic.mails.length, 'mail')}, ${countText(people.size, 'person', 'people')}</span></p>
${topicNews(list.name, topic, view.since)}
${jumps([{ words: 'Reply', path: '#reply' }, latestJump(view), { words: 'Thread', path: paths.thread(list.name, topic.id) }])}
${standingBox(list.name, topic.standing, besides(view))}
${topic.kind === 'bug' ? bugGlance(list, topic) : ''}
<div class="cols"><div>
${reportSection(view)}
${storySection(view)}
</div>
<aside class="side" aria-label="About this bug">
${factsSection(list, topic, undefined, view.named)}
${reproducersSection(list.name, mails)}
${relatedSection(
  list.name,
  'Fixes',
  fixes.filter(({ what }) => what !== 'link' && what !== 'about'),
)}
${relatedSection(
  list.name,
  'Linked by',
  fixes.filter(({ what }) => what === 'link'),
)}
${relatedSection(list.name, 'Repeated by', duplicates)}
${relatedSection(list.name, 'Also about this bug', talk)}
${replySection(
  list,
  answeredMail(list, {
    id: topic.id,
    subject: report?.subject ?? topic.title,
    mail: mails.get(topic.id),
    said: topic.said,
  }),
  bugTags(topic.bug?.status),
)}
${twinsSection(view.twins)}
${followSection(list, topic.id)}
</aside></div>`,
  })
}

/** The newest mail, here or, of a long thread, on its own page. */
function latestJump({ list, topic, mails }: BugView): Jump | null {
  const latest = topic.mails.at(-1)
  if (!latest || latest.id === topic.id) return null
  return {
    words: 'Newest mail',
    path: mails.has(latest.id) ? `#${mailAnchor(latest.id)}` : paths.mail(list.name, latest.id),
  }
}

/** What the sentence cannot know: it is made of this thread alone. */
function besides({ list, topic, named, fixes }: BugView): Html | undefined {
  const other = topic.state === 'duplicate' ? named.find(({ what }) => what === 'duplicate')?.topic : null
  const isOpen = topic.bug !== null && !finalStatuses.includes(topic.bug.status)
  const fix = isOpen ? fixes.find(({ what }) => what !== 'link' && what !== 'about') : undefined
  const lines = [
    ...(topic.bug && !topic.bug.explicit ? [guessLine] : []),
    ...(other ? [html`The other one: ${linked(list.name, other)}.`] : []),
    ...(fix ? [html`A fix is posted: ${linked(list.name, fix.topic)}.`] : []),
  ]
  return lines.length === 0
    ? undefined
    : html`${lines.map((line, index) => html`${index > 0 ? html`<br>` : ''}${line}`)}`
}

const linked = (list: string, { id, title, state }: TopicLink): Html =>
  html`<a href="${paths.mail(list, id)}">${titleOf(title)}</a>${state ? html`, ${lookOf(state).word.toLowerCase()}` : ''}`

const guessLine = html`Its words made it a bug; nobody has said so. An answer with <code>Type: discussion</code> takes that back.`

function reportSection({ list, topic, mails }: BugView): Html | string {
  const mail = mails.get(topic.id)
  if (mail === undefined) return ''
  return html`<section aria-labelledby="h-report">
<div class="hd"><h2 id="h-report">Report</h2><a href="${paths.raw(list.name, topic.id)}">Raw mail</a></div>
${mailProblems(list.name, topic, topic.id, mail)}
<article class="card"><div class="mail">${mailText(mail.body, { ...textOptions(list, topic, topic.id), diffOpen: true })}${attachments(list.name, topic.id, mail)}</div></article></section>`
}

function storySection({ list, topic, mails, since }: BugView): Html | string {
  const effects = effectsOf(topic)
  const answers = topic.mails.filter(mail => mail.id !== topic.id)
  const shown = answers.slice(0, limits.bugMailsShownMax - 1)
  const events = [
    ...topic.history.map(change => ({
      said: change.said,
      order: 0,
      line: html`<li class="ev">${changeLine(list, change)}</li>`,
    })),
    ...shown.map(mail => ({
      said: mail.said,
      order: 1,
      line: html`<li>${mailCard({ list, topic, mail, decoded: mails.get(mail.id), since, effect: effects.get(mail.id) })}</li>`,
    })),
  ].sort((a, b) => a.said - b.said || a.order - b.order)
  if (events.length === 0) return ''
  return html`<section aria-labelledby="h-story">
<div class="hd"><h2 id="h-story">What happened since</h2><a href="${paths.thread(list.name, topic.id)}">Thread as a tree</a></div>
<ol class="line">${events.map(event => event.line)}</ol>
${shown.length < answers.length ? html`<p><a href="${paths.thread(list.name, topic.id)}">${countText(answers.length - shown.length, 'more mail')}</a></p>` : ''}</section>`
}
