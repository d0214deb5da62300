// What was wrong with a mail, in words, above its text: nothing that was repaired in reading goes unsaid.
import { html } from 'hono/html'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Topic, TopicMail } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { countText, type Html, visible } from './text.ts'

/** Empty for a good mail. `topic` is null while the mail is not sorted. */
export function mailProblems(
  list: string,
  topic: Topic | null,
  id: string,
  mail: DecodedMail,
): Html | string {
  const own = topic?.mails.find(one => one.id === id)
  const lines: (string | Html)[] = [...new Set([...mail.problems, ...(own?.problems ?? [])])].map(visible)
  if (own?.astray)
    lines.push(
      'It is signed for other recipients, and not for this list: what it says here is as good as its From',
    )
  if (own?.imposters) lines.push(otherTexts(list, own, own.imposters))
  return lines.length === 0 ? '' : html`<ul class="soft">${lines.map(line => html`<li>${line}</li>`)}</ul>`
}

/** What was said of one text does not count for another: whoever judged it may look at both. */
function otherTexts(list: string, { id, judged, texts = [] }: TopicMail, count: number): Html {
  const all = html`<a href="${paths.raw(list, id)}">all of them, raw</a>, <a href="${paths.texts(list, id)}">how they differ</a>`
  if (!judged) return html`${countText(count, 'other text')} came with this Message-ID: ${all}`
  const [read, ...others] = texts.map(text => paths.copy(list, id, text))
  const words = others.map((path, at) => html`, <a href="${path}">${at === 0 ? 'the other' : 'another'}</a>`)
  return html`Another text came later with this Message-ID: <a href="${read}">the one shown here</a>${words}${others.length < count ? html`, ${all}` : ''}`
}
