// The log as git with the clients that mirror it: git, public-inbox's own tools, lei, and our own import.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageId } from '../../base/ids.ts'
import { importPaths } from '../../ingest/import.ts'
import { type List, saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { epochDirectory, inboxDirectory, writeInbox } from '../../tracker/export/inbox.ts'
import { readWritten, saveWritten } from '../../tracker/export/inbox-epoch.ts'
import { reachOn } from '../../tracker/export/inbox-reach.ts'
import { startInboxes } from '../../tracker/export/inboxes.ts'
import { exportState } from '../../tracker/export/state.ts'
import { moderate } from '../../tracker/project/moderate.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { type Listener, listen } from '../../web/listen.ts'
import { inventMails } from '../bench/invent.ts'
import { testDatabase } from '../database.ts'
import { until } from '../ingest/until.ts'
import { idOf } from './mails.ts'

const dir = mkdtempSync(join(tmpdir(), 'threadwork-inbox-clients-'))
const env = {
  PATH: process.env.PATH ?? '',
  HOME: dir,
  XDG_RUNTIME_DIR: join(dir, 'runtime'),
  PI_CONFIG: join(dir, 'config'),
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
}
const mails = [...inventMails(40)].map(mail => Buffer.from(mail))
let db: Kysely<Tables>
let list: List
let server: Listener
let inboxes: { close(): Promise<void> }
let url = ''

beforeAll(async () => {
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 })
  db = (await testDatabase()).db
  ;[list] = (await saveLists(db, [
    { name: 'tarn', address: 'tarn@lists.example.org', description: 'A storage engine' },
    { name: 'quiet', address: 'quiet@lists.example.org', git: false },
  ])) as [List]
  await add(mails)
  const log = { info() {}, debug() {}, warn: console.error, error: console.error }
  inboxes = startInboxes({ db, data: join(dir, 'data'), log: log as never })
  server = await listen(makeApp({ db, data: join(dir, 'data') }), { host: '127.0.0.1', port: 0 }, 'HTTP')
  url = `http://127.0.0.1:${server.port}`
  await until(async () => (await manifest()) !== undefined)
}, 120_000)

afterAll(async () => {
  await run('lei', 'daemon-kill').catch(() => {})
  await inboxes?.close()
  await server?.close()
  await db?.destroy()
  rmSync(dir, { recursive: true, force: true })
})

async function add(more: readonly Buffer[]): Promise<void> {
  await append(
    db,
    list.id,
    more.map(bytes => ({ bytes, envelope: { road: 'import' } })),
  )
  await sortAll(db, list.id)
}

/** All that it prints. */
async function run(program: string, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, words, { cwd: dir, env, encoding: 'utf8' })
  return stdout.trim()
}
const git = (directory: string, ...words: string[]) => run('git', '-C', join(dir, directory), ...words)

interface Entry {
  readonly fingerprint: string
  readonly modified: number
}

async function manifest(path = '/tarn/manifest.js.gz'): Promise<Entry | undefined> {
  const answer = await fetch(url + path)
  const entries = JSON.parse(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString())
  expect(Object.keys(entries).filter(key => key !== '/tarn/git/0.git')).toEqual([])
  return entries['/tarn/git/0.git']
}

/** Waits until the server has other commits than before `change`. */
async function served(change: () => Promise<unknown>): Promise<void> {
  const before = (await manifest())?.fingerprint
  await change()
  await until(async () => {
    const now = (await manifest())?.fingerprint
    return now !== undefined && now !== before
  })
}

async function state(of: Kysely<Tables>, { id }: List): Promise<string> {
  let text = ''
  for await (const line of exportState(of, id, { numbers: false })) text += line
  return text
}

const letter = (name: string) =>
  Buffer.from(
    `From: Nia Roe <nia@example.net>\nSubject: the ${name} of the cache\nDate: Mon, 4 May 2026 10:00:00 +0000\nMessage-ID: <${name}@example.net>\n\nWe keep the ${name} of everything.\n`,
  )

test('git clones it, and a fetch later brings what is new and nothing else', async () => {
  await run('git', 'clone', '-q', '--mirror', `${url}/tarn/git/0.git`, 'mirror.git')
  expect(await git('mirror.git', 'rev-list', '--count', 'HEAD')).toBe('40')
  const shown = await run('git', '-C', 'mirror.git', 'show-ref')
  expect((await manifest())?.fingerprint).toBe(createHash('sha1').update(`${shown}\n`).digest('hex'))
  expect((await manifest())?.modified).toBe(Number(await git('mirror.git', 'log', '-1', '--format=%ct')))
  await git('mirror.git', 'gc', '-q')
  await served(() => add([letter('shape')]))
  await git('mirror.git', '-c', 'fetch.unpackLimit=100', 'fetch', '-q')
  // A mail, its tree and its commit.
  expect(await git('mirror.git', 'count-objects')).toMatch(/^3 objects/)
  expect(await git('mirror.git', 'cat-file', 'blob', 'HEAD:m')).toBe(letter('shape').toString().trim())
  expect(await run('git', 'ls-remote', `${url}/tarn/0`)).toBe(
    await run('git', 'ls-remote', `${url}/tarn/git/0.git`),
  )
}, 120_000)

