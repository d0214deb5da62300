// What the word index holds of a mail. Quoted lines stand apart: a word is found at the mail that said it, and at those
// that quote it where that is asked for.
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import { headerValue } from '../decode/headers.ts'
import type { DecodedMail } from '../decode/mail.ts'
import { decodeWords } from '../decode/words.ts'
import type { MailFacts } from '../mail/facts.ts'

export interface SearchText {
  readonly subject: string
  readonly author: string
  readonly files: string
  readonly body: string
  /** The quoted lines. */
  readonly quotes: string
  /** To and Cc, and the names of attachments. */
  readonly others: string
  readonly patchId: string | null
}

export function searchText(mail: DecodedMail, facts: MailFacts): SearchText {
  const { own, quotes } = splitQuotes(textOf(mail))
  return {
    subject: capped(facts.subject.text, 4_000),
    author: capped(authorText(mail, facts), 4_000),
    files: toStorableText(facts.files.map(file => file.path).join(' ')),
    body: toStorableText(own),
    quotes,
    others: `${fieldOf(mail, 'to')} ${fieldOf(mail, 'cc')} ${namesOf(mail).join(' ')}`,
    patchId: facts.patchId,
  }
}

/** All that a reader can read as text: what the mail says, its patches, and the logs that hang on it, each to a length. */
export function textOf({ body, attachedPatches, parts }: DecodedMail): string {
  const logs = parts.filter(
    part =>
      part.attached && part.type !== 'text/html' && !attachedPatches.some(({ path }) => path === part.path),
  )
  if (logs.length + attachedPatches.length === 0) return body
  return [
    body,
    ...attachedPatches.map(({ text }) => text),
    ...logs.map(({ text }) => text.slice(0, limits.attachedCharactersReadMax)),
  ].join('\n')
}

/** Whoever wrote the mail or the change, and what its From says: a list may stand there in the author's place. */
export function authorText(mail: DecodedMail, { sender, author, behalf }: MailFacts): string {
  const people = [sender, author, behalf ?? []].flat().map(person => `${person.name} ${person.address}`)
  const from = fieldOf(mail, 'from')
  const named = from.includes(sender.address) && from.includes(sender.name)
  return [...new Set(named ? people : [...people, from])].join(' ')
}

export const fieldOf = (mail: DecodedMail, name: string): string =>
  decodeWords(headerValue(mail.headers, name) ?? '')

/** Of the files that came with the mail. */
export const namesOf = (mail: DecodedMail): string[] =>
  [...mail.parts, ...mail.others].flatMap(({ filename }) => filename ?? [])

/** The lines that begin with `>`, and all others. */
export function splitQuotes(text: string): { own: string; quotes: string } {
  if (!text.includes('>')) return { own: text, quotes: '' }
  const quotes: string[] = []
  const own = text.replace(/^ {0,3}>.*$/gm, line => {
    quotes.push(line)
    return ''
  })
  return { own, quotes: quotes.join('\n') }
}

/** No subject and no person is longer: the rest is not found by its words. */
const capped = (text: string, charsMax: number) => toStorableText(text.slice(0, charsMax))
