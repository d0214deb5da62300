// The real program: a signed mail by SMTP and by LMTP, its verdict on its page, and what the doctor says of the means.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createTransport } from 'nodemailer'
import * as openpgp from 'openpgp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../database.ts'
import { startDns, type TestDns } from '../../dns.ts'
import { until } from '../until.ts'
import { letter, type Signer, signerFor } from './letters.ts'

const main = join(import.meta.dirname, '..', '..', '..', 'main.ts')
const home = mkdtempSync(join(tmpdir(), 'threadwork-auth-'))
chmodSync(home, 0o711)
const config = join(home, 'threadwork.toml')
const env = { PATH: process.env.PATH, HOME: home }

let dns: TestDns
let signer: Signer
let server: ChildProcess
let web = ''
const doors: Record<'smtp' | 'lmtp', number> = { smtp: 0, lmtp: 0 }
let grace: openpgp.PrivateKey

beforeAll(async () => {
  dns = await startDns()
  signer = signerFor(dns, 'example.org')
  const pair = await openpgp.generateKey({
    userIDs: [{ name: 'Grace Example', email: 'grace@example.com' }],
    format: 'object',
  })
  grace = pair.privateKey
  mkdirSync(join(home, 'keys'))
  writeFileSync(join(home, 'keys', 'grace.asc'), pair.publicKey.armor())
  const { url } = await testDatabase()
  writeFileSync(
    config,
    `database = "${url}"
[auth]
keyring = "keys"
dns = "${dns.server}"
[smtp]
listen = "127.0.0.1:0"
[lmtp]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
[log]
level = "error"
[[lists]]
name = "demo"
address = "demo@lists.example.net"
[[lists.people]]
address = "ada@example.org"
role = "maintainer"
`,
  )
  server = spawn(process.execPath, [main, 'serve', '--config', config], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!server.stdout) throw new Error('No output')
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.startsWith('ready')) continue
    web = /web=(\S+)/.exec(line)?.[1] ?? ''
    for (const road of ['smtp', 'lmtp'] as const)
      doors[road] = Number(new RegExp(`${road}=\\S+:(\\d+)`).exec(line)?.[1])
    break
  }
})
afterAll(async () => {
  if (server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  await dns.close()
  rmSync(home, { recursive: true })
})

async function deliver(road: 'smtp' | 'lmtp', raw: Buffer): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: doors[road],
    lmtp: road === 'lmtp',
    ignoreTLS: true,
  })
  await transport.sendMail({ envelope: { from: 'ada@example.org', to: 'demo@lists.example.net' }, raw })
}

const page = async (id: string) => (await fetch(`${web}demo/${id}/`)).text()
const plain = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const shows = (id: string, words: string) => until(async () => plain(await page(id)).includes(words))

test.each(['smtp', 'lmtp'] as const)(
  'by %s: a signed mail, a forged one, and one that waits for DNS',
  { timeout: 240_000 },
  async road => {
    const id = (name: string) => `${name}-${road}@example.org`
    await deliver(road, await letter({ id: id('signed') }, signer))
    await shows(id('signed'), 'Grade A (authenticated): DKIM of example.org DKIM example.org: holds')

    const message = await openpgp.createCleartextMessage({ text: `Hello from ${road}` })
    const text = await openpgp.sign({ message, signingKeys: grace })
    await deliver(road, await letter({ id: id('pgp'), from: 'grace@example.com', text }))
    await shows(id('pgp'), 'Grade A (authenticated): OpenPGP key')

    await deliver(road, await letter({ id: id('forged') }))
    await shows(id('forged'), 'Grade C (only From): it is not signed')

    dns.mood = 'silent'
    const late = signerFor(dns, `${road}.example.org`)
    await deliver(road, await letter({ id: id('waiting') }, late))
    await shows(id('waiting'), 'Pending: its signatures are being checked')
    dns.mood = 'answers'
  },
)

test('the doctor sees the keys and DNS, and says what is wrong with them', { timeout: 240_000 }, async () => {
  // The name server lives in this process, so it must not be blocked.
  const doctor = () =>
    new Promise<string>(resolve => {
      execFile(process.execPath, [main, 'doctor', '--config', config], { env }, (_, said) => resolve(said))
    })
  const answers = await doctor()
  expect(answers).toContain(`${join(home, 'keys')}, 1 keys of 1 people`)
  expect(answers).toContain(`${dns.server} answers`)
  const day = 86_400_000
  const old = await openpgp.generateKey({
    userIDs: [{ email: 'old@example.org' }],
    date: new Date(Date.now() - 3 * day),
    keyExpirationTime: day / 1000,
    format: 'object',
  })
  writeFileSync(join(home, 'keys', 'old.asc'), old.publicKey.armor())
  writeFileSync(join(home, 'keys', 'broken.asc'), '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnoise\n')
  dns.mood = 'silent'
  const found = await doctor()
  dns.mood = 'answers'
  expect(found).toMatch(/WRONG keyring +cannot read broken\.asc: .*set at .*threadwork\.toml:3/)
  expect(found).toMatch(/WRONG OpenPGP key +[0-9A-F]{16} of old@example\.org in old\.asc: .*expired/)
  expect(found).toMatch(/WRONG DNS +127\.0\.0\.1:\d+: .*to mend: set auth\.dns/)
})
