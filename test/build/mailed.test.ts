// `threadwork serve`, from the mail to the build: a stranger's series comes by SMTP, is applied and waits; a maintainer's key lets
// in exactly what it names; git fetches it.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import * as openpgp from 'openpgp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Repository, script } from '../ci/repository.ts'
import { testDatabase } from '../database.ts'
import { until } from '../ingest/until.ts'
import { killed } from './instance.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-mailed-'))
const at = (name: string) => join(directory, name)
const list = 'tarn@lists.example.org'
const ines = 'Ines Oduya <ines@example.org>'
const marek = 'Marek Tolvanen <marek@example.org>'

let database: Awaited<ReturnType<typeof testDatabase>>
let repository: Repository
let key: openpgp.PrivateKey
let serve: ChildProcess
let said = ''
let web = ''
let smtp = 0

beforeAll(async () => {
  chmodSync(directory, 0o711)
  for (const name of ['data', 'keyring', 'repository']) mkdirSync(at(name))
  database = await testDatabase()
  repository = new Repository(at('repository'))
  repository.git('symbolic-ref', 'HEAD', 'refs/heads/main')
  repository.commit({ '.ci/build': script('grep . wal.c; exit 0'), 'wal.c': 'one\ntwo\nthree\n' })
  const made = await openpgp.generateKey({
    userIDs: [{ name: 'Marek Tolvanen', email: 'marek@example.org' }],
    format: 'object',
    date: new Date(Date.now() - 86_400_000),
  })
  key = made.privateKey
  writeFileSync(at('keyring/marek.asc'), key.toPublic().armor())
  writeFileSync(
    at('policy.toml'),
    `[[repository]]
name = "tarn"
path = "repository"
offer = ["refs/heads/*"]

[[patches]]
list = "tarn"
repository = "tarn"
`,
  )
  writeFileSync(
    at('threadwork.toml'),
    `[auth]
keyring = "keyring"
[ci]
policy = "policy.toml"
sandbox = "bwrap"
rooms = "rooms"
runners = 1
[[lists]]
name = "tarn"
address = "${list}"
[[lists.people]]
address = "marek@example.org"
role = "maintainer"
`,
  )
  serve = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../main.ts'),
      ...['serve', '--smtp', '127.0.0.1:0', '--web', '127.0.0.1:0'],
      ...['--config', at('threadwork.toml'), '--data', at('data')],
    ],
    { env: { ...process.env, DATABASE_URL: database.url }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  for (const stream of [serve.stdout, serve.stderr]) stream?.on('data', chunk => (said += chunk))
  await until(async () => /^ready\b.*\n/m.test(said) || serve.exitCode !== null)
  web = /web=(http:\/\/\S+?)\/?\s/.exec(said)?.[1] ?? ''
  smtp = Number(/smtp=\S*:(\d+)/.exec(said)?.[1])
  if (web === '') throw new Error(said)
}, 120_000)

afterAll(async () => {
  await killed(serve)
  await database.db.destroy()
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

async function send(fields: Record<string, string>, body: string): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: smtp, secure: false, ignoreTLS: true })
  const head = Object.entries({ To: list, Date: new Date().toUTCString().replace('GMT', '+0000'), ...fields })
  const raw = `${head.map(([name, value]) => `${name}: ${value}\n`).join('')}\n${body}`
  await transport.sendMail({
    envelope: { from: 'sender@example.org', to: list },
    raw: raw.replaceAll('\n', '\r\n'),
  })
  transport.close()
}

/** What format-patch makes of the change, without its own fields. */
function diffOf(line: string): string {
  const base = repository.git('rev-parse', 'main')
  repository.git('checkout', '--quiet', '--detach', base)
  repository.commit({ 'wal.c': `one\n${line}\nthree\n` })
  const text = repository.git('format-patch', '-1', '--stdout')
  repository.git('checkout', '--quiet', 'main')
  return `Because.\n${text.slice(text.indexOf('\n---\n'))}\n`
}

const signed = async (text: string) => {
  const message = await openpgp.createCleartextMessage({ text })
  return (await openpgp.sign({ message, signingKeys: key })).replaceAll('\r', '')
}

const builds = () => database.db.selectFrom('build').selectAll().orderBy('number').execute()
const states = async () => (await builds()).map(({ version, state }) => `v${version} ${state}`).join(', ')
const become = (expected: string) =>
  until(async () => (await states()) === expected).catch(async () => {
    throw new Error(`${await states()} instead of ${expected}\n${said}`)
  })

test('a series waits, and what a maintainer signs for is built, not the v2 that came meanwhile', {
  timeout: 240_000,
}, async () => {
  await send({ From: ines, Subject: '[PATCH] wal: two', 'Message-ID': '<v1@example.org>' }, diffOf('second'))
  await become('v1 waiting')
  const [first] = await builds()
  await send(
    {
      From: ines,
      Subject: '[PATCH v2] wal: two',
      'Message-ID': '<v2@example.org>',
      'In-Reply-To': '<v1@example.org>',
    },
    diffOf('zweite'),
  )
  await become('v1 superseded, v2 waiting')
  const [, second] = await builds()
  const answer = (id: string) => ({
    From: marek,
    Subject: 'Re: [PATCH v2] wal: two',
    'Message-ID': `<${id}@example.org>`,
    'In-Reply-To': '<v2@example.org>',
  })
  await send(answer('forged'), `CI: test ${second?.digest}\n`)
  await send(answer('real'), await signed(`Looks good.\n\nCI: test ${first?.digest}\n`))
  await become('v1 superseded, v2 waiting, v1 success')
  const [, , built] = await builds()
  expect(built).toMatchObject({
    commit: first?.commit,
    evidence: { by: 'approver', who: 'marek@example.org' },
  })

  const run = promisify(execFile)
  const env = { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }
  const git = async (...words: string[]) =>
    (await run('git', words, { cwd: directory, env, encoding: 'utf8' })).stdout.trim()
  await git('clone', '--quiet', `${web}/-/git/tarn.git`, 'clone')
  await git('-C', 'clone', 'fetch', '--quiet', `${web}/-/git/ci.git`, second?.ref ?? '')
  expect(await git('-C', 'clone', 'show', 'FETCH_HEAD:wal.c')).toBe('one\nzweite\nthree')
  await expect(git('-C', 'clone', 'push', `${web}/-/git/tarn.git`, 'HEAD:refs/heads/evil')).rejects.toThrow()
  expect(
    execFileSync('git', ['-C', at('repository'), 'branch', '--list', 'evil'], { encoding: 'utf8' }),
  ).toBe('')
  const pending = (await (await fetch(`${web}/tarn/pending.json`)).json()) as { revisions: { ref: string }[] }
  expect(pending.revisions.map(({ ref }) => ref)).toEqual([second?.ref])
})
