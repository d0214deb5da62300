// What a signature covers of a submitted mail, as a mail of its own. A signed patch is public once it was sent, and around what is
// signed anybody may write anew: fields, names beside addresses, words in the brackets of the subject. What goes back to the
// author for a look must be his alone, so the rest of it is ours.
import libmime from 'libmime'
import { limits } from '../../base/limits.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { parseSubject } from '../../tracker/mail/subject.ts'
import { readByGit } from '../auth/patatt.ts'
import { named } from './named.ts'
import type { Submitted } from './submitted.ts'

export interface Around {
  /** The fields that the signature covers. */
  readonly covers: readonly string[]
  /** Of our lists that it names. */
  readonly to: readonly string[]
  /** Of the messages before it in its request. */
  readonly before: readonly string[]
  readonly now: number
}

/** One for each signature that it bears; of these only one can be the right one. */
export async function coveredForms(mail: Submitted, around: Around): Promise<string[]> {
  const { author, email, subject, text } = await readByGit(mail.bytes)
  const own = email.toLowerCase() === mail.from
  const from = own ? `${named(author)}<${email}>` : `<${mail.from}>`
  const body = own ? text : `From: ${author} <${email}>\n\n${text}`
  const field = (name: string) => headerValue(mail.headers, name)?.replace(/\s+/g, ' ').trim() ?? ''
  const covered = (name: string) => around.covers.includes(name) && field(name) !== ''
  const date = new Date(around.now).toUTCString().replace('GMT', '+0000')
  const answered = covered('in-reply-to') ? field('in-reply-to') : answerAmong(field('in-reply-to'), around)
  const head = [
    `From: ${from}`,
    `Date: ${covered('date') ? field('date') : date}`,
    `Subject: ${libmime.encodeWords(bracketOf(field('subject')) + subject, 'Q', 52)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset="utf-8"',
    `Content-Transfer-Encoding: ${/[^\0-\x7f]/.test(body) ? '8bit' : '7bit'}`,
    `Message-Id: <${mail.messageId}>`,
    `To: ${around.to.join(', ')}`,
    ...(answered === '' ? [] : [`In-Reply-To: ${answered}`, `References: ${answered}`]),
  ]
  return mail.headers
    .filter(({ name }) => name === 'x-developer-signature')
    .slice(0, limits.signaturesMax)
    .map(({ value }) => [`X-Developer-Signature: ${value.trim()}`, ...head, '', body].join('\n'))
}

/** git reads no bracket, so none is signed: what it counts is said in our words. */
function bracketOf(subject: string): string {
  const { patch, rfc, version, number, total } = parseSubject(decodeWords(subject))
  if (!patch) return ''
  const count = number !== null && total !== null ? ` ${number}/${total}` : ''
  return `[${rfc ? 'RFC ' : ''}PATCH${version === null ? '' : ` v${version}`}${count}] `
}

const answerAmong = (field: string, { before }: Around): string => {
  const id = before.find(one => field === `<${one}>`)
  return id === undefined ? '' : `<${id}>`
}
