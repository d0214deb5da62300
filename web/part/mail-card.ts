// A mail among others: on thread pages and in the timeline of a bug.
import { createHash } from 'node:crypto'
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Topic, TopicMail } from '../../tracker/topic/topic.ts'
import { attachmentsOf } from '../archive/attachments.ts'
import { partFileNames } from '../archive/file-name.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { mailText } from './mail-text.ts'
import { type NewSince, newMark } from './news.ts'
import { type Html, minuteOf, nameOf, titleOf } from './text.ts'
import { textOptions } from './text-options.ts'

export interface MailCard {
  readonly list: ListRow
  readonly topic: Topic
  readonly mail: TopicMail
  /** Undefined when the log no longer has it. */
  readonly decoded: DecodedMail | undefined
  readonly isHere?: boolean
  /** What was said since then is marked. */
  readonly since: NewSince | undefined
  readonly effect?: Html | undefined
  /** Its number on the page and that of what it answers. */
  readonly number?: number
  readonly answers?: { readonly number: number; readonly id: string } | undefined
}

/** The anchor that public-inbox gives a mail on a thread page. */
export const mailAnchor = (id: string) => `m${createHash('sha1').update(id).digest('hex')}`

export const mailCard = ({
  list,
  topic,
  mail,
  decoded,
  isHere,
  since,
  effect,
  number,
  answers,
}: MailCard): Html =>
  html`<article class="card msg${isHere ? ' here' : ''}" id="${mailAnchor(mail.id)}"><header class="by">${
    number === undefined ? '' : html`<span class="n">${number}</span> `
  }<b>${nameOf(mail.author)}</b> <a href="${paths.mail(list.name, mail.id)}">${minuteOf(mail.said)}</a>${newMark(since, mail.said)}${
    answers ? html` <span>answers <a href="#${mailAnchor(answers.id)}">${answers.number}</a></span>` : ''
  }${isHere ? html` <span class="chip info">You are here</span>` : ''}${effect ? html` <span class="at">${effect}</span>` : ''}</header>
<div class="mail">${subjectLine(topic, mail)}${
    decoded
      ? mailText(decoded.body, {
          ...textOptions(list, topic, mail.id),
          bytesMax: limits.threadTextCharactersMax,
        })
      : html`<p class="soft">The text of this mail is no longer in the log.</p>`
  }${attachments(list.name, mail.id, decoded)}</div></article>
`

/** A reply's subject is its parent's, unless somebody changed it. */
function subjectLine(topic: Topic, mail: TopicMail): Html | string {
  const parent = topic.mails.find(other => other.id === mail.parent)
  if (parent && bare(parent.subject) === bare(mail.subject)) return ''
  return html`<h3>${titleOf(mail.subject)}</h3>`
}

const bare = (subject: string) => subject.replace(/^(?:(?:re|aw|sv|fwd?):\s*)+/i, '')

/** What hangs on the mail `id`, each to be saved. */
export function attachments(list: string, id: string, decoded: DecodedMail | undefined): Html | string {
  const links = (decoded ? attachmentsOf(decoded) : []).map(part => {
    const address = paths.attachment(list, id, part.path, partFileNames(part).ascii)
    return html`<a href="${address}" rel="nofollow">${titleOf(part.filename ?? part.type)}</a>`
  })
  if (links.length === 0) return ''
  return html`<p class="soft">Attached: ${links.map((link, index) => html`${index > 0 ? ', ' : ''}${link}`)}</p>`
}
