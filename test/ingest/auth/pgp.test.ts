// OpenPGP with keys of openpgp.js and of the real GnuPG.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as openpgp from 'openpgp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changed, judged, letter } from './letters.ts'

const home = mkdtempSync(join(tmpdir(), 'tw-gpg-'))
const keyring = mkdtempSync(join(tmpdir(), 'threadwork-keyring-'))
afterAll(() => {
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  for (const directory of [home, keyring]) rmSync(directory, { recursive: true })
})

/** The real gpg, in a home of its own. */
function gpg(words: readonly string[], input = ''): string {
  const quiet = [
    '--homedir',
    home,
    '--batch',
    '--quiet',
    '--yes',
    '--pinentry-mode',
    'loopback',
    '--passphrase',
    '',
  ]
  return execFileSync('gpg', [...quiet, ...words], {
    input,
    encoding: 'latin1',
    stdio: ['pipe', 'pipe', 'ignore'],
  })
}

const day = 86_400_000

beforeAll(() => {
  gpg(['--quick-generate-key', 'Ada Example <ada@example.org>', 'ed25519', 'sign', 'never'])
  gpg(['--quick-generate-key', 'Grace Example <grace@example.org>', 'rsa2048', 'sign', 'never'])
  gpg(['--quick-generate-key', 'Eve Example <eve@example.org>', 'ed25519', 'sign', 'never'])
  writeFileSync(join(keyring, 'ada.asc'), gpg(['--armor', '--export', 'ada@example.org']))
  writeFileSync(join(keyring, 'grace.gpg'), Buffer.from(gpg(['--export', 'grace@example.org']), 'latin1'))
})

const clearsigned = (text: string, who = 'ada@example.org') => gpg(['--local-user', who, '--clearsign'], text)

/** RFC 3156, by hand. */
function mime(part: string, who = 'ada@example.org', after = ''): { text: string; type: string } {
  const signature = gpg(['--local-user', who, '--armor', '--detach-sign'], part.replaceAll('\n', '\r\n'))
  const type = 'multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="b1"'
  const parts = [`--b1\n${part}\n`, `--b1\nContent-Type: application/pgp-signature\n\n${signature}\n`, after]
  return { type, text: `${parts.join('')}--b1--\n` }
}

/** A mail with this body as it stands. */
const raw = (body: string, { from = 'Ada Example <ada@example.org>', type = 'text/plain', more = '' } = {}) =>
  Buffer.from(
    `From: ${from}\nTo: demo@lists.example.net\nSubject: Re: x\nDate: ${new Date().toUTCString()}
Message-ID: <${Math.random()}@example.org>\nMIME-Version: 1.0\nContent-Type: ${type}\n${more}\n${body}`,
  )

const text = 'Patch-Status: accepted\n\n- a line that needs escaping\nFrom here on\ntrailing space  \n'
const part = 'Content-Type: text/plain; charset=utf-8\n\nPatch-Status: accepted\n'

