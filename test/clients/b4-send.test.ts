// The real b4 and patatt, as a person runs them who has no mail server: a key, its challenge, a series over HTTP. A relay takes
// what leaves, and brings the mails to the list back here as a list server does.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailServer, startMailServer } from '../answer/mail-server.ts'
import { testDatabase } from '../database.ts'
import { startDns, type TestDns } from '../dns.ts'
import { until } from '../ingest/until.ts'
import { nodeWords } from '../node-words.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-b4-send-'))
const repository = join(directory, 'repository')
const list = 'tarn@lists.example.org'
let database: Awaited<ReturnType<typeof testDatabase>>
let relay: MailServer
let dns: TestDns
let serve: ChildProcess
let web = ''
let smtp = 0

beforeAll(async () => {
  chmodSync(directory, 0o711)
  for (const name of ['home', 'repository', 'data']) mkdirSync(join(directory, name))
  database = await testDatabase()
  relay = await startMailServer()
  dns = await startDns()
  dns.records.set('_dmarc.example.com', 'v=DMARC1; p=reject')
  writeFileSync(
    join(directory, 'threadwork.toml'),
    `relay = "smtp://127.0.0.1:${relay.port}"
[log]
level = "error"
[auth]
dns = "${dns.server}"
[[lists]]
name = "tarn"
address = "${list}"
list_id = "tarn.lists.example.org"
web_submission = true
`,
  )
  await start()
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'Ines Oduya')
  git('config', 'user.email', 'ines@example.com')
  git('config', 'b4.send-endpoint-web', `${web}/_b4_submit`)
  git('config', 'b4.send-series-to', list)
  git('config', 'b4.linkmask', `${web}/tarn/%s/`)
  // An editor that writes what the template asks for.
  git('config', 'core.editor', "sed -i -e 's/^EDITME: cover title.*/wal: hold the lock/' -e 's/EDITME: //'")
  commit('start', 'one\ntwo\n')
}, 120_000)

afterAll(async () => {
  serve?.kill('SIGKILL')
  await relay?.close()
  await dns?.close()
  rmSync(directory, { recursive: true, force: true })
})

async function start(): Promise<void> {
  const at = ['--config', join(directory, 'threadwork.toml'), '--data', join(directory, 'data')]
  const doors = ['--only', 'web,smtp,worker', '--web', '127.0.0.1:0', '--smtp', '127.0.0.1:0']
  serve = spawn(process.execPath, [...nodeWords(), 'serve', ...at, ...doors], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: database.url },
  })
  let said = ''
  serve.stdout?.on('data', chunk => {
    said += chunk
  })
  await until(async () => /^ready .*\n/m.test(said))
  web = /\bweb=(\S+?)\/?(?:\s|$)/.exec(said)?.[1] ?? ''
  smtp = Number(/\bsmtp=\S+:(\d+)/.exec(said)?.[1])
}

const env = () => ({
  PATH: process.env.PATH,
  HOME: join(directory, 'home'),
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  EDITOR: 'true',
})

const git = (...words: string[]): string =>
  execFileSync('git', ['-C', repository, ...words], { env: env(), encoding: 'utf8' }).trim()

function commit(message: string, text: string): void {
  writeFileSync(join(repository, 'wal.c'), text)
  git('add', 'wal.c')
  git('commit', '-q', '-m', `${message}\n\nSigned-off-by: Ines Oduya <ines@example.com>`)
}

/** All that it says; it waits for Enter before it sends. */
async function run(program: string, ...words: string[]): Promise<string> {
  const running = promisify(execFile)(program, words, { env: env(), cwd: repository, encoding: 'utf8' })
  running.child.stdin?.end('\n\n')
  const { stdout, stderr } = await running.catch(error => error as { stdout: string; stderr: string })
  return stdout + stderr
}

const submitted = () => relay.mails.filter(({ to }) => to.includes(list))

/** As a list server: its fields above, its footer below. */
async function throughTheList(): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: smtp, ignoreTLS: true })
  for (const { text } of submitted())
    await transport.sendMail({
      envelope: { from: 'tarn-bounces@lists.example.org', to: [list] },
      raw: `List-Id: <tarn.lists.example.org>\r\n${text.trimEnd()}\r\n_______________________________________________\r\ntarn mailing list\r\nhttps://lists.example.org/tarn\r\n`,
    })
  transport.close()
}

