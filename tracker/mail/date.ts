// Dates as mailers write them: RFC 5322's form with the obsolete ones of section 4.3, and what scripts, webmails and old
// systems put there instead: ISO 8601, asctime, year, month and day in any order, months in other languages.
import { shortMonths } from '../../base/months.ts'

/**
 * Milliseconds since 1970 of a Date header's or Received line's time, or null when it is none.
 * Years from 1 to 9999; a zone of +1800 (seen in archives) is taken as written.
 */
export function parseDate(value: string): number | null {
  const text = value.slice(0, 200)
  const usual = text.match(form)
  if (usual) return timeOf(monthOf(usual[2] ?? ''), usual[3] ?? '', usual[1] ?? '', usual.slice(4))
  return strangeDate(
    text
      .replace(/\(.*$/s, '')
      .replace(/[年月]/g, '-')
      .replace(/日/g, ' '),
  )
}

function strangeDate(text: string): number | null {
  const day = dayIn(text)
  if (!day) return /^\s*\d{9,10}\s*$/.test(text) ? Number(text) * 1000 : null
  const clock = text.replace(day.text, ' ').match(clockForm)?.slice(1) ?? []
  return timeOf(day.month, day.year, day.day, clock)
}

interface Day {
  readonly text: string
  readonly year: string
  readonly month: number
  readonly day: string
}

/** Year first; a word for the month, behind the day or before it; numbers, where an AM or PM tells Americans. */
function dayIn(text: string): Day | null {
  const iso = text.match(/(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/) ?? text.match(/\b([12]\d{3})(\d{2})(\d{2})T/)
  if (iso)
    return {
      text: iso[0].replace(/T$/, ''),
      year: iso[1] ?? '',
      month: Number(iso[2]) - 1,
      day: iso[3] ?? '',
    }
  const named = text.match(
    /(\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]{1,3}(?:de )?(\p{L}{3,12})\.?,?[\s-]{1,3}(?:de )?(\d{4}|\d{2}(?=\s))/u,
  )
  if (named && monthOf(named[2] ?? '') >= 0)
    return { text: named[0], year: named[3] ?? '', month: monthOf(named[2] ?? ''), day: named[1] ?? '' }
  const first = text.match(
    /(\p{L}{3,12})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?(?:,?\s{1,3}|,?\s.{4,30}\s)(\d{4})(?!\d)/u,
  )
  if (first) {
    const only = first[0].replace(/(\d{1,2}:\d{2}.*)\s\d{4}$/, '')
    return { text: only, year: first[3] ?? '', month: monthOf(first[1] ?? ''), day: first[2] ?? '' }
  }
  const plain = text.match(/(\d{1,2})([./-])(\d{1,2})\2(\d{4})/)
  if (!plain) return null
  const [whole, one = '', sign, other = '', year = ''] = plain
  const american = sign === '/' && Number(one) <= 12 && (Number(other) > 12 || /\d\s?[ap]m\b/i.test(text))
  return { text: whole, year, month: Number(american ? one : other) - 1, day: american ? other : one }
}

const zone = String.raw`([+-]\d{1,2}:?\d{2}(?!\d)|(?:GMT|UTC|UT)\s?[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{1,5})`
const form = new RegExp(
  String.raw`(\d{1,2})\s{1,5}([A-Za-z]{3})[a-z]{0,9}\.?,?\s{1,5}(\d{1,4})\s{1,5}(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})?\s{0,5}${zone}?`,
)
const clockForm = new RegExp(
  String.raw`(\d{1,2})[:.]?(\d{2})(?:[:.]?(\d{2}))?(?:[.,]\d{1,9})?\s{0,3}([ap]m\b)?\s{0,5}${zone}?`,
  'i',
)

/** `clock`: hour, minute, second, perhaps AM or PM, zone; midnight when there is none. */
function timeOf(
  month: number,
  yearText: string,
  day: string,
  clock: readonly (string | undefined)[],
): number | null {
  const [hourText = '0', minute = '0', second = '0'] = clock
  const half = clock[3]?.toLowerCase()
  const hour =
    half === 'am' || half === 'pm' ? (Number(hourText) % 12) + (half === 'pm' ? 12 : 0) : Number(hourText)
  const year = fullYear(yearText)
  if (month < 0 || month > 11 || year < 1 || Number(day) > 31 || hour > 24 || Number(minute) > 59) return null
  const utc = Date.UTC(2000, month, Number(day), hour, Number(minute), Math.min(59, Number(second)))
  // Date.UTC reads years below 100 as 19xx, so the year is set afterwards.
  const time = new Date(utc).setUTCFullYear(year, month, Number(day))
  return time - zoneMinutes(clock.at(-1) ?? '') * 60_000
}

const monthNames = shortMonths.map(month => month.toLowerCase())

/** By the first three letters, or by those of a language that has others. */
function monthOf(word: string): number {
  const english = monthNames.indexOf(word.slice(0, 3).toLowerCase())
  if (english >= 0) return english
  const name = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
  const plain = monthNames.indexOf(name.slice(0, 3))
  return plain >= 0 ? plain : otherMonths.findIndex(names => names.some(start => name.startsWith(start)))
}

const otherMonths = [
  ['gen', 'ene', 'janv'],
  ['fev', 'fevr'],
  ['mrz', 'maer', 'maart', 'mrt', 'mars', 'marzo'],
  ['avr', 'abr'],
  ['mai', 'mag', 'mei', 'maj'],
  ['juin', 'giu'],
  ['juil', 'lug'],
  ['aou', 'ago'],
  ['set'],
  ['okt', 'ott', 'out'],
  [],
  ['dez', 'dic'],
]

const zones: Record<string, number> = {
  EDT: -4,
  EST: -5,
  CDT: -5,
  CST: -6,
  MDT: -6,
  MST: -7,
  PDT: -7,
  PST: -8,
  CET: 1,
  CEST: 2,
  MEZ: 1,
  MESZ: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  JST: 9,
  KST: 9,
  AEST: 10,
  AEDT: 11,
}

/** RFC 5322 4.3: two digits below 50 are 20xx, other two and three digits are 19xx. */
function fullYear(text: string): number {
  const year = Number(text)
  if (text.length >= 4) return year
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year
}

/** RFC 5322 4.3: names that only one place uses; any other letters mean an unknown zone, read as UTC. */
function zoneMinutes(zone: string): number {
  const digits = zone.match(/([+-])(\d{1,2})(?::?(\d{2}))?$/)
  if (!digits) return (zones[zone.toUpperCase()] ?? 0) * 60
  const minutes = Number(digits[2]) * 60 + Number(digits[3] ?? 0)
  return digits[1] === '-' ? -minutes : minutes
}