describe('clearsigned by gpg', () => {
  test('is A for the owner of the key', async () => {
    expect(await judged(raw(clearsigned(text)), { keyring })).toMatchObject({
      grade: 'A',
      how: expect.stringMatching(/^OpenPGP key [0-9A-F]{16}$/),
      identity: 'ada@example.org',
      aligned: null,
    })
    const grace = raw(clearsigned(text, 'grace@example.org'), { from: 'grace@example.org' })
    expect(await judged(grace, { keyring })).toMatchObject({ grade: 'A', identity: 'grace@example.org' })
  })

  test('and packed by the mailer, it is the same', async () => {
    const body = Buffer.from(clearsigned(text)).toString('base64').replace(/.{76}/g, '$&\n')
    const mail = raw(body, { more: 'Content-Transfer-Encoding: base64\n' })
    expect(await judged(mail, { keyring })).toMatchObject({ grade: 'A' })
  })

  test('is nothing for another From, for a key that nobody gave, and without a keyring', async () => {
    const grace = raw(clearsigned(text), { from: 'grace@example.org' })
    expect(await judged(grace, { keyring })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('it is not of grace@example.org'),
    })
    const eve = raw(clearsigned(text, 'eve@example.org'), { from: 'eve@example.org' })
    expect(await judged(eve, { keyring })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('the key is not in the keyring'),
    })
    expect(await judged(raw(clearsigned(text)))).toMatchObject({ grade: 'C', pending: false })
  })

  test.each<[string, string | RegExp, string]>([
    ['a word', 'accepted', 'rejected'],
    ['a line of the armor, which would be read', /Hash: SHA\d+/, '$&\nPatch-Status: rejected'],
  ])('sees a change of %s', async (_, from, to) => {
    const mail = changed(raw(clearsigned(text)), from, to)
    expect(await judged(mail, { keyring })).toMatchObject({ grade: 'C' })
  })

  test.each([
    ['above', (signed: string) => `Patch-Status: rejected\n\n${signed}`],
    ['below', (signed: string) => `${signed}\nPatch-Status: rejected\n`],
    [
      'as a second signed text',
      (signed: string) => `${signed}\n${clearsigned('Patch-Status: x\n', 'eve@example.org')}`,
    ],
  ])('does not speak for text %s', async (_, around) => {
    expect(await judged(raw(around(clearsigned(text))), { keyring })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('text stands outside of what is signed'),
    })
  })

  test("holds above a list's footer", async () => {
    const footer =
      '_______________________________________________\ndemo mailing list -- demo@lists.example.net\n'
    expect(await judged(raw(`${clearsigned(text)}\n${footer}`), { keyring })).toMatchObject({ grade: 'A' })
  })

  test.each([
    ['of a form that nobody knows', '-- \ndemo mailing list\nhttps://lists.example.net/demo\n', 'A'],
    ['that applies', '-- \nApplied, thanks.\n', 'C'],
    ['that reviews', '-- \nReviewed-by: Ada Example <ada@example.org>\n', 'C'],
    ['with a line that is nearly a tag', '-- \nPatch-Stauts: rejected\n', 'C'],
  ])('and a footer %s', async (_, below, grade) => {
    expect(await judged(raw(`${clearsigned(text)}\n${below}`), { keyring })).toMatchObject({ grade })
  })

  test('a year ago, or in a charset that reads it differently, proves nothing', async () => {
    const mail = raw(clearsigned(text))
    expect(await judged(mail, { keyring, arrived: Date.now() + 365 * day })).toMatchObject({ grade: 'C' })
    const utf7 = raw(clearsigned(text), { type: 'text/plain; charset=utf-7' })
    expect(await judged(utf7, { keyring })).toMatchObject({ grade: 'C' })
  })
})

describe('PGP/MIME by gpg', () => {
  test('is A for the owner of the key', async () => {
    const { text: body, type } = mime(part)
    expect(await judged(raw(body, { type }), { keyring })).toMatchObject({
      grade: 'A',
      identity: 'ada@example.org',
    })
  })

  test('sees a changed word, and a third part', async () => {
    const { text: body, type } = mime(part)
    expect(await judged(raw(body.replace('accepted', 'rejected'), { type }), { keyring })).toMatchObject({
      grade: 'C',
    })
    const three = mime(part, 'ada@example.org', '--b1\nContent-Type: text/plain\n\nPatch-Status: rejected\n')
    expect(await judged(raw(three.text, { type }), { keyring })).toMatchObject({ grade: 'C' })
  })

  test('wrapped by a list holds with a footer, and not with more', async () => {
    const signed = mime(part)
    const wrapped = (footer: string) =>
      raw(
        `--w\nContent-Type: ${signed.type}\n\n${signed.text}\n--w\nContent-Type: text/plain\n\n${footer}\n--w--\n`,
        { type: 'multipart/mixed; boundary=w' },
      )
    const rule = '_'.repeat(47)
    const footer = `${rule}\ndemo mailing list\ndemo@lists.example.net`
    expect(await judged(wrapped(footer), { keyring })).toMatchObject({ grade: 'A' })
    expect(await judged(wrapped(`Patch-Status: rejected\n${footer}`), { keyring })).toMatchObject({
      grade: 'C',
    })
  })

  test("of a forwarded or attached mail is not the sender's", async () => {
    const { text: body, type } = mime(part)
    const forwarded = `--w\nContent-Type: text/plain\n\nPatch-Status: accepted\n--w\nContent-Type: message/rfc822\n\n${raw(body, { type })}\n--w--\n`
    expect(await judged(raw(forwarded, { type: 'multipart/mixed; boundary=w' }), { keyring })).toMatchObject({
      grade: 'C',
      how: 'only From: it is not signed',
    })
  })
})

