// A list as operators run one, with nothing of it played: Postfix and mlmmj host it, Threadwork is subscribed to it and
// answers through it; people sign with DKIM and gnupg. What a maintainer says counts when something backs it.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../database.ts'
import { startDns, type TestDns } from '../dns.ts'
import { freePort } from '../free-port.ts'
import { until } from '../ingest/until.ts'
import { type RunningThreadwork, startThreadwork } from '../process.ts'
import { listAddress, type MailHost, startMailHost, subscribed } from './mail-host.ts'

const main = join(import.meta.dirname, '..', '..', 'main.ts')
const footer = '-- \ndoc mailing list\nhttps://lists.example.org/doc'
const ada = 'Ada Example <ada@example.org>'
const ben = 'Ben Example <ben@example.org>'
const dkim = generateKeyPairSync('rsa', { modulusLength: 2048 })

const lists = [
  { name: 'dev', road: 'smtp', what: 'leaves mails alone', dressing: {} },
  { name: 'doc', road: 'lmtp', what: 'adds a footer and a prefix', dressing: { footer, prefix: '[doc]' } },
]

let directory: string
let database: Awaited<ReturnType<typeof testDatabase>>
let host: MailHost
let dns: TestDns
let serve: RunningThreadwork | undefined
let web: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'threadwork-e2e-'))
  chmodSync(directory, 0o755)
  database = await testDatabase()
  dns = await startDns()
  const key = dkim.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  dns.records.set('mail._domainkey.example.org', `v=DKIM1; k=rsa; p=${key}`)
  const [postfix, smtp, page] = await Promise.all([freePort(), freePort(), freePort()])
  const socket = join(directory, 'run', 'lmtp')
  const roads: Record<string, string> = { smtp: `smtp:[127.0.0.1]:${smtp}`, lmtp: `lmtp:unix:${socket}` }
  host = await startMailHost({
    port: postfix,
    tracker: roads.smtp ?? '',
    lists: lists.map(({ name, road, dressing }) => ({ name, tracker: roads[road] ?? '', ...dressing })),
  })
  makeKey()
  mkdirSync(join(directory, 'run'), { mode: 0o755 })
  writeFileSync(join(directory, 'threadwork.toml'), settings({ postfix, smtp, page, socket }))
  web = `http://127.0.0.1:${page}`
  const words = ['serve', '--config', 'threadwork.toml', '--database', database.url]
  serve = await startThreadwork(words, { cwd: directory })
}, 120_000)

afterAll(async () => {
  await serve?.end('SIGTERM')
  await host?.stop()
  await dns?.close()
  rmSync(directory, { recursive: true, force: true })
})

const settings = (ports: { postfix: number; smtp: number; page: number; socket: string }) => `
relay = "smtp://127.0.0.1:${ports.postfix}"
[outgoing]
address = "tracker@tracker.example.net"
[smtp]
listen = "127.0.0.1:${ports.smtp}"
[lmtp]
listen = "${ports.socket}"
[web]
listen = "127.0.0.1:${ports.page}"
[auth]
keyring = "keyring"
dns = "${dns.server}"
${lists.map(({ name }) => listSettings(name)).join('')}`

const listSettings = (name: string) => `[[lists]]
name = "${name}"
address = "${listAddress(name)}"
subscribed = "${subscribed(name)}"
list_id = "${name}.lists.example.org"
[[lists.people]]
name = "Ada Example"
address = "ada@example.org"
role = "maintainer"
`

/** Ada's key, made by gnupg; its public half lies in the keyring. */
function makeKey(): void {
  for (const name of ['gnupg', 'keyring']) mkdirSync(join(directory, name), { mode: 0o700 })
  gpg('--quick-gen-key', ada, 'ed25519', 'sign', 'never')
  writeFileSync(join(directory, 'keyring', 'ada.asc'), gpg('--armor', '--export', 'ada@example.org'))
}

function gpg(...words: string[]): string {
  const home = [
    '--homedir',
    join(directory, 'gnupg'),
    '--batch',
    '--pinentry-mode',
    'loopback',
    '--passphrase',
    '',
  ]
  return execFileSync('gpg', [...home, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function clearsigned(text: string): string {
  writeFileSync(join(directory, 'letter'), text)
  return gpg('--clearsign', '--output', '-', join(directory, 'letter'))
}

interface Letter {
  readonly id: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly to: string
  readonly answers?: string
  readonly dkim?: boolean
}

/** Through Postfix, as the sender's own mail server hands it over. */
async function post({ id, from, to, subject, text, answers, ...signed }: Letter): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: host.port,
    secure: false,
    ignoreTLS: true,
  })
  const privateKey = dkim.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await transport.sendMail({
    messageId: `<${id}@example.org>`,
    from,
    to,
    subject,
    text,
    ...(answers === undefined ? {} : { inReplyTo: `<${answers}@example.org>` }),
    ...(signed.dkim ? { dkim: { domainName: 'example.org', keySelector: 'mail', privateKey } } : {}),
  })
  transport.close()
}

async function stateOf(id: string): Promise<string | null | undefined> {
  const topics = database.db.selectFrom('topic').select('state').where('id', '=', `${id}@example.org`)
  return (await topics.executeTakeFirst())?.state
}

