// RFC 5322 dates as mailers write them, the obsolete forms of section 4.3 and a few broken ones included.
import { shortMonths } from '../../base/months.ts'

/**
 * Milliseconds since 1970 of a Date header's or Received line's time, or null when it is none.
 * Years from 1 to 9999; a zone of +1800 (seen in archives) is taken as written.
 */
export function parseDate(value: string): number | null {
  const m = value.slice(0, 200).match(form)
  if (!m) return null
  const [, day, monthName, yearText, hour, minute, second, zone] = m
  const month = monthNames.indexOf((monthName ?? '').toLowerCase())
  const year = fullYear(yearText ?? '')
  if (month < 0 || year < 1 || Number(day) > 31 || Number(hour) > 24 || Number(minute) > 59) return null
  const utc = Date.UTC(
    2000,
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Math.min(59, Number(second ?? 0)),
  )
  // Date.UTC reads years below 100 as 19xx, so the year is set afterwards.
  const time = new Date(utc).setUTCFullYear(year, month, Number(day))
  return time - zoneMinutes(zone ?? '') * 60_000
}

const form =
  /(\d{1,2})\s{1,5}([A-Za-z]{3})[a-z]{0,9}\.?,?\s{1,5}(\d{1,4})\s{1,5}(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})?\s{0,5}([+-]\d{4}|[A-Za-z]{1,5})?/
const monthNames = shortMonths.map(month => month.toLowerCase())
const zones: Record<string, number> = {
  EDT: -4,
  EST: -5,
  CDT: -5,
  CST: -6,
  MDT: -6,
  MST: -7,
  PDT: -7,
  PST: -8,
}

/** RFC 5322 4.3: two digits below 50 are 20xx, other two and three digits are 19xx. */
function fullYear(text: string): number {
  const year = Number(text)
  if (text.length >= 4) return year
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year
}

/** RFC 5322 4.3: North American names; any other letters mean an unknown zone, read as UTC. */
function zoneMinutes(zone: string): number {
  const digits = zone.match(/^([+-])(\d{2})(\d{2})$/)
  if (!digits) return (zones[zone.toUpperCase()] ?? 0) * 60
  const minutes = Number(digits[2]) * 60 + Number(digits[3])
  return digits[1] === '-' ? -minutes : minutes
}
