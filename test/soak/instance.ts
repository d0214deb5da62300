// A real `serve` with all roles in a temporary directory, and what can be seen of it from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nodeWords } from '../node-words.ts'

export interface Memory {
  /** Resident memory of Node. */
  readonly node: number
  /** Memory of PostgreSQL's processes that is theirs alone. */
  readonly postgres: number
  /** Its shared buffers as far as they are touched: they fill up to 128 MB and stay. */
  readonly buffers: number
}

export interface Instance {
  readonly address: string
  readonly list: string
  readonly smtpPort: number
  readonly web: string
  readonly metrics: string
  readonly nodePid: number
  readonly postmaster: number
  /** One for each line of the log, parsed. */
  onLine(hear: (line: Readonly<Record<string, unknown>>) => void): void
  memory(): Memory
  /** SIGTERM; resolves with how many seconds it took, rejects when it did not end with 0. */
  stop(): Promise<number>
  remove(): void
}

const list = 'bench'
const address = `${list}@lists.example.net`

export async function startInstance(): Promise<Instance> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-soak-'))
  // PostgreSQL runs under another account when we are root, and must get through.
  chmodSync(directory, 0o711)
  const config = join(directory, 'threadwork.toml')
  writeFileSync(config, `[[lists]]\nname = "${list}"\naddress = "${address}"\n`)
  const places = ['--smtp', '--web', '--metrics'].flatMap(option => [option, '127.0.0.1:0'])
  const serve = spawn(
    process.execPath,
    [...nodeWords(), 'serve', '--config', config, '--data', join(directory, 'data'), ...places],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const hearers: ((line: Record<string, unknown>) => void)[] = []
  createInterface(serve.stderr).on('line', text => {
    const line = parse(text)
    for (const hear of hearers) hear(line)
    if (['warn', 'error', 'fatal'].includes(String(line.level)))
      process.stdout.write(`${text.slice(0, 500)}\n`)
  })
  const ready = await readyLine(serve)
  const find = (pattern: RegExp) => pattern.exec(ready)?.[1] ?? ''
  const postmaster = Number(
    readFileSync(join(directory, 'data', 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
  )
  const nodePid = serve.pid ?? 0
  return {
    address,
    list,
    smtpPort: Number(find(/smtp=\S+:(\d+)/)),
    web: find(/web=(\S+)\//),
    metrics: find(/metrics=(\S+)/),
    nodePid,
    postmaster,
    onLine: hear => void hearers.push(hear),
    memory: () => memoryOf(nodePid, postmaster),
    async stop() {
      const began = performance.now()
      const ended = once(serve, 'exit')
      serve.kill('SIGTERM')
      const [code] = await ended
      if (code !== 0) throw new Error(`serve ended with ${code}`)
      return (performance.now() - began) / 1000
    },
    remove() {
      serve.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return { msg: text }
  }
}

async function readyLine(serve: ChildProcess): Promise<string> {
  if (serve.stdout === null) throw new Error('serve has no output')
  for await (const line of createInterface(serve.stdout)) if (line.startsWith('ready')) return line
  throw new Error('serve ended before it was ready')
}

function memoryOf(node: number, postmaster: number): Memory {
  const server = [postmaster, ...childrenOf(postmaster)]
  return {
    node: field(node, 'VmRSS'),
    postgres: server.reduce((sum, pid) => sum + field(pid, 'RssAnon'), 0),
    buffers: Math.max(...server.map(pid => field(pid, 'RssShmem'))),
  }
}

const childrenOf = (parent: number) =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => Number(statusOf(pid, 'PPid')) === parent)

/** Bytes; 0 of a process that is gone. */
const field = (pid: number, name: string) => Number(statusOf(pid, name)) * 1024

function statusOf(pid: number, name: string): string {
  try {
    return (
      new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
    )
  } catch {
    return '0'
  }
}