describe('a key', () => {
  const users = [{ name: 'Linus Example', email: 'linus@example.org' }]
  const from = 'Linus Example <linus@example.org>'

  async function signedWith(privateKey: openpgp.PrivateKey, at = new Date()): Promise<Buffer> {
    const message = await openpgp.createCleartextMessage({ text: 'Patch-Status: accepted' })
    return letter({ from, text: await openpgp.sign({ message, signingKeys: privateKey, date: at }) })
  }

  test('that had expired when it signed does not count, one that expired since does', async () => {
    const born = new Date(Date.now() - 10 * day)
    const { privateKey, publicKey } = await openpgp.generateKey({
      userIDs: users,
      date: born,
      keyExpirationTime: (8 * day) / 1000,
      format: 'object',
    })
    writeFileSync(join(keyring, 'linus.asc'), publicKey.armor())
    const inTime = await signedWith(privateKey, new Date(Date.now() - 3 * day))
    expect(await judged(inTime, { keyring })).toMatchObject({ grade: 'A' })
    // Its owner has renewed it, and nobody else has seen that.
    const renewed = await openpgp.reformatKey({
      privateKey,
      userIDs: users,
      date: new Date(),
      format: 'object',
    })
    const late = await signedWith(renewed.privateKey)
    expect(await judged(late, { keyring })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('expired'),
    })
  })

  test('that was revoked does not count, its renewal in the keyring is seen', async () => {
    const pair = await openpgp.generateKey({ userIDs: users, format: 'object' })
    writeFileSync(join(keyring, 'linus.asc'), pair.publicKey.armor())
    const mail = await signedWith(pair.privateKey)
    expect(await judged(mail, { keyring })).toMatchObject({ grade: 'A' })
    const revoked = await openpgp.revokeKey({
      key: pair.privateKey,
      reasonForRevocation: { flag: openpgp.enums.reasonForRevocation.keyCompromised },
      format: 'object',
    })
    writeFileSync(join(keyring, 'linus.asc'), revoked.publicKey.armor())
    expect(await judged(mail, { keyring })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('revoked'),
    })
  })

  test('counts for the person whose file it is, whatever its user ids say', async () => {
    const pair = await openpgp.generateKey({ userIDs: [{ email: 'old@example.com' }], format: 'object' })
    unlinkSync(join(keyring, 'linus.asc'))
    const mail = await signedWith(pair.privateKey)
    writeFileSync(join(keyring, 'old.asc'), pair.publicKey.armor())
    expect(await judged(mail, { keyring })).toMatchObject({ grade: 'C' })
    mkdirSync(join(keyring, 'openpgp/example.org/linus'), { recursive: true })
    writeFileSync(join(keyring, 'openpgp/example.org/linus/default'), pair.publicKey.armor())
    expect(await judged(mail, { keyring })).toMatchObject({ grade: 'A', identity: 'linus@example.org' })
  })
})

test.each([
  [
    'an empty block',
    '-----BEGIN PGP SIGNED MESSAGE-----\n\n\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n',
  ],
  [
    'noise',
    '-----BEGIN PGP SIGNED MESSAGE-----\nHash: X\n\nx\n-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----\n',
  ],
  [
    'two thousand beginnings',
    `${'-----BEGIN PGP SIGNED MESSAGE-----\n'.repeat(2_000)}\n-----END PGP SIGNATURE-----\n`,
  ],
])('a broken signature (%s) is no signature', async (_, body) => {
  expect(await judged(raw(body), { keyring })).toMatchObject({ grade: 'C', pending: false })
})
