// A series that an author of the allow-list posts, from the mail server to the checks on its patches: `threadwork serve` applies
// it, builds it in a sandbox, answers in the thread, and reads its own answer as it came back over the list.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicHolding } from '../../tracker/answer/asker.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import { patchChecks } from '../../tracker/topic/reviews.ts'
import { Repository, script } from '../ci/repository.ts'
import { testDatabase } from '../database.ts'
import { startDns, type TestDns } from '../dns.ts'
import { freePort } from '../free-port.ts'
import { type Signer, signerFor } from '../ingest/auth/letters.ts'
import { until } from '../ingest/until.ts'
import { killed } from './instance.ts'

const main = join(import.meta.dirname, '../../main.ts')
const directory = mkdtempSync(join(tmpdir(), 'threadwork-answered-'))
// The accounts of the builds pass through.
chmodSync(directory, 0o711)
const at = (name: string) => join(directory, name)

let repository: Repository
let db: Kysely<Tables>
let dns: TestDns
let signer: Signer
let serve: ChildProcess
let smtp: number
let web: string
let said = ''

beforeAll(async () => {
  mkdirSync(at('repository'))
  repository = new Repository(at('repository'))
  repository.commit({
    'wal.c': 'lock();\nsync();\n',
    '.ci/build': script('grep -q unlock wal.c && echo fine'),
  })
  repository.git('branch', '-M', 'main')
  const database = await testDatabase()
  db = database.db
  dns = await startDns()
  signer = signerFor(dns, 'example.org')
  const page = await freePort()
  smtp = await freePort()
  web = `http://127.0.0.1:${page}`
  mkdirSync(at('data'))
  writeFileSync(
    at('policy.toml'),
    `[[repository]]
name = "tarn"
path = "repository"
list = "tarn"
[[patches]]
list = "tarn"
repository = "tarn"
allow = ["ada@example.org"]
`,
  )
  writeFileSync(
    at('threadwork.toml'),
    `relay = "loopback"
data = "data"
[web]
listen = "127.0.0.1:${page}"
url = "https://tracker.example.org"
[smtp]
listen = "127.0.0.1:${smtp}"
[auth]
dns = "${dns.server}"
[ci]
policy = "policy.toml"
sandbox = "bwrap"
rooms = "rooms"
[[lists]]
name = "tarn"
address = "tarn@lists.example.org"
[lists.ci]
success = "thread"
[[lists.people]]
address = "ada@example.org"
role = "reviewer"
`,
  )
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
}, 120_000)

afterAll(async () => {
  await killed(serve)
  await dns.close()
  await db.destroy()
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** As git writes them, sent by the author's own mail server. */
async function post(words: readonly string[]): Promise<string[]> {
  const files = repository.git('format-patch', '--output-directory', at('out'), ...words).split('\n')
  const transport = createTransport({ host: '127.0.0.1', port: smtp, ignoreTLS: true })
  const ids: string[] = []
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? ''
    const id = `${ids.length}.${header('Subject').length}@example.org`
    await transport.sendMail({
      from: 'Ada <ada@example.org>',
      to: 'tarn@lists.example.org',
      subject: header('Subject'),
      text: text.slice(text.indexOf('\n\n') + 2),
      messageId: `<${id}>`,
      date: new Date(),
      ...(ids[0] ? { inReplyTo: `<${ids[0]}>`, references: `<${ids[0]}>` } : {}),
      dkim: signer,
    })
    ids.push(id)
  }
  transport.close()
  return ids
}

const topicOf = (id: string) => topicHolding(db, listId(1), indexKey(id))

test('is applied, built and answered, and the answer is a check on each patch', {
  timeout: 240_000,
}, async () => {
  repository.git('checkout', '--quiet', '-b', 'topic')
  repository.commit({ 'wal.c': 'lock();\nunlock();\nsync();\n' })
  repository.commit({ 'wal.c': 'lock();\nunlock();\nsync();\ncount();\n' })
  repository.git('checkout', '--quiet', 'main')
  const ids = await post(['--cover-letter', '--base=main', 'main..topic'])
  const cover = ids[0] ?? ''
  expect(ids).toHaveLength(3)
  // Three looks: of a machine that others keep busy.
  const answered = () =>
    until(async () => ((await topicOf(cover))?.checks ?? []).some(({ claimed }) => !claimed))
  await answered()
    .catch(answered)
    .catch(answered)
    .catch(async (error: unknown) => {
      const rows = await db.selectFrom('build').select(['number', 'state', 'why', 'result']).execute()
      throw new Error(`${error}; builds: ${JSON.stringify(rows)}; serve said: ${said.slice(-3_000)}`)
    })
  const topic = await topicOf(cover)
  const [revision] = topic?.revisions ?? []
  if (!topic || !revision) throw new Error('No patchset')
  for (const patch of revision.patches) {
    const [check, ...more] = patchChecks(topic, revision, patch)
    expect(more).toEqual([])
    expect(check).toMatchObject({
      context: 'build',
      state: 'success',
      on: cover,
      url: 'https://tracker.example.org/builds/1',
    })
    expect(check?.claimed).toBeUndefined()
  }
  const owed = await db.selectFrom('outbox').selectAll().where('kind', '=', 'result').execute()
  expect(owed).toMatchObject([{ recipient: 'tarn@lists.example.org', state: 'sent' }])
  const { headers, body } = decodeMail(owed[0]?.bytes ?? Buffer.alloc(0))
  expect(headerValue(headers, 'in-reply-to')).toBe(`<${cover}>`)
  expect(body).toMatch(
    /^Test-Label: build\nTest-Status: SUCCESS\nhttps:\/\/tracker\.example\.org\/builds\/1\n/,
  )
  const verdict = await db
    .selectFrom('verdict')
    .innerJoin('mail', join =>
      join.onRef('mail.list_id', '=', 'verdict.list_id').onRef('mail.seq', '=', 'verdict.seq'),
    )
    .select('grade')
    .where('message_id', '=', owed[0]?.message_id ?? '')
    .executeTakeFirst()
  expect(verdict?.grade).toBe('A')
  const page = await (await fetch(`${web}/builds/1`)).text()
  expect(page).toContain('Passed')
  expect(page).toContain('the answer in the thread')
  expect(await (await fetch(`${web}/tarn/${ids[2]}/`)).text()).toContain('href="/builds/1"')
  const fetched = `${web}/-/git/ci.git`
  const ref = await db.selectFrom('build').select(['ref', 'commit']).executeTakeFirstOrThrow()
  expect(repository.git('ls-remote', fetched, ref.ref).split(/\s/)[0]).toBe(ref.commit)
})
