// What a mail answers. Fifty years of mailers have left dirt in these headers: prose, addresses, the "y" that
// old `git send-email` users typed at a prompt.
import { type MessageId, messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Header } from '../decode/mail.ts'
import { addressQuestion } from './author.ts'
import { originalStart } from './original.ts'

/**
 * The ids a mail refers to, nearest first: In-Reply-To, then References from its end (as public-inbox reads them).
 * Without the mail itself, repeats, the answers "y" and "n", and the addresses of its own header.
 */
export function referencesOf(headers: readonly Header[], own: MessageId): MessageId[] {
  const nearestFirst = [...idsIn(headers, 'references'), ...idsIn(headers, 'in-reply-to')].reverse()
  if (nearestFirst.length === 0) return []
  const isAddress = addressQuestion(headers)
  const kept = new Set<MessageId>()
  for (const id of nearestFirst) {
    if (kept.size === limits.referencesMax) break
    if (id !== own && !kept.has(id) && !/^[yn]$/i.test(id) && !isAddress(id)) kept.add(id)
  }
  return [...kept]
}

/**
 * `Answers: <id>` in the text of a mail without fields that say it: a page's link gives the line to clients that drop
 * In-Reply-To. One such line, outside quotes, in a mail that holds no diff; two name nothing.
 */
export function answersLine(body: string): MessageId | null {
  const lines = body.slice(0, limits.answersLineCharactersMax).split('\n')
  const named = lines.flatMap(
    line => line.slice(0, 1_100).match(/^Answers:[ \t]{1,5}<([^<>\s]{3,1000})>\s*$/i)?.[1] ?? [],
  )
  const [only, ...more] = named
  if (only === undefined || more.length > 0) return null
  // The diff of an original below the answer posts nothing.
  const own = lines.slice(0, originalStart(lines, ''))
  return own.some(line => line.startsWith('diff --git ')) ? null : messageId(only)
}

/**
 * Whether a mail to or from these addresses that answers this id is read so. An odd mailer's id may hold blanks or brackets, or be
 * what is passed over in these fields: then the mail would answer another one, of somebody's choice.
 */
export const isAnswerable = (id: MessageId, addresses: readonly string[]): boolean =>
  referencesOf(
    [
      { name: 'to', value: addresses.join(', ') },
      { name: 'in-reply-to', value: `<${id}>` },
    ],
    messageId(''),
  )[0] === id

/** The ids in the fields of this name (lower case), in their order. */
export function idsIn(headers: readonly Header[], name: string): MessageId[] {
  return headers
    .filter(h => h.name === name)
    .flatMap(h => idsOf(h.value.slice(-limits.referencesCharactersMax)))
}

function idsOf(value: string): MessageId[] {
  const bracketed = value.match(/<[^<>]{1,3000}>/g)
  if (bracketed) return bracketed.map(id => messageId(id.replace(/\s+/g, '')))
  // A vacation robot's bare id: one word with an @ in it.
  return value
    .split(/\s+/)
    .filter(word => /^[^@\s]{1,900}@[^@\s]{1,900}$/.test(word))
    .map(messageId)
}