test('public-inbox clones, indexes and fetches it, and lei finds the mails in it', async () => {
  await run('public-inbox-clone', '-q', `${url}/tarn/`, 'clone')
  expect(readFileSync(join(dir, 'clone/description'), 'utf8')).toBe('A storage engine\n')
  expect(readFileSync(join(dir, 'clone/inbox.config.example'), 'utf8')).toContain('tarn@lists.example.org')
  await run(
    'public-inbox-init',
    '-V2',
    '-L',
    'full',
    'tarn',
    'clone',
    `${url}/tarn/`,
    'tarn@lists.example.org',
  )
  await run('public-inbox-index', '--no-fsync', 'clone')
  await served(() => add([letter('weight')]))
  await run('public-inbox-fetch', '-q', '-C', 'clone')
  await run('public-inbox-index', '--no-fsync', 'clone')
  const found = await run('lei', 'q', '--only', join(dir, 'clone'), '-f', 'json', 'b:weight')
  expect(found).toContain('weight@example.net')
  const all = await run('lei', 'q', '--only', join(dir, 'clone'), '-f', 'json', '-n', '500', 'd:1990-01-01..')
  expect(new Set([...all.matchAll(/"m": ?"([^"]+)"/g)].map(match => match[1]))).toEqual(
    new Set([...mails, letter('shape'), letter('weight')].map(idOf)),
  )
}, 180_000)

test('what is hidden later goes from a mirror, too, and a mirror imported elsewhere has the same topics', async () => {
  const who = { list: list.id, who: 'ada', reason: 'spam' }
  await served(() => moderate.hide(db, { ...who, messageId: messageId('weight@example.net') }))
  await served(() => moderate.hide(db, { ...who, messageId: messageId('shape@example.net') }))
  await served(async () => {
    await moderate.unhide(db, { ...who, messageId: messageId('weight@example.net') })
    await sortAll(db, list.id)
  })
  await run('public-inbox-fetch', '-q', '-C', 'clone')
  await run('public-inbox-index', '--no-fsync', 'clone')
  const found = await run('lei', 'q', '--only', join(dir, 'clone'), '-f', 'json', 's:cache')
  expect(found).toContain('weight@example.net')
  expect(found).not.toContain('shape@example.net')
  const { db: other } = await testDatabase()
  const [there] = await saveLists(other, [
    { name: 'tarn', address: 'tarn@lists.example.org', description: 'A storage engine' },
  ])
  await importPaths({
    db: other,
    list: there,
    paths: [join(dir, 'clone')],
    signal: new AbortController().signal,
    progress: { say() {}, show() {}, finish() {} },
  })
  expect(await state(other, there as List)).toBe(await state(db, list))
  await other.destroy()
}, 180_000)

test('what is purged is in no clone, and goes from a mirror with a fetch', async () => {
  const gone = { list: list.id, who: 'ada', reason: 'law' }
  await served(() => moderate.purge(db, { ...gone, messageId: messageId('shape@example.net') }))
  const clone = await fetchAnswers(() =>
    run('git', 'clone', '-q', '--mirror', `${url}/tarn/git/0.git`, 'new.git'),
  )
  expect(clone).toBe('')
  expect(await git('new.git', 'rev-list', '--count', 'HEAD')).toBe('43')
  const objects = await git('new.git', 'cat-file', '--batch-all-objects', '--batch')
  expect(objects).toContain('keep the weight')
  expect(objects).not.toContain('keep the shape')
  await git('mirror.git', 'fetch', '-q', '--prune')
  expect(await git('mirror.git', 'rev-parse', 'HEAD')).toBe(await git('new.git', 'rev-parse', 'HEAD'))
  const history = await git('mirror.git', 'log', '--format=%s')
  expect(history).toContain('the weight of the cache')
  expect(history).not.toContain('the shape of the cache')
}, 120_000)

/** A repository that is being written again says so. */
async function fetchAnswers(ask: () => Promise<string>): Promise<string> {
  let answer = ''
  await until(async () => {
    try {
      answer = await ask()
      return true
    } catch (error) {
      if (!/503/.test(String(error))) throw error
      return false
    }
  })
  return answer
}

test('the next repository begins when one is full, and a mirror takes it up; what is being rewritten is told as such', async () => {
  await inboxes.close()
  await add([letter('depth')])
  await reachOn(db, [list.id])
  const directory = inboxDirectory(join(dir, 'data'), 'tarn')
  expect(await writeInbox({ db, list, directory, epochBytesMax: 1 })).toBe(1)
  await run('public-inbox-fetch', '-q', '-C', 'clone')
  expect(await git('clone/git/1.git', 'cat-file', 'blob', 'HEAD:m')).toBe(letter('depth').toString().trim())
  const written = await readWritten(epochDirectory(directory, 1))
  if (written) await saveWritten(epochDirectory(directory, 1), { ...written, rewriting: true })
  const answer = await fetch(`${url}/tarn/git/1.git/info/refs?service=git-upload-pack`)
  expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5'])
  expect(await manifest()).toBeDefined()
}, 120_000)

test('a list whose mails are not to be cloned has no repository, and nothing is pushed to one that is there', async () => {
  expect((await fetch(`${url}/quiet/git/0.git/info/refs?service=git-upload-pack`)).status).toBe(404)
  expect(await manifest('/quiet/manifest.js.gz')).toBeUndefined()
  expect(await manifest('/manifest.js.gz')).toBeDefined()
  expect((await fetch(`${url}/tarn/git/7.git/info/refs?service=git-upload-pack`)).status).toBe(404)
  expect((await fetch(`${url}/tarn/git/0.git/git-receive-pack`, { method: 'POST' })).status).toBe(403)
  expect((await fetch(`${url}/tarn/git/0.git/info/refs?service=git-receive-pack`)).status).toBe(403)
  for (const file of ['HEAD', 'config', 'threadwork.json', 'objects/info/packs'])
    expect((await fetch(`${url}/tarn/git/0.git/${file}`)).status).toBe(404)
  await expect(
    git('new.git', 'push', '-q', `${url}/tarn/git/0.git`, 'HEAD:refs/heads/other'),
  ).rejects.toThrow('403')
})
