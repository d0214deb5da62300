// A patch as `git am` is given it: one small mail for each change in it, in mboxrd, with the author, the title, the message
// and the diff as we read them, and none of what a list, a mailer or an encoding put around. What is built is exactly this
// text, and an approval binds the hash of all that it is made of.
import { hash } from 'node:crypto'
import type { MessageId } from '../../base/ids.ts'
import { toMboxrd } from '../../base/mboxrd.ts'
import { headerValue } from '../decode/headers.ts'
import { parseDate } from './date.ts'
import { type Dressing, dressStart } from './dressing.ts'
import type { Person } from './facts.ts'
import { inBodyFrom } from './in-body.ts'
import type { OpenedMail } from './opened.ts'
import { readPatch } from './patch-text.ts'

/** Empty for a mail that posts no patch, or whose patch changes nothing that git could read. */
export function amText(opened: OpenedMail, id: MessageId, dressing: Dressing): string {
  if (opened.posting !== 'patch') return ''
  const date = dateOf(opened)
  return changesOf(opened, dressing)
    .map(change => toMboxrd(Buffer.from(mailOf(change, id, date))).toString())
    .join('')
}

/**
 * Of all that the text is made of, SHA-256 in hex; null where there is no text. Facts have it of each patch, and the text is
 * wanted of few: to make it of all took an import 4 %.
 */
export function amHash(opened: OpenedMail, id: MessageId): string | null {
  const { posting, mail, text, attached, subject, from } = opened
  if (posting !== 'patch' || (text.diff === '' && attached.every(one => one.text.diff === ''))) return null
  const said = text.lines.filter((_, at) => text.kinds[at] !== 'diff' && text.kinds[at] !== 'footer')
  return hash(
    'sha256',
    JSON.stringify([
      [id, headerValue(mail.headers, 'date') ?? null, from, subject.title],
      ...[said, text.diff],
      attached.map(one => [one.subject?.title ?? null, one.from ?? null, one.body]),
    ]),
  )
}

interface Change {
  readonly author: Person
  readonly title: string
  readonly message: readonly string[]
  readonly diff: string
}

/** What stands in the body, with the bare diffs that hang on the mail, and each file that is a patch of its own. */
function changesOf({ mail, text, attached, subject, from }: OpenedMail, dressing: Dressing): Change[] {
  const lines = mail.body.split('\n')
  const body = messageOf(lines.slice(0, dressStart(lines, dressing)).join('\n'))
  const bare = attached.filter(one => one.subject === null).map(one => one.text.diff)
  const diff = [text.diff, ...bare].join('')
  const files = attached.flatMap((one): Change[] =>
    one.subject === null || one.text.diff === ''
      ? []
      : [
          {
            ...messageOf(one.body),
            author: one.from ?? from,
            title: one.subject.title || subject.title,
            diff: one.text.diff,
          },
        ],
  )
  const own = { message: body.message, author: body.author ?? from, title: subject.title, diff }
  return [...(diff === '' ? [] : [own]), ...files]
}

function messageOf(text: string): { message: readonly string[]; author: Person | null } {
  const lines = text.split('\n')
  return { message: readPatch(text).message, author: inBodyFrom(lines) }
}

/**
 * The head stands twice. git reads a From, a Subject and a Date at the start of a text in place of those above it
 * (git-mailinfo), once each: those are ours, so no line of the message can be.
 */
function mailOf({ author, title, message, diff }: Change, id: MessageId, date: string): string {
  const head = [
    `From: ${writtenPerson(author)}`,
    `Subject: ${bare(title) || '(no subject)'}`,
    `Date: ${date}`,
  ]
  return [
    ...head,
    `Message-ID: <${bare(id)}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...head,
    '',
    ...trimmed(message),
    '---',
    '',
    diff,
  ].join('\n')
}

/** Of the mail itself, in UTC: the time of its arrival would be another one on another road. */
function dateOf({ mail }: OpenedMail): string {
  const time = parseDate(headerValue(mail.headers, 'date') ?? '')
  const known = time !== null && time > 0 && time < endOfDates ? time : 0
  return new Date(known).toUTCString().replace('GMT', '+0000')
}

/** git takes no later dates from a mail. */
const endOfDates = Date.UTC(2099, 0)

const writtenPerson = ({ name, address }: Person) => {
  const known = /^[^\s<>@]{1,200}@[^\s<>@]{1,200}$/.test(address) ? address : 'unknown@localhost.invalid'
  return `${
    bare(name)
      .replace(/[<>@"\\]/g, '')
      .trim() || known.split('@')[0]
  } <${bare(known)}>`
}

/** One line without anything that is no letter. */
const bare = (text: string) =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 1_000)

function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex(line => line.trim() !== '')
  const last = lines.findLastIndex(line => line.trim() !== '')
  return first < 0 ? [] : lines.slice(first, last + 1)
}
