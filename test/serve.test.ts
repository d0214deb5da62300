// How the real server ends: when it is told to, when its address is taken, and when its database is lost for good.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../sql/server.ts'

const root = join(import.meta.dirname, '..')
const directory = mkdtempSync(join(tmpdir(), 'threadwork-serve-'))
// Open to the account that the database runs under when root runs the tests.
chmodSync(directory, 0o711)
const seed = join(directory, 'seed')
let count = 0
const running: { child: ChildProcess; data: string }[] = []

beforeAll(async () => {
  const { close } = await openDatabase({ data: seed, dataChosen: true, database: null }, silent)
  await close()
}, 240_000)

afterEach(() => {
  for (const { child, data } of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    killPostmaster(data)
  }
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('each file of a data directory is in the table that says where it comes from', () => {
  const text = readFileSync(join(root, 'docs/running.md'), 'utf8')
  const section = /^## The data directory[\s\S]*?(?=^## )/m.exec(text)?.[0] ?? ''
  const names = [...section.matchAll(/^\| `([^`]+?)\/?` \|/gm)].map(([, name = '']) => name)
  expect(readdirSync(seed).filter(name => !names.includes(name))).toEqual([])
  expect(names).toEqual(expect.arrayContaining(['postgres', 'postgres.log', 'socket', 'mirrors']))
})

// Each starts servers, which a busy machine takes its time for.
describe('serve', { timeout: 240_000 }, () => {
  test('started by npm ends in order when npm is told to end, and leaves nothing behind', async () => {
    const data = madeDirectory()
    const server = start(data, ['npm', 'start', '--'])
    await server.ready
    server.child.kill('SIGTERM')
    await server.ended
    expect(existsSync(lockFile(data))).toBe(false)
    expect(server.out()).toMatch(/^ready /m)
  })

  test('says in one line who has its address, and makes and starts nothing', async () => {
    const other = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`
    const data = join(directory, 'never')
    for (const [name, option, table] of addresses) {
      const server = start(data, serve, [option, taken])
      expect(await server.ended).toBe(1)
      expect(server.err()).toBe(
        `threadwork: Cannot listen for ${name} on "${taken}": in use by process ${process.pid} ` +
          `(${command(process.pid)}); to mend: choose another with listen under [${table}]\n`,
      )
      expect(server.out()).toBe('')
      expect(existsSync(data)).toBe(false)
    }
    other.close()
  })

  test('ends when its data directory vanishes, and says so', async () => {
    const data = madeDirectory()
    const server = start(data)
    await server.ready
    const postmaster = Number.parseInt(readFileSync(lockFile(data), 'utf8'), 10)
    rmSync(data, { recursive: true })
    process.kill(postmaster, 'SIGQUIT')
    expect(await server.ended).toBe(1)
    expect(server.err().trimEnd().split('\n').at(-1)).toBe(
      `threadwork: Cannot go on without the database in "${join(data, 'postgres')}": it was moved or removed, or its disk is not mounted any more`,
    )
    expect(server.err().length).toBeLessThan(20_000)
  })

  test('ends when PostgreSQL dies in its recovery, with what that said last', async () => {
    const data = madeDirectory()
    const first = start(data)
    await first.ready
    killPostmaster(data)
    first.child.kill('SIGKILL')
    await first.ended
    for (const segment of globSync(join(data, 'postgres/pg_wal/0*'))) rmSync(segment)
    const server = start(data)
    expect(await server.ended).toBe(1)
    expect(server.err().trimEnd().split('\n').at(-1)).toMatch(
      /^threadwork: Cannot start PostgreSQL in ".*\/postgres": .*(?:PANIC|FATAL): .*; its log is ".*\/postgres\.log"$/,
    )
  })

  test('ends on SIGTERM while PostgreSQL recovers, and stops that', async () => {
    const data = madeDirectory()
    // A standby that never gets the log it waits for answers as a recovery that takes for ever does.
    appendFileSync(join(data, 'postgres/postgresql.conf'), "hot_standby = off\nrestore_command = 'false'\n")
    writeFileSync(join(data, 'postgres/standby.signal'), '')
    const server = start(data)
    await until(() => readLog(data).includes('entering standby mode'))
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(existsSync(lockFile(data))).toBe(false)
  })

  test('says that a database is damaged whose version cannot be read', async () => {
    const data = madeDirectory()
    writeFileSync(join(data, 'postgres/PG_VERSION'), '')
    const server = start(data)
    expect(await server.ended).toBe(1)
    expect(server.err()).toMatch(
      /^threadwork: Cannot open the database in ".*\/postgres": "" in its file PG_VERSION is no version of PostgreSQL; .*backup\n$/,
    )
  })
})

const silent = { info: () => {}, warn: () => {} }
const serve = [process.execPath, 'main.ts', 'serve']
const addresses = [
  ['SMTP', '--smtp', 'smtp'],
  ['LMTP', '--lmtp', 'lmtp'],
  ['HTTP', '--web', 'web'],
  ['metrics', '--metrics', 'metrics'],
  ['NNTP', '--nntp', 'nntp'],
] as const

interface Server {
  readonly child: ChildProcess
  readonly ready: Promise<void>
  /** The exit code. */
  readonly ended: Promise<number | null>
  out(): string
  err(): string
}

/** On free ports, unless `words` say others. */
function start(data: string, [program = '', ...before] = serve, words: readonly string[] = []): Server {
  const free = ['--smtp', '127.0.0.1:0', '--web', '127.0.0.1:0']
  const env = { ...process.env, DATABASE_URL: '', THREADWORK_CONFIG: '' }
  const child = spawn(program, [...before, ...free, ...words, '--data', data], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push({ child, data })
  const said = { out: '', err: '' }
  child.stderr.on('data', chunk => {
    said.err += chunk
  })
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', line => {
    said.out += `${line}\n`
    if (line.startsWith('ready ')) ready.resolve()
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  ended.then(() => ready.reject(new Error(`It ended before it was ready: ${said.err}`)))
  ready.promise.catch(() => {})
  return { child, ready: ready.promise, ended, out: () => said.out, err: () => said.err }
}

function madeDirectory(): string {
  const data = join(directory, String(count++))
  execFileSync('cp', ['-a', seed, data])
  return data
}

const lockFile = (data: string): string => join(data, 'postgres', 'postmaster.pid')

function killPostmaster(data: string): void {
  if (!existsSync(lockFile(data))) return
  process.kill(Number.parseInt(readFileSync(lockFile(data), 'utf8'), 10), 'SIGKILL')
}

const command = (pid: number) =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 100)

function readLog(data: string): string {
  const file = join(data, 'postgres.log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

async function until(happened: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!happened()) {
    if (Date.now() > deadline) throw new Error('It did not happen')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
