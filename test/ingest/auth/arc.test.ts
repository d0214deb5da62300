import { sealMessage } from 'mailauth/lib/arc/index.js'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDns, type TestDns } from '../../dns.ts'
import { changed, judged, letter, type Signer, signerFor, toLog } from './letters.ts'

let dns: TestDns
let author: Signer
let list: Signer
let stranger: Signer
beforeAll(async () => {
  dns = await startDns()
  author = signerFor(dns, 'example.org')
  list = signerFor(dns, 'lists.example.net')
  stranger = signerFor(dns, 'evil.example.com')
})
afterAll(() => dns.close())

const trustedServers = ['lists.example.net']
const dkimPass = 'dkim=pass header.i=@example.org header.d=example.org header.s=k1'

/** What a list does: adds a footer, which breaks the author's DKIM, and seals what it saw before. */
async function throughList(
  mail: Buffer,
  results: string,
  { by = list, cv = 'none' as string, footer = '_____\nFooter\n' } = {},
): Promise<Buffer> {
  const dressed = Buffer.from(`${mail}${footer}`.replaceAll('\n', '\r\n'))
  const seal = await sealMessage(dressed, {
    signingDomain: by.domainName,
    selector: by.keySelector,
    privateKey: by.privateKey,
    cv,
    authResults: `${by.domainName}; ${results}`,
  })
  return toLog(Buffer.concat([seal, dressed]))
}

describe('ARC', () => {
  test('of a trusted list server that saw DKIM pass is B', async () => {
    const mail = await throughList(await letter({}, author), dkimPass)
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({
      grade: 'B',
      how: 'ARC of lists.example.net, which saw DKIM of example.org',
      identity: 'ada@example.org',
      aligned: null,
    })
  })

  test('is read whole: one of several signatures passed', async () => {
    const results = `dkim=fail reason="bad (signature)" header.d=example.com; ${dkimPass}; dmarc=pass header.from=example.org`
    const mail = await throughList(await letter({}, author), results)
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'B' })
    const other = `dkim=fail header.d=example.org; dkim=pass header.d=example.com`
    const forged = await throughList(await letter({}, author), other)
    expect(await judged(forged, { dns, trustedServers })).toMatchObject({ grade: 'C' })
  })

  test('of a server that nobody named is nothing, and its keys are not even asked for', async () => {
    const mail = await throughList(await letter({}), dkimPass, { by: stranger })
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({
      grade: 'C',
      how: 'only From: ARC of evil.example.com does not count, not in trusted_servers',
    })
  })

  test('a stranger who seals after the trusted server is not believed for it', async () => {
    const sealed = await throughList(await letter({}, author), dkimPass)
    const mail = await throughList(sealed, dkimPass, {
      by: stranger,
      cv: 'pass',
      footer: 'Patch-Status: accepted\n',
    })
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'C' })
  })

  test('a trusted server may seal what another sealed before it', async () => {
    const sealed = await throughList(await letter({}, author), dkimPass, { by: stranger, footer: '' })
    const mail = await throughList(sealed, dkimPass, { cv: 'pass' })
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'B' })
  })

  test.each([
    ['failed', 'dkim=fail header.i=@example.org header.d=example.org'],
    ['was of another domain', 'dkim=pass header.i=@example.com header.d=example.com'],
    ['was not there', 'spf=pass smtp.mailfrom=ada@example.org'],
  ])('says nothing of the sender when DKIM %s', async (_, results) => {
    const mail = await throughList(await letter({}), results)
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'C', identity: null })
  })

  test.each<[string, string, string]>([
    ['body', 'Hello', 'Hallo'],
    ['From', 'ada@example.org>', 'adam@example.org>'],
    ['results', 'header.d=example.org', 'header.d=example.com'],
    ['seal', 'cv=none', 'cv=pass'],
  ])('sees a changed %s', async (_, from, to) => {
    const mail = changed(await throughList(await letter({}, author), dkimPass), from, to)
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'C', pending: false })
  })

  test('of a rewritten From needs the whole address: many people share a domain', async () => {
    const rewritten = (replyTo: string) =>
      letter({
        from: 'Ada Example via demo <demo@lists.example.net>',
        headers: { 'Reply-To': replyTo, 'List-Post': '<mailto:demo@lists.example.net>' },
      })
    const ada = await rewritten('Ada Example <ada@example.org>')
    const domainOnly = await throughList(ada, dkimPass)
    expect(await judged(domainOnly, { dns, trustedServers })).toMatchObject({ grade: 'C' })
    const whole = await throughList(ada, `${dkimPass}; spf=pass smtp.mailfrom=ada@example.org`)
    expect(await judged(whole, { dns, trustedServers })).toMatchObject({
      grade: 'B',
      identity: 'ada@example.org',
    })
    const eves = await throughList(ada, `${dkimPass}; spf=pass smtp.mailfrom=eve@example.org`)
    expect(await judged(eves, { dns, trustedServers })).toMatchObject({ grade: 'C' })
    // Eve wrote Reply-To herself, and the list added her true address.
    const two = await rewritten('Ada Example <ada@example.org>, eve@example.org')
    const both = await throughList(two, `${dkimPass}; spf=pass smtp.mailfrom=ada@example.org`)
    expect(await judged(both, { dns, trustedServers })).toMatchObject({
      grade: 'C',
      how: 'only From: it is unclear who wrote it before From was rewritten',
    })
  })

  test('the signature of the list itself is no signature of the author', async () => {
    const mail = await letter(
      {
        from: 'Ada Example via demo <demo@lists.example.net>',
        headers: {
          'Reply-To': 'Ada Example <ada@example.org>',
          'List-Post': '<mailto:demo@lists.example.net>',
        },
      },
      list,
    )
    expect(await judged(mail, { dns, trustedServers, known: { person: true, seen: true } })).toMatchObject({
      grade: 'C',
      how: 'only From: DKIM of lists.example.net does not count, a list rewrote From',
    })
  })

  test('whose key cannot be fetched is unknown', async () => {
    const mail = await throughList(await letter({}), dkimPass)
    dns.mood = 'silent'
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'C', pending: true })
    dns.mood = 'answers'
    expect(await judged(mail, { dns, trustedServers })).toMatchObject({ grade: 'B', pending: false })
  })

  test('of an old mail proves nothing', async () => {
    const mail = await throughList(await letter({}, author), dkimPass)
    const arrived = Date.now() + 30 * 86_400_000
    expect(await judged(mail, { dns, trustedServers, arrived })).toMatchObject({ grade: 'C' })
  })
})

test('DKIM that covers a part of the body (l=) does not count, with or without something appended', async () => {
  const mail = await letter({})
  const key = {
    signingDomain: author.domainName,
    selector: author.keySelector,
    privateKey: author.privateKey,
    maxBodyLength: 4,
  }
  const wire = Buffer.from(mail.toString().replaceAll('\n', '\r\n'))
  const { signatures } = await dkimSign(wire, { ...key, signatureData: [key] })
  for (const more of ['', 'Patch-Status: accepted\n'])
    expect(
      await judged(Buffer.from(`${signatures.replaceAll('\r\n', '\n')}${mail}${more}`), {
        dns,
        known: { person: true },
      }),
    ).toMatchObject({
      grade: 'C',
      how: 'only From: DKIM of example.org does not count, it covers a part of the body only (l=)',
    })
})
