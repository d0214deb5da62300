// Commands that are run in another directory than the configuration's: by cron, by a mail server's pipe.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-other-'))
// Open to the account that the database runs under when root runs the tests.
chmodSync(directory, 0o711)
afterAll(() => rmSync(directory, { recursive: true }))

const home = join(directory, 'etc')
const elsewhere = join(directory, 'elsewhere')
for (const each of [home, elsewhere]) mkdirSync(each)

function threadwork(cwd: string, args: readonly string[], input?: string) {
  const main = join(import.meta.dirname, '..', 'main.ts')
  const env = { PATH: process.env.PATH, HOME: directory }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env,
    input,
    encoding: 'utf8',
  })
  return { code: status, out: stdout, err: stderr }
}

const mail = `From: Ada <ada@example.org>
To: demo@localhost
Subject: Kept beside the configuration
Message-ID: <beside@example.org>

Text.
`

test('init and deliver use the data directory beside the configuration', { timeout: 240_000 }, () => {
  const file = join(home, 'x.toml')
  const made = threadwork(elsewhere, ['init', '--config', file])
  expect(made).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining(join(home, 'threadwork-data')),
  })
  expect(threadwork(elsewhere, ['deliver', '--config', file], mail).code).toBe(0)
  const { out } = threadwork(home, ['export', 'mbox', '--config', 'x.toml'])
  expect(out).toContain('<beside@example.org>')
  expect(readdirSync(elsewhere)).toEqual([])
  expect(readdirSync(home).sort()).toEqual(['threadwork-data', 'x.toml'])
})

test('an import of what is not there makes no database', () => {
  const at = join(directory, 'nothing')
  mkdirSync(at)
  const imported = threadwork(at, ['import', '--list', 'demo', 'no.mbox'])
  expect(imported).toMatchObject({ code: 1, out: '' })
  expect(imported.err).toContain('Cannot import "no.mbox": ENOENT')
  expect(readdirSync(at)).toEqual([])
})

test('a data directory that is a file is told as that', () => {
  const at = join(directory, 'file')
  mkdirSync(at)
  writeFileSync(join(at, 'data'), '')
  const { code, err } = threadwork(at, ['rebuild', '--data', 'data'])
  expect(code).toBe(1)
  expect(err).toContain(`Cannot keep data in "${join(at, 'data')}": it is no directory`)
})

test('doctor blames the line of the configuration for its database, and says that the keyring is missing', () => {
  const at = join(directory, 'wrong')
  mkdirSync(at)
  writeFileSync(
    join(at, 'threadwork.toml'),
    'database = "postgres://nobody@127.0.0.1:9/x"\n[auth]\nkeyring = "keys"\n',
  )
  const { out } = threadwork(at, ['doctor'])
  expect(out).toContain('correct database at threadwork.toml:1, or start that server')
  expect(out).toContain(`there is no directory "${join(at, 'keys')}"`)
  expect(out).toContain('correct keyring at threadwork.toml:3')
})
