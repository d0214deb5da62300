import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDns, type TestDns } from '../../dns.ts'
import { changed, judged, letter, type Signer, signerFor } from './letters.ts'

let dns: TestDns
let signer: Signer
beforeAll(async () => {
  dns = await startDns()
  signer = signerFor(dns, 'example.org')
})
afterAll(() => dns.close())

const day = 86_400_000
const known = { person: true }

describe('DKIM', () => {
  test('of a known sender is A', async () => {
    const mail = await letter({}, signer)
    expect(await judged(mail, { dns, known })).toMatchObject({
      grade: 'A',
      how: 'DKIM of example.org',
      identity: 'ada@example.org',
      aligned: 'ada@example.org',
    })
  })

  test('that a footer broke still shows who sent the header, and gives no grade', async () => {
    const headed = 'only From: DKIM of example.org does not hold, the body is not the one that was signed'
    const footer = async (mail: Buffer) => judged(Buffer.from(`${mail}_____\nThe list\n`), { dns, known })
    const mail = await letter({}, signer)
    expect(await footer(mail)).toMatchObject({ grade: 'C', how: headed, identity: null, pending: false })
    const others: readonly [string | RegExp, string][] = [
      ['Subject: A letter', 'Subject: [demo] A letter'],
      ['Message-ID: <', 'Message-ID: <another-'],
      [/ b=..../, ' b=AAAA'],
      ['Date: ', 'Date: Xxx, '],
      ['d=example.org', 'd=example.net'],
    ]
    for (const [from, to] of others) expect((await footer(changed(mail, from, to))).how).not.toBe(headed)
    const few = { ...signer, headerFieldNames: 'from:subject:date' }
    expect((await footer(await letter({}, few))).how).not.toBe(headed)
  })

  test('of a stranger is C and remembered; the next of the same address is A', async () => {
    const mail = await letter({}, signer)
    expect(await judged(mail, { dns })).toMatchObject({
      grade: 'C',
      how: 'DKIM of example.org, first seen',
      identity: null,
      aligned: 'ada@example.org',
    })
    expect(await judged(mail, { dns, known: { seen: true } })).toMatchObject({ grade: 'A' })
  })

  test.each<[string, string | RegExp, string]>([
    ['body', 'Hello', 'Hallo'],
    ['Subject', 'Subject: A letter', 'Subject: A litter'],
    ['From', 'ada@example.org>', 'adam@example.org>'],
    ['Date', /Date: .../, 'Date: Xxx'],
    ['Message-ID', /Message-ID: </, 'Message-ID: <x'],
  ])('sees a changed %s', async (_, from, to) => {
    const mail = changed(await letter({}, signer), from, to)
    expect(await judged(mail, { dns, known })).toMatchObject({ grade: 'C', aligned: null, pending: false })
  })

  test('of another domain says nothing of the sender, of a subdomain it does', async () => {
    const other = signerFor(dns, 'example.com')
    expect(await judged(await letter({}, other), { dns, known })).toMatchObject({
      grade: 'C',
      how: 'only From: DKIM of example.com does not count, From is of another domain',
    })
    const sub = signerFor(dns, 'mail.example.org')
    expect(await judged(await letter({}, sub), { dns, known })).toMatchObject({ grade: 'A' })
    // co.uk is nobody's.
    const shared = signerFor(dns, 'b.co.uk')
    const mail = await letter({ from: 'eve@a.co.uk' }, shared)
    expect(await judged(mail, { dns, known })).toMatchObject({ grade: 'C' })
  })

  test('does not count when a second field of its own stands above what was signed', async () => {
    const mail = await letter({}, signer)
    for (const field of [
      'From: Eve <eve@example.org>',
      'Subject: Patch-Status',
      'Message-ID: <x@example.org>',
    ])
      expect(await judged(Buffer.from(`${field}\n${mail}`), { dns, known })).toMatchObject({
        grade: 'C',
        how: expect.stringContaining('only From: the header has more than one'),
      })
  })

  test('does not count for a From with two addresses', async () => {
    const mail = await letter({ from: 'ada@example.org, eve@example.org' }, signer)
    expect(await judged(mail, { dns, known })).toMatchObject({
      grade: 'C',
      how: 'only From: From names several addresses',
    })
  })

  test('does not count when a flood of fields hides the signed From', async () => {
    const mail = await letter({}, signer)
    const flood = 'X-Flood: 1\n'.repeat(1_200)
    const forged = Buffer.from(`From: Grace <grace@example.org>\n${flood}${mail}`)
    expect(await judged(forged, { dns, known })).toMatchObject({ grade: 'C', aligned: null })
  })

  test('a mail that comes a year later proves nothing, nor does one that is signed without a date', async () => {
    const mail = await letter({}, signer)
    expect(await judged(mail, { dns, known, arrived: Date.now() + 6 * day })).toMatchObject({ grade: 'A' })
    expect(await judged(mail, { dns, known, arrived: Date.now() + 365 * day })).toMatchObject({
      grade: 'C',
      how: 'only From: DKIM of example.org does not count, it was signed 365 days before it arrived',
    })
    const dateless = await letter({}, { ...signer, ...{ skipFields: 'date' } })
    expect(await judged(dateless, { dns, known })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('no signed field says when'),
    })
  })

  test('that leaves the Subject out does not count', async () => {
    const mail = await letter({}, { ...signer, ...{ skipFields: 'subject' } })
    expect(await judged(mail, { dns, known })).toMatchObject({
      grade: 'C',
      how: 'only From: DKIM of example.org does not count, it does not cover the Subject',
    })
  })

  test('that came with another mail before does not count again', async () => {
    const mail = await letter({}, signer)
    const signature = (await import('node:crypto'))
      .createHash('sha256')
      .update(
        Buffer.from(/\bb=([^;]*?)\n[^\s]/s.exec(mail.toString())?.[1]?.replace(/\s/g, '') ?? '', 'base64'),
      )
      .digest('hex')
    expect(await judged(mail, { dns, known: { person: true, used: new Set([signature]) } })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('came with another mail before'),
    })
  })

  test('of a domain that only tests, or whose key was withdrawn, does not count', async () => {
    const mail = await letter({ from: 'ada@example.net' }, signerFor(dns, 'example.net', 't=y; '))
    expect(await judged(mail, { dns, known })).toMatchObject({ grade: 'C' })
    signerFor(dns, 'example.net')
    expect(await judged(mail, { dns, known })).toMatchObject({ grade: 'A' })
    dns.records.set('k1._domainkey.example.net', 'v=DKIM1; p=')
    expect(await judged(mail, { dns, known })).toMatchObject({ grade: 'C', pending: false })
  })

  test('whose key cannot be fetched is unknown, and never passes', async () => {
    const mail = await letter({}, signer)
    for (const mood of ['silent', 'broken'] as const) {
      dns.mood = mood
      expect(await judged(mail, { dns, known })).toMatchObject({
        grade: 'C',
        how: 'only From: DKIM of example.org is unknown, DNS did not answer',
        pending: true,
      })
    }
    dns.mood = 'answers'
    expect(await judged(mail, { dns, known })).toMatchObject({ grade: 'A', pending: false })
  })

  test('of a hundred signatures none is tried', async () => {
    const mail = await letter({}, signer)
    const [signature] = mail.toString().split(/\n(?=\S)/)
    const before = dns.asked.length
    const many = Buffer.from(`${`${signature}\n`.repeat(100)}${mail}`)
    expect(await judged(many, { dns, known })).toMatchObject({ grade: 'C', pending: false })
    expect(dns.asked.length).toBe(before)
  })
})
