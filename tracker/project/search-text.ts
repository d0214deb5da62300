// What the word index holds of a mail. Quoted lines are left out: they are found at the mail that said them.
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import type { DecodedMail } from '../decode/mail.ts'
import type { MailFacts } from '../mail/facts.ts'

export interface SearchText {
  readonly subject: string
  readonly author: string
  readonly files: string
  readonly body: string
}

/** Capped: PostgreSQL refuses a tsvector above 1 MB, and 30 MB of repeated words take it six seconds. */
export function searchText(mail: DecodedMail, facts: MailFacts): SearchText {
  const people = [facts.sender, facts.author, facts.behalf ?? []]
    .flat()
    .map(person => `${person.name} ${person.address}`)
  const body = [mail.body, ...mail.attachedPatches.map(part => part.text)].join('\n')
  return {
    subject: capped(facts.subject.text, 4_000),
    author: capped([...new Set(people)].join(' '), 1_000),
    files: capped(facts.files.map(file => file.path).join(' '), 16_000),
    body: capped(body.replace(/^ {0,3}>.*$/gm, ''), limits.searchTextBytesMax / 2),
  }
}

/** Cut by characters, at two bytes each on the average; the rest of a longer text is not found by its words. */
const capped = (text: string, charsMax: number) => toStorableText(text.slice(0, charsMax))
