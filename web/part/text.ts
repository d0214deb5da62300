// Words of strangers and how they are shown: names, subjects, times, numbers. A character that nobody sees must not
// change what a reader believes (a direction override turns `gpj.exe` around), so it is written out.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import { shortMonths } from '../../base/months.ts'
import type { Person } from '../../tracker/mail/facts.ts'

/** A piece of a page: escaped text, ready to be put into another template. */
export type Html = ReturnType<typeof html>

/** Joiners shape Persian and emoji, a soft hyphen is only a place to break: these stay as they are. */
const harmless = new Set(['\n', '\t', '\u00ad', '\u200c', '\u200d'])

/** Control, format and direction characters as `[U+202E]`; all other text as it is. */
export const visible = (text: string) =>
  plain.test(text)
    ? text
    : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character =>
        harmless.has(character) ? character : `[U+${codePoint(character)}]`,
      )

/** Most lines; this is told in a tenth of the time. */
const plain = /^[\t\n\x20-\x7e]*$/

const codePoint = (character: string) =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')

/** A subject or title as plain text, cut where no real one goes on; a mail without one still needs words to click on. */
export const titleText = (title: string) =>
  visible(cut(title, limits.subjectCharactersMax)).trim() || '(no subject)'

const cut = (text: string, max: number) => (text.length > max ? `${text.slice(0, max)}…` : text)

/** A subject or title, with its own writing direction. */
export const titleOf = (title: string): Html => html`<bdi>${titleText(title)}</bdi>`

/** A name as plain text; of an address without a name only the part before the @. */
export const nameText = (person: Person) =>
  visible(person.name).trim() || visible(person.address.split('@')[0] ?? '') || 'somebody'

export const nameOf = (person: Person): Html => html`<bdi>${nameText(person)}</bdi>`

/** `14 Mar 2026`, in UTC. */
function dayText(milliseconds: number): string {
  const date = new Date(milliseconds)
  if (Number.isNaN(date.getTime())) return 'at an unknown time'
  return `${date.getUTCDate()} ${shortMonths[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** `14 Mar 2026`. Always absolute: a page may be read from a copy, years later. */
export const dayOf = (milliseconds: number): Html => time(milliseconds, dayText(milliseconds))

/** `14 Mar`, where the year is said beside it. */
export const shortDayOf = (milliseconds: number): Html =>
  time(milliseconds, dayText(milliseconds).replace(/ \d+$/, ''))

/** `14 Mar 2026 to 16 Mar 2026`; one day once. */
export const daysOf = (first: number, last: number): Html =>
  dayText(first) === dayText(last) ? dayOf(first) : html`${dayOf(first)} to ${dayOf(last)}`

/** `14 Mar 2026, 09:12 UTC`. */
export const minuteOf = (milliseconds: number): Html =>
  time(milliseconds, `${dayText(milliseconds)}, ${isoOf(milliseconds).slice(11, 16)} UTC`)

/** `14 Mar 2026, 09:12`, for places that say UTC once. */
export const shortMinuteOf = (milliseconds: number): Html =>
  time(milliseconds, `${dayText(milliseconds)}, ${isoOf(milliseconds).slice(11, 16)}`)

const time = (milliseconds: number, words: string): Html => {
  const iso = isoOf(milliseconds)
  return iso === '' ? html`${words}` : html`<time datetime="${iso.slice(0, 16)}Z">${words}</time>`
}

function isoOf(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

const numbers = new Intl.NumberFormat('en')

/** `1,904`. */
export const numberText = (count: number) => numbers.format(count)

/** `1 patch`, `5 patches`. */
export const countText = (count: number, one: string, many = `${one}s`) =>
  `${numberText(count)} ${count === 1 ? one : many}`

/** `12 days`, `today`; both in milliseconds. */
export function daysSince(since: number, now: number): string {
  const days = Math.max(0, Math.floor((now - since) / 86_400_000))
  return days === 0 ? 'today' : countText(days, 'day')
}

/** `4 GiB`, `1.5 MiB`, `300 bytes`. */
export function bytesText(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1_024 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const count = Math.round((bytes / 1_024 ** power) * 10) / 10
  return `${numberText(count)} ${units[power]}`
}
const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A count that was cut at a limit: `more than 1,000 mails`. */
export const cappedText = (count: number, max: number, one: string, many = `${one}s`) =>
  count > max ? `more than ${countText(max, one, many)}` : countText(count, one, many)

/** Lines added and removed. */
export const linesOf = (added: number, removed: number): Html =>
  html`<span class="n"><span class="plus">+${numberText(added)}</span> <span class="minus">−${numberText(removed)}</span></span>`
