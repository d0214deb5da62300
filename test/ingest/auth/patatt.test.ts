// The real patatt signs patches that the real git made, with each of its three algorithms.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changed, judged } from './letters.ts'

const home = mkdtempSync(join(tmpdir(), 'tw-pt-'))
const keyring = join(home, 'keyring')
const env = {
  PATH: process.env.PATH,
  HOME: home,
  XDG_DATA_HOME: join(home, 'data'),
  GNUPGHOME: join(home, 'gnupg'),
  GIT_CONFIG_NOSYSTEM: '1',
}
afterAll(() => {
  execFileSync('gpgconf', ['--kill', 'all'], { env })
  rmSync(home, { recursive: true })
})

const run = (program: string, words: readonly string[], input: string | Buffer = '') =>
  execFileSync(program, words, { env, cwd: home, input, stdio: ['pipe', 'pipe', 'ignore'] })

const identity = 'ada@example.org'

beforeAll(() => {
  for (const directory of ['data', 'gnupg', 'keyring']) mkdirSync(join(home, directory), { mode: 0o700 })
  run('git', ['config', '--global', 'user.name', 'Ada Example'])
  run('git', ['config', '--global', 'user.email', identity])
  run('patatt', ['genkey', '-n', 'work'])
  cpSync(join(home, 'data/patatt/public'), keyring, { recursive: true, dereference: true })
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'id')])
  place('openssh', readFileSync(join(home, 'id.pub')))
  const quiet = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '']
  run('gpg', [...quiet, '--quick-generate-key', `Ada Example <${identity}>`, 'ed25519', 'sign', 'never'])
  place('openpgp', run('gpg', ['--armor', '--export', identity]))
})

function place(algorithm: string, key: Buffer): void {
  mkdirSync(join(keyring, algorithm, 'example.org/ada'), { recursive: true })
  writeFileSync(join(keyring, algorithm, 'example.org/ada/default'), key)
}

/** A patch mail, with a letter outside ASCII and an encoded Subject, as git format-patch writes it. */
const patch = () =>
  Buffer.from(`From: Ada Example <${identity}>
To: demo@lists.example.net
Subject: [PATCH v2 1/2] =?utf-8?q?tea=3A_warm_the_caf=C3=A9?=
Date: ${new Date().toUTCString()}
Message-ID: <patch-${++patches}@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

The caf\u00e9 was cold.  

Signed-off-by: Ada Example <${identity}>
---
 tea.c | 2 +-

diff --git a/tea.c b/tea.c
index 1111111..2222222 100644
--- a/tea.c
+++ b/tea.c
@@ -1,3 +1,3 @@
 int tea(void)
-{ return 1; }
+{ return 2; }
 /* end */
-- 
2.39.5

`)
let patches = 0

function sign(mail: Buffer, signingkey: string, selector = 'default'): Buffer {
  run('git', ['config', '--global', 'patatt.signingkey', signingkey])
  run('git', ['config', '--global', 'patatt.selector', selector])
  return run('patatt', ['sign'], mail)
}

const fingerprint = () =>
  /^fpr:+([0-9A-F]{40})/m.exec(run('gpg', ['--with-colons', '--fingerprint', identity]).toString())?.[1]

const signers = {
  ed25519: (mail: Buffer) => sign(mail, 'ed25519:work', 'work'),
  openssh: (mail: Buffer) => sign(mail, `openssh:${join(home, 'id')}`),
  // patatt 0.6.3 confuses a key that is named by the identity with the identity.
  openpgp: (mail: Buffer) => sign(mail, `openpgp:${fingerprint()}`),
}

describe.each(Object.entries(signers))('patatt with %s', (algorithm, signed) => {
  let mail: Buffer
  beforeAll(() => {
    mail = signed(patch())
  })
  const good = { grade: 'A', identity, how: expect.stringContaining(`patatt ${algorithm} ${identity}`) }

  test('is A, and patatt itself agrees', async () => {
    expect(await judged(mail, { keyring })).toMatchObject(good)
    writeFileSync(join(home, 'signed.eml'), mail)
    run('git', ['config', '--global', 'patatt.keyringsrc', keyring])
    expect(spawnSync('patatt', ['validate', 'signed.eml'], { env, cwd: home }).status).toBe(0)
  })

  test.each<[string, string | RegExp, string]>([
    ['the diff', '+{ return 2; }', '+{ return 3; }'],
    ['the message', 'was cold', 'was bold'],
    ['the Subject', 'tea=3A', 'bee=3A'],
    ['the name in From', 'From: Ada', 'From: Bob'],
    ['the address in From', `From: Ada Example <${identity}>`, 'From: Ada Example <bob@example.org>'],
    ['Message-ID', '<patch-', '<match-'],
    ['the time or length it claims', /; l=(\d)/, '; l=1$1'],
  ])('sees a change of %s', async (_, from, to) => {
    expect(await judged(changed(mail, from, to), { keyring })).toMatchObject({
      grade: 'C',
      how: expect.stringContaining('patatt'),
    })
  })

  test('survives another transfer encoding, a moved header and a footer', async () => {
    const [head = '', ...body] = mail.toString().split('\n\n')
    const packed = Buffer.from(body.join('\n\n')).toString('base64').replace(/.{76}/g, '$&\n')
    const other = `X-List: demo\n${head.replace('8bit', 'base64')}\nPrecedence: list\n\n${packed}\n`
    expect(await judged(Buffer.from(other), { keyring })).toMatchObject(good)
    const footer = `${'_'.repeat(47)}\ndemo mailing list\ndemo@lists.example.net\n`
    expect(await judged(Buffer.from(`${mail}${footer}`), { keyring })).toMatchObject(good)
    expect(await judged(Buffer.from(`${mail}Patch-Status: accepted\n`), { keyring })).toMatchObject({
      grade: 'C',
    })
  })

  test('of a person without a key, or of somebody else, is C', async () => {
    expect(await judged(mail)).toMatchObject({ grade: 'C' })
    const asGrace = changed(mail, /i=ada@example\.org/, 'i=grace@example.org')
    expect(await judged(asGrace, { keyring })).toMatchObject({ grade: 'C' })
  })

  test('of a mail that is sent again a year later is C', async () => {
    const arrived = Date.now() + 365 * 86_400_000
    expect(await judged(mail, { keyring, arrived })).toMatchObject({ grade: 'C' })
  })

  test('counts behind a From that a list rewrote, when the author stands in the mail', async () => {
    const inBody = changed(patch(), '\n\nThe caf', `\n\nFrom: Ada Example <${identity}>\n\nThe caf`)
    const rewritten = changed(
      signed(inBody),
      `From: Ada Example <${identity}>`,
      `From: Ada Example via demo <demo@lists.example.net>\nReply-To: Ada Example <${identity}>\nList-Post: <mailto:demo@lists.example.net>`,
    )
    expect(await judged(rewritten, { keyring })).toMatchObject(good)
  })
})

test.each([
  ['nothing', ''],
  ['no fields', 'x'],
  ['an unknown algorithm', 'v=1; a=rot13; h=from:subject; bh=x; b=AAAA'],
  [
    'an identity that climbs',
    'v=1; a=ed25519-sha256; i=../../etc@passwd; s=../x; t=1; h=from:subject; bh=x; b=AAAA',
  ],
  ['no From', 'v=1; a=ed25519-sha256; t=1; h=subject; bh=x; b=AAAA'],
])('a signature that holds %s is no signature', async (_, value) => {
  const mail = Buffer.from(`X-Developer-Signature: ${value}\n${patch()}`)
  expect(await judged(mail, { keyring })).toMatchObject({ grade: 'C', pending: false })
})
