// public-inbox over the same mails: a v2 inbox with git's repository, indexed in full, served by public-inbox-httpd.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cpuOfTree } from '../bench/cpu.ts'
import { freePort } from '../free-port.ts'
import { writePublicInbox } from '../roads/public-inbox.ts'

export interface TheirServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Where its inbox lies, with `git/0.git` in it. */
  readonly inbox: string
  /** CPU milliseconds that it has used with what it started. */
  cpu(): number
  close(): Promise<void>
}

export async function startTheirs(
  directory: string,
  list: string,
  mails: readonly Buffer[],
): Promise<TheirServer> {
  const home = join(directory, 'home')
  const inbox = join(directory, 'inbox')
  mkdirSync(join(inbox, 'git'), { recursive: true })
  mkdirSync(home, { recursive: true })
  const env = { PATH: process.env.PATH ?? '', HOME: home, PI_CONFIG: join(home, 'config'), LC_ALL: 'C.UTF-8' }
  writePublicInbox(
    join(inbox, 'git', '0.git'),
    'v2',
    mails.map(bytes => ({ bytes })),
  )
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const address = `${list}@lists.example.org`
  const run = (program: string, ...words: string[]) => promisify(execFile)(program, words, { env })
  await run('public-inbox-init', '-V2', '-L', 'full', list, inbox, `${url}/${list}/`, address)
  await run('public-inbox-index', '--no-fsync', '-L', 'full', inbox)
  const child = spawn('public-inbox-httpd', ['-W1', '-l', `127.0.0.1:${port}`], { env, stdio: 'ignore' })
  await answers(url, child)
  return { url, inbox, cpu: () => cpuOfTree(child.pid ?? 0), close: () => ended(child) }
}

/** It says nothing when it is ready. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (child.exitCode !== null) throw new Error(`public-inbox-httpd ended with ${child.exitCode}`)
    const response = await fetch(url).catch(() => null)
    if (response !== null) return
    await new Promise(resolve => setImmediate(resolve))
  }
  throw new Error('public-inbox-httpd does not answer')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}
