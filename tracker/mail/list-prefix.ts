// The subject prefix of a list server: `[LTP] [PATCH] x` on the list is `[PATCH] x` for whom it reached directly. It is
// the list's word and not the sender's, so it is no tag of the mail. A bracket of other words is the project's.
import type { Header } from '../decode/mail.ts'
import { parseSubject } from './subject.ts'

/** Whether a bracket that holds this alone is a list's prefix: the configured word, or the name of a list. */
export function isListPrefix(
  bracket: string,
  headers: readonly Header[],
  list: { readonly prefix: string | null; readonly address: string },
): boolean {
  const word = bracket.trim().toLowerCase()
  // Mailman counts the mails when it is told to: `[tarn 1234]`.
  const words = [word, word.replace(/[\s:#-]{1,3}\d{1,9}$/, '')]
  if (list.prefix !== null && words.includes(list.prefix.toLowerCase())) return true
  if (meaning.test(word)) return false
  return [localPart(list.address), ...listNames(headers)].some(name => name !== '' && words.includes(name))
}

/** Whether a list could have put it there: words that say nothing of the mail itself. */
export function bracketMayBeDressing(bracket: string): boolean {
  if (bracket.length > 64 || meaning.test(bracket.trim())) return false
  const { tags, patch, rfc, resend, pull, version, number } = parseSubject(`[${bracket}] x`)
  return tags.length > 0 && !patch && !rfc && !resend && !pull && version === null && number === null
}

/** A list is called `bugs` or `rfc` sometimes; its mails say `[BUG]` all the same. */
const meaning =
  /^(?:bugs?|regressions?|tasks?|ideas?|features?|announce\w{0,6}|security|questions?|help|discuss\w{0,6}|patch\w{0,3}|rfc|wip|draft)\b/i

/** Mailman's default prefix is the list's name, which is the first label of the List-Id. */
function listNames(headers: readonly Header[]): string[] {
  return headers.flatMap(({ name, value }) => {
    if (name === 'x-beenthere') return [localPart(value.trim().toLowerCase())]
    if (name !== 'list-id') return []
    return [
      value
        .slice(value.lastIndexOf('<') + 1)
        .toLowerCase()
        .split('.')[0] ?? '',
    ]
  })
}

const localPart = (address: string) => address.split('@')[0] ?? ''
