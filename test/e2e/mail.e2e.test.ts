// A list as operators run one, with nothing of it played: Postfix and mlmmj host it, Threadwork is subscribed to it and
// answers through it; people sign with DKIM and gnupg. What a maintainer says counts when something backs it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../database.ts'
import { startDns, type TestDns } from '../dns.ts'
import { freePort } from '../free-port.ts'
import { until } from '../ingest/until.ts'
import { listAddress, type MailHost, startMailHost, subscribed } from './mail-host.ts'

const main = join(import.meta.dirname, '..', '..', 'main.ts')
const footer = '-- \ndev mailing list\nhttps://lists.example.org/dev'
const ada = 'Ada Example <ada@example.org>'
const ben = 'Ben Example <ben@example.org>'
const dkim = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe.each([
  { road: 'smtp', what: 'leaves mails alone', dressing: {} },
  { road: 'lmtp', what: 'adds a footer and a prefix', dressing: { footer, prefix: '[dev]' } },
])(
  'behind Postfix and mlmmj, by $road, with a list that $what',
  { timeout: 240_000 },
  ({ road, dressing }) => {
    let directory: string
    let database: Awaited<ReturnType<typeof testDatabase>>
    let host: MailHost
    let dns: TestDns
    let serve: ChildProcess
    let web: string
    let said = ''

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'threadwork-e2e-'))
      chmodSync(directory, 0o755)
      database = await testDatabase()
      dns = await startDns()
      const key = dkim.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
      dns.records.set('mail._domainkey.example.org', `v=DKIM1; k=rsa; p=${key}`)
      const [postfix, smtp, page] = await Promise.all([freePort(), freePort(), freePort()])
      const socket = join(directory, 'run', 'lmtp')
      const tracker = road === 'smtp' ? `smtp:[127.0.0.1]:${smtp}` : `lmtp:unix:${socket}`
      host = await startMailHost({ port: postfix, tracker, ...dressing })
      makeKey()
      mkdirSync(join(directory, 'run'), { mode: 0o755 })
      writeFileSync(join(directory, 'threadwork.toml'), settings({ postfix, smtp, page, socket }))
      web = `http://127.0.0.1:${page}`
      await startThreadwork()
    }, 120_000)

    afterAll(async () => {
      serve?.kill('SIGTERM')
      if (serve && serve.exitCode === null) await once(serve, 'exit')
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
[[lists]]
name = "dev"
address = "${listAddress}"
subscribed = "${subscribed}"
list_id = "dev.lists.example.org"
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

    async function startThreadwork(): Promise<void> {
      const words = ['serve', '--config', 'threadwork.toml', '--database', database.url]
      serve = spawn(process.execPath, [main, ...words], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [serve.stdout, serve.stderr])
        stream?.on('data', data => {
          said += data
        })
      await until(async () => {
        if (serve.exitCode !== null) throw new Error(`serve ended with ${serve.exitCode}: ${said}`)
        return /^ready/m.test(said)
      })
    }

    interface Letter {
      readonly id: string
      readonly from: string
      readonly subject: string
      readonly text: string
      readonly to?: string
      readonly answers?: string
      readonly dkim?: boolean
    }

    /** Through Postfix, as the sender's own mail server hands it over. */
    async function post({
      id,
      from,
      to = listAddress,
      subject,
      text,
      answers,
      ...signed
    }: Letter): Promise<void> {
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

    async function postPatch(id: string): Promise<void> {
      const diff = `diff --git a/${id}.c b/${id}.c\n--- a/${id}.c\n+++ b/${id}.c\n@@ -1 +1 @@\n-old\n+new\n`
      const text = `It was wrong.\n\nSigned-off-by: ${ben}\n---\n ${id}.c | 2 +-\n\n${diff}-- \n2.40.1\n`
      await post({ id, from: ben, subject: `[PATCH] ${id}: mend it`, text })
      await until(async () => (await pageOf(id)).includes('mend it'))
    }

    const answer = (id: string, to: string, text: string, more: Partial<Letter> = {}) =>
      post({ id, from: ada, subject: `Re: [PATCH] ${to}: mend it`, text, answers: to, ...more })

    async function pageOf(id: string): Promise<string> {
      const got = await fetch(`${web}/dev/${id}@example.org/`)
      return got.ok ? got.text() : ''
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
    const letters = () =>
      host.mailbox('ada').filter(mail => /^From: .*tracker@tracker\.example\.net/m.test(mail))

    test("a maintainer's reply that gnupg signed changes the state", async () => {
      await postPatch('first')
      await answer('first-answer', 'first', clearsigned('No.\n\nPatch-Status: rejected -- not here\n'))
      await until(async () => (await stateOf('first')) === 'rejected')
      expect(await pageOf('first')).toContain('OpenPGP key')
    })

    test("a maintainer's reply with DKIM changes the state, after a question where the list broke the signature", async () => {
      await postPatch('second')
      await answer('second-answer', 'second', 'Fine.\n\nPatch-Status: accepted\n', { dkim: true })
      if (road === 'lmtp') {
        await letTimePass('second-answer')
        await until(async () => letters().length === 1)
        const question = letters()[0] ?? ''
        const token = /^Confirm: ([0-9a-f]{32})$/m.exec(question)?.[1]
        const to = `confirm+${token}@tracker.example.net`
        expect(question).toMatch(new RegExp(`^Reply-To: .*${to.replace('+', '\\+')}`, 'm'))
        expect(await stateOf('second')).toBe('new')
        await post({ id: 'yes', from: ada, to, subject: 'Re: Did you', text: `> Confirm: ${token}\n` })
      }
      await until(async () => (await stateOf('second')) === 'accepted')
      expect(await pageOf('second')).toContain(road === 'smtp' ? 'DKIM of example.org' : 'confirmed by token')
    })

    test('a line that is not understood is answered by mail, to its sender alone', async () => {
      const before = letters().length
      await postPatch('third')
      await answer('third-answer', 'third', clearsigned('Patch-Status: acepted\n'))
      await letTimePass('third-answer')
      await until(async () => letters().length > before)
      const letter = letters().find(mail => mail.includes('third-answer')) ?? ''
      expect(letter).toContain('> Patch-Status: acepted')
      expect(letter).toContain('> Patch-Status: accepted')
      expect(letter).toMatch(/^Auto-Submitted: auto-replied$/m)
      expect(letter).toMatch(/^Return-Path: <bounce\+[0-9a-f]{32}@tracker\.example\.net>$/m)
      expect(host.mailbox('ben')).toEqual([])
    })

    test('a forged one changes nothing, and its true sender is told nothing', async () => {
      const before = letters().length
      await postPatch('fourth')
      await answer('fourth-answer', 'fourth', 'Patch-Status: accepted\nPatch-Status: nonsense\n')
      await letTimePass('fourth-answer')
      expect(await pageOf('fourth')).toContain('only From')
      expect(await stateOf('fourth')).toBe('new')
      const owed = database.db.selectFrom('outbox').select('recipient').where('state', '=', 'owed')
      expect(await owed.execute()).toEqual([])
      expect(letters()).toHaveLength(before)
    })

    test('a rebuild gives the same timelines', async () => {
      const timelines = async () => {
        const rows = await database.db
          .selectFrom('topic')
          .select(['id', 'state', 'data'])
          .orderBy('id')
          .execute()
        return rows.map(({ id, state, data }) => ({ id, state, history: data.history }))
      }
      const before = await timelines()
      expect(before.flatMap(({ history }) => history).filter(({ effect }) => effect)).toHaveLength(2)
      const words = ['rebuild', '--config', 'threadwork.toml', '--database', database.url]
      execFileSync(process.execPath, [main, ...words], { cwd: directory, stdio: 'ignore' })
      expect(await timelines()).toEqual(before)
    })
  },
)
