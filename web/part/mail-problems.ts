// What was wrong with a mail, in words, above its text: nothing that was repaired in reading goes unsaid.
import { html } from 'hono/html'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
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
  if (own?.imposters)
    lines.push(
      html`${countText(own.imposters, 'other text')} came with this Message-ID: <a href="${paths.raw(list, id)}">all of them, raw</a>`,
    )
  return lines.length === 0 ? '' : html`<ul class="soft">${lines.map(line => html`<li>${line}</li>`)}</ul>`
}
