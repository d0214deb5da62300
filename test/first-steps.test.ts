// What a newcomer does: start Threadwork in an empty directory, look at the invented archive, send the commit
// that the printed line sends, import an archive meanwhile, and press Ctrl-C.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const main = join(import.meta.dirname, '..', 'main.ts')
const directory = mkdtempSync(join(tmpdir(), 'threadwork-first-'))
const env = { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1' }
let server: ChildProcess | undefined

// Open to the account that the database runs under when root runs the tests.
chmodSync(directory, 0o711)
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  rmSync(directory, { recursive: true, force: true })
})

test('from an empty directory to a sent commit on a page', { timeout: 240_000 }, async () => {
  const { lines, child } = await serve()
  const web = /web=(\S+)/.exec(lines.at(-1) ?? '')?.[1] ?? ''
  expect(await text(web)).toContain('demo')
  expect(await text(`${web}demo/`)).toMatch(/<a href="\/demo\/[^"]*@/)

  const command =
    lines
      .find(line => line.includes('git send-email'))
      ?.trim()
      .split(' ') ?? []
  await sendCommit('lamp: light it when the door opens', command)
  await seen(`${web}demo/`, 'lamp: light it when the door opens')

  // A second process finds the running database.
  writeFileSync(join(directory, 'other.mbox'), archive)
  await run('import', '--list', 'other', 'other.mbox')
  await seen(`${web}other/`, 'door: creak less')
  const topics = (await run('export', 'state', '--list', 'other')).trim().split('\n')
  expect(topics.map(topic => JSON.parse(topic).title)).toEqual(['door: creak less'])

  expect(await run('outbox', 'list')).toBe('No mail is owed, and none was refused\n')

  const asked = performance.now()
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(performance.now() - asked).toBeLessThan(10_000)
  expect(existsSync(join(directory, 'threadwork-data', 'postgres', 'postmaster.pid'))).toBe(false)
})

const archive = `From mboxrd@z Thu Jan  1 00:00:00 1970
From: Ada Example <ada@example.org>
To: other@example.org
Subject: [PATCH] door: creak less
Date: Mon, 5 Jan 2026 10:00:00 +0000
Message-ID: <creak@example.org>

Oil helps.
---
 door.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/door.c b/door.c
index 1111111..2222222 100644
--- a/door.c
+++ b/door.c
@@ -1 +1 @@
-creak
+swing
`

async function serve(): Promise<{ child: ChildProcess; lines: string[] }> {
  const options = ['--smtp', '127.0.0.1:0', '--web', '127.0.0.1:0']
  const child = spawn(process.execPath, [main, 'serve', ...options], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  server = child
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.startsWith('ready ')) return { child, lines }
  }
  throw new Error(`The server ended before it was ready: ${lines.join('\n')}`)
}

/** The printed line, word for word, but for the question whether to send. */
async function sendCommit(title: string, [program = '', ...words]: readonly string[]): Promise<void> {
  const repository = join(directory, 'repository')
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: repository, env })
  await promisify(execFile)('git', ['init', '--quiet', repository], { env })
  await git('config', 'user.name', 'Bo Example')
  await git('config', 'user.email', 'bo@example.org')
  writeFileSync(join(repository, 'lamp.c'), 'on\n')
  await git('add', 'lamp.c')
  await git('commit', '--quiet', '--signoff', '-m', title)
  await promisify(execFile)(program, [...words, '--confirm=never'], { cwd: repository, env })
}

async function run(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [main, ...args], { cwd: directory, env })).stdout
}

const text = async (url: string): Promise<string> => (await fetch(url)).text()

async function seen(url: string, words: string): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await text(url)).includes(words)) {
    if (Date.now() > deadline) throw new Error(`"${words}" did not appear on ${url}`)
    await sleep(50)
  }
}
