import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const members: Member[] = []
const directories: string[] = []
// Making a database takes the longest, so most tests copy one that stands.
const seedParent = temporary()

beforeAll(async () => {
  const member = await joinServer(join(seedParent, 'data'))
  await member.leave()
}, 120_000)

afterAll(() => rmSync(seedParent, { recursive: true, force: true }))

afterEach(async () => {
  for (const member of members.splice(0)) await member.kill()
  for (const directory of directories.splice(0)) {
    killPostmaster(join(directory, 'data'))
    for (const socket of distantSockets(directory)) rmSync(socket, { recursive: true, force: true })
    rmSync(directory, { recursive: true, force: true })
  }
})

// Each test starts servers and syncs their files to the disk, which a busy machine takes its time for.
describe('the embedded server', { timeout: 240_000 }, () => {
  test('the first process makes the database, and the last one to leave stops the server', async () => {
    const data = emptyDirectory()
    const member = await joinServer(data)
    expect(await setting(member.url, 'fsync')).toBe('on')
    expect(await setting(member.url, 'listen_addresses')).toBe('')
    await member.keep('one')
    await member.leave()
    expect(isRunning(data)).toBe(false)

    const again = await joinServer(data)
    expect(await lists(again.url)).toEqual(['one'])
  })

  test('two processes that start at the same moment on an empty directory share one server', async () => {
    const data = emptyDirectory()
    const [first, second] = await Promise.all([joinServer(data), joinServer(data)])
    expect(first.url).toBe(second.url)
    await first.keep('one')
    expect(await lists(second.url)).toEqual(['one'])

    await first.leave()
    expect(isRunning(data)).toBe(true)
    await second.keep('two')
    expect(await lists(second.url)).toEqual(['one', 'two'])
    await second.leave()
    expect(isRunning(data)).toBe(false)
  })

  test('a killed process does not count as a user', async () => {
    const data = madeDirectory()
    const [first, second] = await Promise.all([joinServer(data), joinServer(data)])
    await first.kill()
    await second.keep('one')
    await second.leave()
    expect(isRunning(data)).toBe(false)
  })

  test('after kill -9 of everything the server starts again with every row', async () => {
    const data = madeDirectory()
    const member = await joinServer(data)
    await member.keep('one')
    killPostmaster(data)
    await member.kill()

    const again = await joinServer(data)
    expect(await lists(again.url)).toEqual(['one'])
  })

  test('a process that outlives its server starts it again under the same URL', async () => {
    const data = madeDirectory()
    const member = await joinServer(data)
    await member.keep('one')
    killPostmaster(data)
    const answer = await eventually(() => lists(member.url))
    expect(answer).toEqual(['one'])
    await member.keep('two')
    await member.leave()
    expect(isRunning(data)).toBe(false)
  })

  test('a lock file whose number now belongs to another program does not keep the server from starting', async () => {
    const data = madeDirectory()
    const member = await joinServer(data)
    await member.keep('one')
    const lock = readFileSync(lockFile(data), 'utf8')
    await member.leave()
    writeFileSync(lockFile(data), lock.replace(/^\d+/, String(process.pid)))

    const again = await joinServer(data)
    expect(await lists(again.url)).toEqual(['one'])
  })

  test('a server whose socket was cleaned away is replaced', async () => {
    const data = madeDirectory()
    const first = await joinServer(data)
    await first.keep('one')
    rmSync(join(data, 'socket', '.s.PGSQL.5432'))

    const second = await joinServer(data)
    expect(await lists(second.url)).toEqual(['one'])
    await second.leave()
    // The second one stops the server as its last user where the first had not come back by then.
    await eventually(() => lists(first.url))
    await first.keep('two')
    await first.leave()
    expect(isRunning(data)).toBe(false)
  })

  test('a data directory with a path of 150 characters works', async () => {
    const parent = emptyDirectory()
    const data = join(parent, 'a'.repeat(149 - parent.length))
    expect(data).toHaveLength(150)
    const [first, second] = await Promise.all([joinServer(data), joinServer(data)])
    await first.keep('one')
    expect(await lists(second.url)).toEqual(['one'])
    await first.leave()
    await second.leave()
    expect(isRunning(data)).toBe(false)
  })

  test('a closed directory above the data is named to root, and no matter to anybody else', async () => {
    const closed = emptyDirectory()
    mkdirSync(closed, { mode: 0o700 })
    const outcome = await joinServer(join(closed, 'data')).catch((error: Error) => error.message)
    if (process.getuid?.() !== 0) return expect(outcome).toHaveProperty('url')
    expect(outcome).toContain(`"${closed}" lets no other account pass`)
    expect(outcome).toContain('--data')
  })
})

interface Member {
  readonly url: string
  keep(name: string): Promise<void>
  leave(): Promise<void>
  kill(): Promise<void>
}

async function joinServer(data: string): Promise<Member> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'member.ts'), data], { stdio: 'pipe' })
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => {
    complaints += text
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => {
    const { value } = await lines.next()
    if (value === undefined) throw new Error(complaints)
    return value
  }
  const member: Member = {
    url: await nextLine(),
    keep: async name => {
      child.stdin.write(`${name}\n`)
      expect(await nextLine()).toBe(name)
    },
    leave: async () => {
      child.stdin.end()
      expect(await ended(child)).toBe(0)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended(child)
    },
  }
  members.push(member)
  return member
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** Not made yet. */
function emptyDirectory(): string {
  const directory = temporary()
  directories.push(directory)
  return join(directory, 'data')
}

function madeDirectory(): string {
  const data = emptyDirectory()
  execFileSync('cp', ['-a', join(seedParent, 'data'), data])
  return data
}

/** Open to the account that the server runs under. */
function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-server-'))
  chmodSync(directory, 0o711)
  return directory
}

/** Where the sockets of a data directory with a long path lie. */
function distantSockets(directory: string): string[] {
  const records = globSync(join(directory, 'data', '*', 'socket-directory'))
  return records.map(record => readFileSync(record, 'utf8').trim())
}

const lockFile = (data: string): string => join(data, 'postgres', 'postmaster.pid')

function killPostmaster(data: string): void {
  if (!existsSync(lockFile(data))) return
  const pid = Number.parseInt(readFileSync(lockFile(data), 'utf8'), 10)
  if (pid !== process.pid) process.kill(pid, 'SIGKILL')
}

const isRunning = (data: string): boolean => existsSync(lockFile(data))

async function lists(url: string): Promise<string[]> {
  const rows = await ask(url, 'select name from list order by name')
  return rows.map(row => row.name ?? '')
}

async function setting(url: string, name: string): Promise<string | undefined> {
  const rows = await ask(url, `select setting as name from pg_settings where name = '${name}'`)
  return rows[0]?.name
}

async function ask(url: string, query: string): Promise<{ name?: string }[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(query)).rows
  } finally {
    await client.end()
  }
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 15_000
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}
