// The times of a search: `d:20230510..`, `dt:20230510120000..`, `rt:1683676800..`, and whatever git reads as a date.
import { git } from '../../base/git.ts'

export interface Times {
  /** Milliseconds; null has no end. */
  readonly from: number | null
  /** The first moment that is not in it. */
  readonly before: number | null
}

/** Days and seconds are UTC's, and the last one named is in it. Null for what is no time. */
export async function timesOf(prefix: 'd' | 'dt' | 'rt', text: string): Promise<Times | null> {
  const [first = '', last] = text.split('..', 2)
  const [from, until] = await Promise.all([
    momentOf(prefix, first),
    last === undefined ? null : momentOf(prefix, last),
  ])
  if (from === undefined || until === undefined) return null
  if (last === undefined) {
    if (from === null) return null
    return { from: from.at, before: prefix === 'd' ? from.at + dayMs : from.at + from.length }
  }
  return { from: from?.at ?? null, before: until === null ? null : until.at + until.length }
}

interface Moment {
  readonly at: number
  /** Milliseconds. */
  readonly length: number
}

const dayMs = 86_400_000

/** Null for an open end; undefined for what is no time. */
async function momentOf(prefix: string, text: string): Promise<Moment | null | undefined> {
  if (text === '') return null
  const exact = exactTime(prefix, text)
  if (exact !== null) return exact
  if (text.length > 60 || /^\d{8}$/.test(text)) return undefined
  return approxTime(text.replace(/[._]/g, ' '))
}

function exactTime(prefix: string, text: string): Moment | null {
  if (prefix === 'rt') return /^\d{1,12}$/.test(text) ? { at: Number(text) * 1_000, length: 1_000 } : null
  const match = /^(\d{4})-?(\d\d)-?(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, ...time] = match.slice(1).map(digits => Number(digits ?? 0))
  const at = Date.UTC(year, month - 1, day, ...(time as [number, number, number]))
  // The 31st of April is none, and neither is a 13th month.
  if (month > 12 || new Date(at).getUTCDate() !== day) return null
  return { at, length: match[4] === undefined ? dayMs : 1_000 }
}

/** By git itself, which reads `2.days.ago` and `last.week`; undefined for what it does not. */
async function approxTime(text: string): Promise<Moment | undefined> {
  try {
    const words = ['config', '--type=expiry-date', `--default=${text}`, '--get', 'threadwork.date']
    const seconds = Number(await git('/', ...words))
    return Number.isSafeInteger(seconds) && seconds < 1e11
      ? { at: seconds * 1_000, length: 1_000 }
      : undefined
  } catch {
    return undefined
  }
}
