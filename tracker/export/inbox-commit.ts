// The commit that public-inbox makes of a mail (public-inbox-v2-format(5)): its author wrote the mail, its committer is the list, its
// times are those of Date and of the newest Received, its title is the subject. All of it comes from the mail and the list alone, so
// that everybody who writes the same log writes the same commits.
import addressparser from 'nodemailer/lib/addressparser'
import { limits } from '../../base/limits.ts'
import { headerValue, readHeaders } from '../decode/headers.ts'
import type { Header } from '../decode/mail.ts'
import { decodeWords } from '../decode/words.ts'
import { parseDate } from '../mail/date.ts'

/** As git fast-import reads them. */
export interface InboxCommit {
  /** `Ada Example <ada@example.org>`. */
  readonly author: string
  /** Seconds and a zone: `1772323200 +0100`. */
  readonly authored: string
  readonly committed: string
  /** One line. */
  readonly title: string
}

/** `arrived`, in milliseconds, stands for the times of a mail that tells none. Never throws. */
export function inboxCommit(mail: Buffer, arrived: number): InboxCommit {
  const { headers } = readHeaders(mail)
  const date = gitTime(headerValue(headers, 'date') ?? '')
  const received = receivedTime(headers)
  const otherwise = `${seconds(arrived)} +0000`
  return {
    author: authorOf(headers),
    authored: date ?? received ?? otherwise,
    committed: received ?? date ?? otherwise,
    title: oneLine(decodeWords(headerValue(headers, 'subject') ?? '')) || '(no subject)',
  }
}

/** A person as git has one. `<` and `>` are its own signs. */
export const gitPerson = (name: string, address: string): string => `${bare(name)} <${bare(address)}>`

const bare = (text: string) => oneLine(text.replace(/[<>]/g, '')).slice(0, limits.fieldCharactersMax)

/** Without line ends and NUL, which end what git reads; white space of a folded line counts as one. */
const oneLine = (text: string) =>
  text
    .slice(0, limits.subjectCharactersMax)
    .replace(/\p{Cc}+ ?/gu, ' ')
    .trim()

/** The first one of From, else of Sender; who gives no name is called as before the `@`. */
function authorOf(headers: readonly Header[]): string {
  const people = ['from', 'sender'].flatMap(field => {
    const value = headerValue(headers, field)
    return value === null ? [] : addressparser(value, { flatten: true }).slice(0, 1)
  })
  const person = people.find(({ address }) => address !== '') ?? people[0]
  const address = person?.address ?? ''
  return gitPerson(decodeWords(person?.name ?? '') || address.slice(0, address.lastIndexOf('@')), address)
}

/** The newest hop stands first; one without a time tells nothing. */
function receivedTime(headers: readonly Header[]): string | null {
  for (const { name, value } of headers) {
    const time = name === 'received' ? gitTime(value.slice(value.lastIndexOf(';') + 1)) : null
    if (time !== null) return time
  }
  return null
}

function gitTime(value: string): string | null {
  const time = parseDate(value)
  return time === null ? null : `${seconds(time)} ${zoneOf(value.slice(0, 200))}`
}

/** git counts from 1970 and not back. */
const seconds = (milliseconds: number) => Math.max(0, Math.floor(milliseconds / 1_000))

/** As it is written behind the clock, in hours and minutes; git takes none of 14 hours and more, and public-inbox none for such a one. */
function zoneOf(value: string): string {
  const written = /\d[:.]\d{2}\s{1,5}(?:([+-])(\d{1,2}):?(\d{2})(?!\d)|([A-Z]{3})\b)/.exec(value)
  const [, sign = '+', hours = '0', minutes = '0', name = ''] = written ?? []
  if (name !== '') return zones[name] ?? '+0000'
  const all = Number(hours) * 60 + Number(minutes)
  if (all === 0 || all >= 14 * 60) return '+0000'
  return sign + String(Math.floor(all / 60)).padStart(2, '0') + String(all % 60).padStart(2, '0')
}

/** RFC 5322 4.3. */
const zones: Record<string, string> = {
  EST: '-0500',
  EDT: '-0400',
  CST: '-0600',
  CDT: '-0500',
  MST: '-0700',
  MDT: '-0600',
  PST: '-0800',
  PDT: '-0700',
}
