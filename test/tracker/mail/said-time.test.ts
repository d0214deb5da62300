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
    ['Mon, 2 Mar 2026 12:00:00 +05:30', '2026-03-02T06:30:00.000Z'],
    ['Mon, 02 Mar 26 12:00:00 GMT+8', '2026-03-02T04:00:00.000Z'],
    ['Mon, 2 Mar 2026 12:00:00 UTC-03:30', '2026-03-02T15:30:00.000Z'],
    ['Mon, 2 Mar 2026 12:00:00 CEST', '2026-03-02T10:00:00.000Z'],
    ['Mon, 2 Mar 2026 12:00:00 (CET)', '2026-03-02T12:00:00.000Z'],
    ['2026-03-02T11:00:00+01:00', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02T11:00:00.123Z', '2026-03-02T11:00:00.000Z'],
    ['20260302T110000Z', '2026-03-02T11:00:00.000Z'],
    ['2026-03-02 11:00 -0500', '2026-03-02T16:00:00.000Z'],
    ['2026/03/02 09:00:00', '2026-03-02T09:00:00.000Z'],
    ['2026.3.2 9:00:00', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02', '2026-03-02T00:00:00.000Z'],
    ['2026年3月2日 09:00:00 +0800', '2026-03-02T01:00:00.000Z'],
    ['Mon Mar  2 09:00:00 2026', '2026-03-02T09:00:00.000Z'],
    ['Mon Mar  2 09:00:00 CET 2026', '2026-03-02T08:00:00.000Z'],
    ['Mon Mar 02 2026 09:00:00 GMT+0100 (Mitteleuropäische Normalzeit)', '2026-03-02T08:00:00.000Z'],
    ['Monday, March 2, 2026 9:05 PM', '2026-03-02T21:05:00.000Z'],
    ['3/2/2026 12:05:00 AM', '2026-03-02T00:05:00.000Z'],
    ['2/3/2026 13:05', '2026-03-02T13:05:00.000Z'],
    ['02.03.2026 09:00:00 +0100', '2026-03-02T08:00:00.000Z'],
    ['02-Mar-2026 09:00:00 +0100', '2026-03-02T08:00:00.000Z'],
    ['Mo., 2. März 2026 09:00:00 +0100', '2026-03-02T08:00:00.000Z'],
    ['lun. 2 févr. 2026 09:00', '2026-02-02T09:00:00.000Z'],
    ['lunes, 2 de diciembre de 2026 09:00', '2026-12-02T09:00:00.000Z'],
    ['1772442000', '2026-03-02T09:00:00.000Z'],
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
    const { said } = saidTime(headers('Mon, 16 Mar 2026 10:00:00 +0000', 'Mon, 16 Mar 2026 10:05:00 +0000'))
    expect(iso(said)).toBe('2026-03-16T10:00:00.000Z')
  })

  it('is never after the newest Received, whatever the order of the hops', () => {
    const late = headers(
      'Wed, 18 Mar 2026 10:00:00 +0000',
      'Mon, 16 Mar 2026 09:00:00 +0000',
      'Mon, 16 Mar 2026 10:05:00 +0000',
    )
    expect(iso(saidTime(late).said)).toBe('2026-03-16T10:05:00.000Z')
  })

  it('is never after our own trace', () => {
    expect(
      iso(saidTime(headers('Fri, 31 Dec 9999 23:59:59 +0000'), { trace: '2026-03-16T10:00:00Z' }).said),
    ).toBe('2026-03-16T10:00:00.000Z')
  })

  it('is at most 30 days before the newest Received', () => {
    const early = headers('Sat, 1 Jan 0001 00:00:00 +0000', 'Mon, 16 Mar 2026 10:05:00 +0000')
    expect(iso(saidTime(early).said)).toBe('2026-02-14T10:05:00.000Z')
  })

  it('of an old mail is the same live and imported', () => {
    const old = headers('Tue, 3 Jan 2023 10:00:00 +0000', 'Tue, 3 Jan 2023 10:05:00 +0000')
    expect(saidTime(old, { trace: '2026-03-16T10:00:00Z' })).toEqual(saidTime(old))
  })

  it('without a Date is the newest Received, with a word about it', () => {
    expect(saidTime(headers(null, 'Mon, 16 Mar 2026 10:05:00 +0000'))).toEqual({
      said: Date.UTC(2026, 2, 16, 10, 5),
      problem: 'The mail has no Date',
    })
    expect(saidTime(headers('soon')).problem).toBe(`The Date "soon" can't be read`)
  })
})

describe('a mail without a date of its own', () => {
  const said = (fields: readonly string[], travelled = {}) =>
    iso(
      saidTime(
        fields.map(field => ({
          name: field.split(': ', 1)[0] ?? '',
          value: field.slice(field.indexOf(': ') + 2),
        })),
        travelled,
      ).said,
    )
  const posted = { posted: '2026-03-02T09:00:00.000Z' }
  const received = 'received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000'

  it.each<[string, string[], object, string]>([
    ['has that of the mbox', [received], posted, '2026-03-02T09:00:00.000Z'],
    ['whose Date is no date has that of the mbox', ['date: soon'], posted, '2026-03-02T09:00:00.000Z'],
    [
      'whose clock stood still has that of the mbox',
      ['date: Thu, 1 Jan 1970 00:00:10 +0000'],
      posted,
      '2026-03-02T09:00:00.000Z',
    ],
    [
      'has the newest Received',
      [received, 'received: from c by d; Mon, 2 Mar 2026 09:30:00 +0000'],
      {},
      '2026-03-02T10:00:00.000Z',
    ],
    [
      'whose clock stood still has the newest Received',
      ['date: Thu, 1 Jan 1970 00:00:10 +0000', received],
      {},
      '2026-03-02T10:00:00.000Z',
    ],
    [
      'has what a gateway kept',
      ['x-original-date: 2 Mar 2026 09:00:00 +0000'],
      {},
      '2026-03-02T09:00:00.000Z',
    ],
    [
      'has the day of its id',
      ['message-id: <20260302091500.18456-1-ines@example.org>'],
      {},
      '2026-03-02T09:15:00.000Z',
    ],
    ['has nothing else', ['message-id: <x@example.org>'], {}, '1970-01-01T00:00:00.000Z'],
  ])('%s', (_, fields, travelled, expected) => {
    expect(said(fields, travelled)).toBe(expected)
  })
})
