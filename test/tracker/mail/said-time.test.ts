import { describe, expect, it } from 'vitest'
import { parseDate } from '../../../tracker/mail/date.ts'
import { saidTime } from '../../../tracker/mail/said-time.ts'

const headers = (date: string | null, ...received: string[]) => [
  ...received.map(time => ({ name: 'received', value: `from a by b with ESMTP id x; ${time}` })),
  ...(date === null ? [] : [{ name: 'date', value: date }]),
]
const iso = (time: number) => new Date(time).toISOString()

describe('a date', () => {
  it.each([
    ['Mon, 16 Mar 2026 10:41:00 +0100', '2026-03-16T09:41:00.000Z'],
    ['16 Mar 2026 10:41 GMT', '2026-03-16T10:41:00.000Z'],
    ['Mon, 16 Mar 26 10:41:00 EST', '2026-03-16T15:41:00.000Z'],
    ['Mon, 16 March 2026 10:41:00 +0000 (UTC)', '2026-03-16T10:41:00.000Z'],
    ['Mon, 16 Mar 2026 10:41:00 +1800', '2026-03-15T16:41:00.000Z'],
    ['Sat, 1 Jan 0001 00:00:00 +0000', '0001-01-01T00:00:00.000Z'],
    ['Fri, 31 Dec 9999 23:59:59 +0000', '9999-12-31T23:59:59.000Z'],
  ])('%j is %s', (text, expected) => {
    expect(iso(parseDate(text) ?? Number.NaN)).toBe(expected)
  })

  it.each(['', 'yesterday', '99 Mar 2026 10:00:00', '16 Foo 2026 10:00:00', '16 Mar 0000 10:00:00'])(
    '%j is none',
    text => {
      expect(parseDate(text)).toBeNull()
    },
  )
})

describe('said time', () => {
  it('is the Date when the trace has nothing against it', () => {
    const { said } = saidTime(
      headers('Mon, 16 Mar 2026 10:00:00 +0000', 'Mon, 16 Mar 2026 10:05:00 +0000'),
      undefined,
    )
    expect(iso(said)).toBe('2026-03-16T10:00:00.000Z')
  })

  it('is never after the newest Received, whatever the order of the hops', () => {
    const late = headers(
      'Wed, 18 Mar 2026 10:00:00 +0000',
      'Mon, 16 Mar 2026 09:00:00 +0000',
      'Mon, 16 Mar 2026 10:05:00 +0000',
    )
    expect(iso(saidTime(late, undefined).said)).toBe('2026-03-16T10:05:00.000Z')
  })

  it('is never after our own trace', () => {
    expect(iso(saidTime(headers('Fri, 31 Dec 9999 23:59:59 +0000'), '2026-03-16T10:00:00Z').said)).toBe(
      '2026-03-16T10:00:00.000Z',
    )
  })

  it('is at most 30 days before the newest Received', () => {
    const early = headers('Sat, 1 Jan 0001 00:00:00 +0000', 'Mon, 16 Mar 2026 10:05:00 +0000')
    expect(iso(saidTime(early, undefined).said)).toBe('2026-02-14T10:05:00.000Z')
  })

  it('of an old mail is the same live and imported', () => {
    const old = headers('Tue, 3 Jan 2023 10:00:00 +0000', 'Tue, 3 Jan 2023 10:05:00 +0000')
    expect(saidTime(old, '2026-03-16T10:00:00Z')).toEqual(saidTime(old, undefined))
  })

  it('without a Date is the newest Received, with a word about it', () => {
    expect(saidTime(headers(null, 'Mon, 16 Mar 2026 10:05:00 +0000'), undefined)).toEqual({
      said: Date.UTC(2026, 2, 16, 10, 5),
      problem: 'The mail has no Date',
    })
    expect(saidTime(headers('soon'), undefined).problem).toBe(`The Date "soon" can't be read`)
  })
})
