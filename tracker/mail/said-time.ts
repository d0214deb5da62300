// Said time orders the fold. It comes from the mail alone, so that arrival order can't matter: the Date header,
// held between what the trace allows.
import { limits } from '../../base/limits.ts'
import { memo } from '../../base/memo.ts'
import { headerValue } from '../decode/headers.ts'
import type { Header } from '../decode/mail.ts'
import { parseDate } from './date.ts'

/** What the way that a mail came says of its time, ISO 8601. */
export interface Travelled {
  /** When a live mail reached us. */
  readonly trace?: string
  /** Of the line that an mbox has above a mail without a Date. */
  readonly posted?: string
}

/**
 * Milliseconds since 1970. Never after the newest Received (our own trace counts as one), and not more than
 * `dateBeforeTraceDaysMax` before the newest Received that the mail itself carries. Our own trace does not bound
 * it from below: else an old archive sent through SMTP would fold otherwise than the same archive imported.
 * Without a Date it is the mbox's, else the newest Received, else any other date that the header holds; 0 without one.
 */
export function saidTime(
  headers: readonly Header[],
  travelled: Travelled = {},
): { said: number; problem: string | null } {
  const { said, problem } = boundedTime(headers, travelled)
  return { said: Math.min(Math.max(said, firstTime), lastTime), problem }
}

/**
 * The newest time that a mail bears, milliseconds: when the last server had it, else when it was said. Whoever writes a mail
 * chooses its Date, and the Received fields above it are others'.
 */
export const newestTime = (headers: readonly Header[], travelled: Travelled): number =>
  newestReceived(headers) ?? saidTime(headers, travelled).said

/** Whether the Date is one: a clock that was never set begins in 1970, before there was mail with such dates. */
export function hasDate(headers: readonly Header[]): boolean {
  const date = parseDate(headerValue(headers, 'date') ?? '')
  return date !== null && !isClockStart(date)
}

const isClockStart = (time: number) => Math.abs(time) < 2 * 86_400_000

/** PostgreSQL knows no year 0, and five digits are no year of a calendar page. */
export const firstTime = Date.UTC(2000, 0, 1) - 730_119 * 86_400_000
export const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59)

function boundedTime(
  headers: readonly Header[],
  { trace, posted }: Travelled,
): { said: number; problem: string | null } {
  const dateHeader = headers.find(h => h.name === 'date')?.value
  const date = dateHeader === undefined ? null : parseDate(dateHeader)
  const received = newestReceived(headers)
  const arrival = trace === undefined ? null : Date.parse(trace)
  const latest = least(received, arrival)
  if (date === null || isClockStart(date)) {
    const said = (posted === undefined ? null : Date.parse(posted)) ?? latest ?? otherDate(headers) ?? date
    return { said: said ?? 0, problem: dateProblem(dateHeader) }
  }
  if (latest !== null && date > latest) return { said: latest, problem: null }
  const earliest = received === null ? date : received - limits.dateBeforeTraceDaysMax * 86_400_000
  return { said: Math.max(date, earliest), problem: null }
}

const dateProblem = (value: string | undefined) =>
  value === undefined ? 'The mail has no Date' : `The Date "${value.slice(0, 60)}" can't be read`

/** What gateways and servers keep beside a Date, and the time that git send-email and others begin an id with. */
function otherDate(headers: readonly Header[]): number | null {
  for (const name of otherDates) {
    const value = headerValue(headers, name)
    const time = value === null ? null : parseDate(value.slice(value.lastIndexOf(';') + 1))
    if (time !== null && !isClockStart(time)) return time
  }
  const [, day, clock = '000000'] =
    headerValue(headers, 'message-id')?.match(
      /^<?(20\d{2}[01]\d[0-3]\d)[.T]?([0-2]\d[0-5]\d[0-5]\d)?(?=[\d.@-])/,
    ) ?? []
  return day === undefined ? null : parseDate(`${day}T${clock}Z`)
}

const otherDates = [
  'x-original-date',
  'original-date',
  'x-received',
  'delivery-date',
  'x-delivery-time',
  'resent-date',
  'posted-date',
  'nntp-posting-date',
]

/** Hops stamp the top of the header; the newest is not always the first, so all are read. */
const newestReceived = memo((headers: readonly Header[]): number | null => {
  let newest: number | null = null
  for (const { name, value } of headers) {
    if (name !== 'received') continue
    // RFC 5321 4.4: the time stands behind the last semicolon.
    const time = parseDate(value.slice(value.lastIndexOf(';') + 1))
    if (time !== null && (newest === null || time > newest)) newest = time
  }
  return newest
})

const least = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))
