// The page of one mail: who wrote it to whom, what it did, its text, its place in the thread and the way to its topic.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import type { Seeming } from '../../tracker/project/seeming.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { followSection, namedSection } from '../part/aside.ts'
import { effectsOf } from '../part/effects.ts'
import { frame } from '../part/frame.ts'
import { didSection } from '../part/history.ts'
import { type Jump, jumps } from '../part/jumps.ts'
import { attachments } from '../part/mail-card.ts'
import { mailProblems } from '../part/mail-problems.ts'
import { mailText } from '../part/mail-text.ts'
import { type NewSince, topicNews } from '../part/news.ts'
import { answeredMail, replySection } from '../part/reply.ts'
import { standingBox } from '../part/standing.ts'
import { countText, type Html, minuteOf, nameOf, titleOf, titleText, visible } from '../part/text.ts'
import { textOptions } from '../part/text-options.ts'
import { threadSection } from '../part/thread-section.ts'
import { twinsSection } from '../part/twins.ts'
import { verdictSection } from '../part/verdict.ts'
import { paths } from '../paths.ts'
import type { Named } from '../read/claims.ts'
import type { ListRow, Twin } from '../read/located-mail.ts'
import type { ShownVerdict } from '../read/verdict.ts'

export interface MessageView {
  readonly list: ListRow
  /** The same mail on other lists. */
  readonly twins: readonly Twin[]
  readonly id: string
  readonly mail: DecodedMail
  /** Null while it waits to be sorted. */
  readonly topic: Topic | null
  readonly verdict: ShownVerdict
  /** Of an answer that lost its thread: what it seems to answer. */
  readonly seeming: Seeming | null
  /** What this mail names. */
  readonly named: readonly Named[]
  readonly since: NewSince | undefined
}

export const messagePage = (view: MessageView): Html => {
  const { list, id, mail, topic } = view
  const subject = decodeWords(header(mail, 'subject')).replace(/\s+/g, ' ').trim()
  const from = parseAddresses(header(mail, 'from'))[0]
  const effect = topic && effectsOf(topic).get(id)
  return frame({
    title: titleText(subject),
    list,
    here: 'archive',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      ...(topic && topicHead(topic) !== id
        ? [{ text: titleText(topic.title), path: paths.mail(list.name, topicHead(topic)) }]
        : []),
      { text: 'mail' },
    ],
    skipTo: 'mail',
    main: html`<h1>${titleOf(subject)}</h1>
<p class="meta">${from ? html`<span>${nameOf(from)}</span>` : ''} ${dateOf(view)} ${effect ?? ''}</p>
${topic ? topicNews(list.name, topic, view.since) : ''}
${jumps([{ words: 'Reply', path: '#reply' }, latestJump(view), topic && topic.mails.length > 1 ? { words: 'Thread', path: paths.thread(list.name, id) } : null])}
${topic ? standingBox(list.name, topic.standing, seemingLine(view) ?? topicLine(list.name, topic, id)) : waitingBox()}
<div class="cols"><div>
<section aria-labelledby="h-text">
<div class="hd"><h2 id="h-text">Mail</h2><a href="${paths.raw(list.name, id)}">Raw mail</a></div>
${mailProblems(view.list.name, view.topic, view.id, view.mail)}
<article class="card"><dl class="head">${addressRows(mail)}</dl>
<div class="mail">${mailText(textOf(mail), { ...textOptions(list, topic, id), diffOpen: true })}${attachments(list.name, id, mail)}</div></article>
</section>
${topic ? didSection(list, topic, id) : ''}
${topic && topic.mails.length > 1 ? threadSection(list.name, topic, id, view.since) : ''}
</div>
<aside class="side" aria-label="About this mail">
${replySection(
  list,
  answeredMail(list, { id, subject, mail, said: topic?.mails.find(one => one.id === id)?.said }),
  topic?.kind === 'discussion' ? discussionTags : [],
)}
${namedSection(list, view.named)}
${verdictSection(view.verdict)}
<section><h2>Facts</h2><dl class="quiet"><dt>Message-ID</dt><dd><code>${visible(id)}</code></dd></dl></section>
${twinsSection(view.twins)}
${followSection(list, id)}
</aside></div>`,
  })
}

/** What was said last in its thread. */
function latestJump({ list, id, topic }: MessageView): Jump | null {
  const latest = topic?.mails.at(-1)
  return latest && latest.id !== id ? { words: 'Newest mail', path: paths.mail(list.name, latest.id) } : null
}

const discussionTags = [{ words: 'It is a bug', tag: 'Type: bug' }]

const header = (mail: DecodedMail, name: string) =>
  mail.headers.find(field => field.name === name)?.value ?? ''

/** Attached patches are read like a patch in the text. */
const textOf = (mail: DecodedMail) => [mail.body, ...mail.attachedPatches.map(part => part.text)].join('\n')

const dateOf = ({ topic, id, mail }: MessageView): Html | string => {
  const said = topic?.mails.find(one => one.id === id)?.said
  return said === undefined ? html`<span>${titleText(header(mail, 'date'))}</span>` : minuteOf(said)
}

/** The page that a topic is followed on: its newest revision, else its first mail. */
export const topicHead = (topic: Topic): string => {
  const newest = topic.revisions.at(-1)
  return (newest && headOf(newest)) ?? topic.id
}

/** Nothing is sorted by it. */
const seemingLine = ({ list, seeming }: MessageView): Html | undefined =>
  seeming
    ? html`Its header names no mail that it answers. It seems to answer <a href="${paths.mail(list.name, seeming.mail)}">${titleOf(seeming.topic.title)}</a>.`
    : undefined

function topicLine(list: string, topic: Topic, id: string): Html | undefined {
  const head = topicHead(topic)
  if (head === id) return undefined
  const link = html`<a href="${paths.mail(list, head)}">${titleOf(topic.title)}</a>, ${countText(topic.mails.length, 'mail')}`
  return topic.notes?.some(note => note.id === id)
    ? html`A program wrote this note about ${link}. It was not sent to the list.`
    : html`This mail is part of ${link}.`
}

const waitingBox = (): Html =>
  html`<div class="stand tone-idle"><span class="chip"><span aria-hidden="true">◌</span> Just arrived</span><div><p>This mail is kept and not sorted into a topic yet.</p></div></div>`

const addressRows = (mail: DecodedMail): Html[] =>
  ['from', 'to', 'cc'].flatMap(name => {
    const people = parseAddresses(header(mail, name))
    if (people.length === 0) return []
    const more = people.length - limits.addressesShownMax
    return [
      html`<dt>${name.charAt(0).toUpperCase()}${name.slice(1)}</dt><dd>${people
        .slice(0, limits.addressesShownMax)
        .map(
          (person, index) => html`${index > 0 ? ', ' : ''}${addressOf(person)}`,
        )}${more > 0 ? `, ${countText(more, 'more', 'more')}` : ''}</dd>`,
    ]
  })

const addressOf = (person: Person): Html =>
  person.name && person.address
    ? html`${nameOf(person)} &lt;${visible(person.address)}&gt;`
    : html`${visible(person.address || person.name)}`
