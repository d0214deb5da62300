// The worker of `serve` follows by itself, and `threadwork follow` does one look beside it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { lines, Project } from './project.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const main = join(import.meta.dirname, '..', '..', '..', 'main.ts')
let project: Project
let server: ChildProcess | undefined
let web = ''
let words: string[] = []

const threadwork = (input: Buffer | undefined, ...args: string[]) =>
  execFileSync(process.execPath, [main, ...args, ...words], { input, stdio: ['pipe', 'pipe', 'pipe'] })

/** Reads the page until it holds the words. */
async function page(path: string, expected: string): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const text = await (await fetch(`${web}${path}`)).text()
    if (text.includes(expected)) return
    if (performance.now() > deadline) throw new Error(`/${path} lacks ${expected}:\n${text}`)
    await sleep(50)
  }
}

beforeAll(async () => {
  project = await Project.start()
  chmodSync(project.dir, 0o711)
  const config = join(project.dir, 'threadwork.toml')
  const list = `name = "tarn"\naddress = "tarn@lists.example.org"\nrepository = "${project.repository}"\n`
  writeFileSync(config, `[follow]\nevery_seconds = 5\n[[lists]]\n${list}`)
  words = ['--config', config, '--data', join(project.dir, 'data')]
  server = spawn(
    process.execPath,
    [main, 'serve', '--smtp', '127.0.0.1:0', '--web', '127.0.0.1:0', ...words],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  if (!server.stdout) throw new Error('The server has no output')
  for await (const line of createInterface({ input: server.stdout })) {
    web = line.match(/^ready .*web=(\S+)$/)?.[1] ?? ''
    if (web !== '') break
  }
})

afterAll(async () => {
  if (server) {
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }
  await project.end()
})

test('a patch lands on its page, by itself and by hand', async () => {
  project.topicBranch('one', [{ title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 7: 'long sum;' }) } }])
  project.topicBranch('two', [{ title: 'Describe every knob', files: { README: 'Knobs\n' } }])
  const [first] = project.send('main..one')
  const [second] = project.send('main..two')
  for (const mail of [first, second]) threadwork(mail?.bytes, 'deliver', '--list', 'tarn')
  await page(`tarn/${first?.id}/`, 'Nobody has answered it yet')
  project.git('am', '-q', first?.file ?? '')
  await page(`tarn/${first?.id}/`, `Landed in main as ${project.git('rev-parse', 'HEAD').slice(0, 12)}`)
  project.git('am', '-q', second?.file ?? '')
  threadwork(undefined, 'follow')
  await page(`tarn/${second?.id}/`, 'Landed in main as')
})
