// Who a mail says it is from, and whether it says so plainly. A signature counts only for a mail that every reader
// reads alike: where From stands twice, the signer may have signed the other one.
import { limits } from '../../base/limits.ts'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import { senderOf } from '../../tracker/mail/author.ts'
import { parseDate } from '../../tracker/mail/date.ts'
import { addressedShort } from '../../tracker/mail/lost-answer.ts'
import type { Note } from '../../tracker/topic/verdict.ts'

export interface Purported {
  /** The person who is said to have written it, in lower case: behind the rewriting of a list. Empty when unclear. */
  readonly address: string
  /** A list put its own address into From, so a signature over From says nothing of the person. */
  readonly rewritten: boolean
  /** Why no signature can count; null when From is plain. */
  readonly problem: Note | null
  /** The Date field, in milliseconds; null when there is none to read. */
  readonly date: number | null
  readonly subject: boolean
  /** What it answers, as one text. */
  readonly target: string
  /** What no signature has to cover and still makes it another mail (write-verdicts.ts), as one text. */
  readonly rest: string
  readonly headers: readonly Header[]
}

/** `list`: its own address, in lower case. */
export function purportedOf(bytes: Buffer, list = ''): Purported {
  const { headers, problems } = readHeaders(bytes)
  const from = headers.filter(header => header.name === 'from').flatMap(({ value }) => parseAddresses(value))
  const own = from[0]?.address ?? ''
  const address = senderOf(headers, list).address
  const rewritten = address !== own
  return {
    address,
    rewritten,
    problem: problemOf(headers, problems, own, from.length, rewritten),
    date: parseDate(headerValue(headers, 'date') ?? ''),
    subject: headerValue(headers, 'subject') !== null,
    target: targetOf(headers).join('\n'),
    rest: restOf(headers).join('\n'),
    headers,
  }
}

/** What it answers. */
function targetOf(headers: readonly Header[]): string[] {
  const short = addressedShort(headers, '')
  return [...textsOf(headers, ['in-reply-to', 'references']), ...(short === null ? [] : [short])]
}

/**
 * With that, when it was said, what it is called and how its text is to be read. OpenPGP covers none of it, DKIM and
 * patatt what their h= names.
 */
const restOf = (headers: readonly Header[]): string[] => [
  ...targetOf(headers),
  ...textsOf(headers, ['date', 'subject', 'content-type', 'content-transfer-encoding']),
]

const textsOf = (headers: readonly Header[], names: readonly string[]): string[] =>
  names.map(name => (headerValue(headers, name) ?? '').replace(/\s+/g, ' ').trim())

/** RFC 5322 3.6 allows each of them once. We and mailers read the first of two, DKIM begins with the last. */
const single = [
  ...['from', 'sender', 'reply-to', 'x-original-from', 'subject', 'date', 'message-id', 'in-reply-to'],
  ...['references', 'mime-version', 'content-type', 'content-transfer-encoding'],
]

function problemOf(
  headers: readonly Header[],
  problems: readonly string[],
  own: string,
  people: number,
  rewritten: boolean,
): Note | null {
  if (problems.length > 0) return { code: 'header-damaged' }
  const doubled = single.find(name => headers.filter(header => header.name === name).length > 1)
  if (doubled !== undefined) return { code: 'field-doubled', of: doubled }
  if (people > 1) return { code: 'from-several' }
  if (!addressForm.test(own)) return { code: 'from-none' }
  return rewritten && authors(headers, own).size > 1 ? { code: 'from-rewritten-unclear' } : null
}

const addressForm = /^[^\s<>@"]{1,64}@[^\s<>@"]{1,255}$/

/** Whoever posts through the list can write a Reply-To or X-Original-From before the list adds the true one. */
const authors = (headers: readonly Header[], own: string): Set<string> =>
  new Set(
    ['x-original-from', 'reply-to']
      .flatMap(name => headers.filter(header => header.name === name))
      .flatMap(({ value }) => parseAddresses(value.slice(0, limits.headerBytesMax)))
      .map(person => person.address)
      .filter(address => address !== own),
  )