/** Half an hour goes by for a mail that waits for its answer; then it waits no longer. */
async function letTimePass(id: string): Promise<void> {
  const due = () => database.db.selectFrom('error_due').select('message_key').execute()
  await until(async () => (await due()).some(row => row.message_key === `${id}@example.org`))
  await database.db
    .updateTable('error_due')
    .set({ due_at: new Date(0) })
    .execute()
  await until(async () => (await due()).length === 0)
}

/** What Threadwork wrote to Ada, as it lies in her mailbox. */
const letters = () => host.mailbox('ada').filter(mail => /^From: .*tracker@tracker\.example\.net/m.test(mail))

describe.each(lists)(
  'behind Postfix and mlmmj, by $road, with a list that $what',
  { timeout: 240_000 },
  ({ name, road }) => {
    const list = listAddress(name)
    /** Ids are of one list. */
    const id = (word: string) => `${name}-${word}`

    async function postPatch(id: string): Promise<void> {
      const diff = `diff --git a/${id}.c b/${id}.c\n--- a/${id}.c\n+++ b/${id}.c\n@@ -1 +1 @@\n-old\n+new\n`
      const text = `It was wrong.\n\nSigned-off-by: ${ben}\n---\n ${id}.c | 2 +-\n\n${diff}-- \n2.40.1\n`
      await post({ id, from: ben, to: list, subject: `[PATCH] ${id}: mend it`, text })
      await until(async () => (await pageOf(id)).includes('mend it'))
    }

    const answer = (id: string, of: string, text: string, more: Partial<Letter> = {}) =>
      post({ id, from: ada, to: list, subject: `Re: [PATCH] ${of}: mend it`, text, answers: of, ...more })

    async function pageOf(id: string): Promise<string> {
      const got = await fetch(`${web}/${name}/${id}@example.org/`)
      return got.ok ? got.text() : ''
    }

    test("a maintainer's reply that gnupg signed changes the state", async () => {
      await postPatch(id('first'))
      await answer(
        id('first-answer'),
        id('first'),
        clearsigned('No.\n\nPatch-Status: rejected -- not here\n'),
      )
      await until(async () => (await stateOf(id('first'))) === 'rejected')
      expect(await pageOf(id('first'))).toContain('OpenPGP key')
    })

    test("a maintainer's reply with DKIM changes the state, after a question where the list broke the signature", async () => {
      await postPatch(id('second'))
      await answer(id('second-answer'), id('second'), 'Fine.\n\nPatch-Status: accepted\n', { dkim: true })
      if (road === 'lmtp') {
        await letTimePass(id('second-answer'))
        const asked = () => letters().find(mail => /^Confirm: /m.test(mail))
        await until(async () => asked() !== undefined)
        const question = asked() ?? ''
        const token = /^Confirm: ([0-9a-f]{32})$/m.exec(question)?.[1]
        const to = `confirm+${token}@tracker.example.net`
        expect(question).toMatch(new RegExp(`^Reply-To: .*${to.replace('+', '\\+')}`, 'm'))
        expect(await stateOf(id('second'))).toBe('new')
        await post({ id: id('yes'), from: ada, to, subject: 'Re: Did you', text: `> Confirm: ${token}\n` })
      }
      await until(async () => (await stateOf(id('second'))) === 'accepted')
      expect(await pageOf(id('second'))).toContain(
        road === 'smtp' ? 'DKIM of example.org' : 'confirmed by token',
      )
    })

    test('a line that is not understood is answered by mail, to its sender alone', async () => {
      const before = letters().length
      await postPatch(id('third'))
      await answer(id('third-answer'), id('third'), clearsigned('Patch-Status: acepted\n'))
      await letTimePass(id('third-answer'))
      await until(async () => letters().length > before)
      const letter = letters().find(mail => mail.includes(id('third-answer'))) ?? ''
      expect(letter).toContain('> Patch-Status: acepted')
      expect(letter).toContain('> Patch-Status: accepted')
      expect(letter).toMatch(/^Auto-Submitted: auto-replied$/m)
      expect(letter).toMatch(/^Return-Path: <bounce\+[0-9a-f]{32}@tracker\.example\.net>$/m)
      expect(host.mailbox('ben')).toEqual([])
    })

    test('a forged one changes nothing, and its true sender is told nothing', async () => {
      const before = letters().length
      await postPatch(id('fourth'))
      await answer(id('fourth-answer'), id('fourth'), 'Patch-Status: accepted\nPatch-Status: nonsense\n')
      await letTimePass(id('fourth-answer'))
      expect(await pageOf(id('fourth'))).toContain('only From')
      expect(await stateOf(id('fourth'))).toBe('new')
      const owed = database.db.selectFrom('outbox').select('recipient').where('state', '=', 'owed')
      expect(await owed.execute()).toEqual([])
      expect(letters()).toHaveLength(before)
    })
  },
)

test('a rebuild gives the same timelines', { timeout: 240_000 }, async () => {
  const timelines = async () => {
    const rows = await database.db.selectFrom('topic').select(['id', 'state', 'data']).orderBy('id').execute()
    return rows.map(({ id, state, data }) => ({ id, state, history: data.history }))
  }
  const before = await timelines()
  expect(before.flatMap(({ history }) => history).filter(({ effect }) => effect)).toHaveLength(
    2 * lists.length,
  )
  const words = ['rebuild', '--config', 'threadwork.toml', '--database', database.url]
  execFileSync(process.execPath, [main, ...words], { cwd: directory, stdio: 'ignore' })
  expect(await timelines()).toEqual(before)
})