// Each starts Python several times, which a busy machine takes its time for.
test('a person without a mail server has a key confirmed and sends a series', {
  timeout: 240_000,
}, async () => {
  const made = await run('patatt', 'genkey')
  const [, selector = ''] = /selector = (\S+)/.exec(made) ?? []
  git('config', 'patatt.signingkey', `ed25519:${selector}`)
  git('config', 'patatt.selector', selector)
  await run('b4', 'prep', '-n', 'wal-lock', '-f', 'main')
  commit('wal: lock it', 'one\nlock\ntwo\n')
  commit('wal: unlock it', 'one\nlock\ntwo\nunlock\n')
  await run('b4', 'prep', '--edit-cover')

  expect(await run('b4', 'send')).toContain(
    'Error from endpoint: Cannot take a message of ines@example.com without',
  )
  expect(await run('b4', 'send', '--web-auth-new')).toContain(
    'Challenge generated and sent to ines@example.com',
  )
  await until(async () => relay.mails.length > 0)
  const [question] = relay.mails
  expect(question?.to).toEqual(['ines@example.com'])
  const [, word = ''] =
    /--web-auth-verify ([0-9a-f]{32})/.exec(question?.text.replaceAll('=\r\n', '') ?? '') ?? []
  expect(await run('b4', 'send', `--web-auth-verify=${word}`)).toContain('Challenge successfully verified')

  expect(await run('b4', 'send', '--reflect')).toContain('Reflected 3 messages')
  await until(async () => relay.mails.length >= 4)
  expect(relay.mails.slice(1).map(({ to }) => to)).toEqual(Array(3).fill(['ines@example.com']))

  expect(await run('b4', 'send')).toContain('Sent 3 messages')
  await until(async () => submitted().length >= 3)
  expect(submitted().map(({ text }) => /^Subject: (.*)\r$/m.exec(text)?.[1])).toEqual([
    '[PATCH 0/2] wal: hold the lock',
    '[PATCH 1/2] wal: lock it',
    '[PATCH 2/2] wal: unlock it',
  ])
  expect(submitted().every(({ from }) => /^bounce\+[0-9a-f]{32}@lists\.example\.org$/.test(from))).toBe(true)

  await throughTheList()
  await throughTheList()
  const verdicts = () => database.db.selectFrom('verdict').select(['grade', 'identity', 'how']).execute()
  await until(async () => (await verdicts()).length >= 3)
  expect(await verdicts()).toEqual(
    Array(3).fill({
      grade: 'A',
      identity: 'ines@example.com',
      how: { code: 'signed', check: expect.objectContaining({ method: 'patatt' }) },
    }),
  )
  const [, id = ''] = /^Message-I[dD]: <(.*)>\r$/m.exec(submitted()[0]?.text ?? '') ?? []
  let page = ''
  await until(async () => {
    page = await (await fetch(`${web}/tarn/${id}/`)).text()
    return page.includes('wal: unlock it')
  })
  expect(page).toContain('Ines Oduya')

  const keys = await (await fetch(`${web}/_b4_submit`)).text()
  expect(keys).toContain('<bdi>ines@example.com</bdi>')
  expect(keys).toContain(`git config b4.send-endpoint-web ${web}/_b4_submit`)
  expect(git('tag')).toContain('sent/wal-lock-v1')
})

test('its domain forbids others to send in its name, and patatt itself finds what left signed by its author', {
  timeout: 240_000,
}, async () => {
  const own = 'From: Ines Oduya via Threadwork <threadwork+ines.example.com@lists.example.org>'
  expect(submitted().every(({ text }) => text.includes(own))).toBe(true)
  const files = submitted().map(({ text }, at) => {
    const file = join(directory, `mail-${at}`)
    writeFileSync(file, text.replaceAll('\r\n', '\n'))
    return file
  })
  const said = await run('patatt', 'validate', ...files)
  expect(said.match(/PASS \| ines@example\.com/g)).toHaveLength(files.length)
})

test('the operator sees the key and ends it', { timeout: 240_000 }, async () => {
  const threadwork = (...words: string[]) =>
    execFileSync(
      process.execPath,
      [...nodeWords(), ...words, '--config', join(directory, 'threadwork.toml')],
      {
        env: { ...process.env, DATABASE_URL: database.url },
        encoding: 'utf8',
      },
    )
  expect(threadwork('key', 'list')).toMatch(
    /ines@example\.com \d{8} +ed25519 \S{44}; confirmed .*; last used /,
  )
  expect(threadwork('key', 'revoke', 'ines@example.com')).toBe('Revoked: 1 of ines@example.com\n')
  expect(threadwork('key', 'list')).toContain('revoked')
})
