// A Threadwork of its own in a temporary directory, as real processes that can be started, struck and looked into.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'

export interface Home {
  readonly port: number
  /** Where every mail goes. */
  readonly address: string
  /** Starts `serve`; resolves when it is ready, rejects with what it said when it ends before. */
  start(): Promise<void>
  /** Rejects when `serve` ends though nobody struck or stopped it. */
  readonly crash: Promise<never>
  /** Kills -9. `everything` is serve, the postmaster and all of its children at one moment. */
  strike(victim: Victim): Promise<void>
  /** Asks `serve` to end and waits; rejects when it does not end with 0 in ten seconds. */
  stop(): Promise<void>
  /** `export mbox`, into a file. */
  exportMbox(): Promise<NodeJS.ReadableStream>
  /** Leaves nothing running and nothing on disk. */
  destroy(): Promise<void>
}

export type Victim = 'serve' | 'postmaster' | 'everything'

const main = join(import.meta.dirname, '..', '..', 'main.ts')
const listName = 'torture'
const address = `${listName}@lists.example.net`

export async function makeHome(): Promise<Home> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-torture-'))
  // PostgreSQL runs under another account when we are root, and must get through.
  chmodSync(directory, 0o711)
  const port = await freePort()
  const config = join(directory, 'threadwork.toml')
  writeFileSync(config, `[[lists]]\nname = "${listName}"\naddress = "${address}"\n`)
  const postmasterFile = join(directory, 'data', 'postgres', 'postmaster.pid')
  const run = (command: string, ...rest: string[]) =>
    spawn(process.execPath, [main, command, '--config', config, '--data', join(directory, 'data'), ...rest], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const crash = Promise.withResolvers<never>()
  crash.promise.catch(() => {})
  let serve: ChildProcess | undefined
  let ending = false

  const home: Home = {
    port,
    address,
    crash: crash.promise,
    async start() {
      ending = false
      serve = run('serve', '--only', 'smtp,worker', '--smtp', `127.0.0.1:${port}`)
      const said = gather(serve)
      serve.once('exit', code => {
        if (!ending) crash.reject(new Error(`serve ended by itself with ${code}: ${said()}`))
      })
      await ready(serve, said)
    },
    async strike(victim) {
      const postmaster = postmasterOf(postmasterFile)
      const database = postmaster === undefined ? [] : [postmaster, ...childrenOf(postmaster)]
      const own =
        serve?.pid === undefined || serve.exitCode !== null || serve.signalCode !== null ? [] : [serve.pid]
      const targets = { serve: own, postmaster: database.slice(0, 1), everything: [...own, ...database] }[
        victim
      ]
      ending = victim !== 'postmaster'
      const ended = own.length > 0 && victim !== 'postmaster' && serve ? once(serve, 'exit') : undefined
      for (const pid of targets) kill(pid)
      await ended
    },
    async stop() {
      if (serve === undefined) return
      ending = true
      const ended = once(serve, 'exit', { signal: AbortSignal.timeout(10_000) })
      serve.kill('SIGTERM')
      const [code] = await ended
      if (code !== 0) throw new Error(`serve ended with ${code}`)
    },
    async exportMbox() {
      const out = join(directory, 'out.mbox')
      const child = run('export', 'mbox', '--list', listName, '--out', out)
      const said = gather(child)
      const [code] = await once(child, 'exit')
      if (code !== 0) throw new Error(`export ended with ${code}: ${said()}`)
      return createReadStream(out)
    },
    async destroy() {
      await home.strike('everything')
      // A killed server may still be at its last write.
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
  return home
}

async function ready(serve: ChildProcess, said: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const deadline = setTimeout(() => reject(new Error(`serve is not ready after a minute: ${said()}`)), 60_000)
  serve.once('exit', code => reject(new Error(`serve ended with ${code} before it was ready: ${said()}`)))
  serve.stdout?.on('data', () => {
    if (/^ready\b/m.test(said())) resolve()
  })
  try {
    await promise
  } finally {
    clearTimeout(deadline)
  }
}

/** What the process has said so far, on both of its outputs. */
function gather(child: ChildProcess): () => string {
  let text = ''
  for (const output of [child.stdout, child.stderr])
    output?.on('data', chunk => {
      text = `${text}${chunk}`.slice(-4_000)
    })
  return () => text
}

function postmasterOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0]) || undefined
  } catch {
    return undefined
  }
}

/** From /proc: PostgreSQL gives each child a process group of its own, so a group cannot be killed. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in brackets and may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
