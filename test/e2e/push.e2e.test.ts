// From a bare repository to a mailed result, as docs/ci.md says it: the real server, git, GnuPG, the hook, a sandbox and a relay.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type MailServer, startMailServer } from '../answer/mail-server.ts'
import { Bare } from '../ci/bare.ts'
import { Keys } from '../ci/keys.ts'
import { testDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { until } from '../ingest/until.ts'

const main = join(import.meta.dirname, '../../main.ts')

let keys: Keys
let ada: string
beforeAll(() => {
  keys = new Keys()
  ada = keys.openpgp('ada')
})
afterAll(() => keys.remove())

class Server {
  readonly bare: Bare
  readonly relay: MailServer
  readonly address: string
  private child: ChildProcess | undefined
  private said = ''
  private readonly databaseUrl: string

  private constructor(bare: Bare, relay: MailServer, port: number, databaseUrl: string) {
    this.bare = bare
    this.relay = relay
    this.address = `http://127.0.0.1:${port}`
    this.databaseUrl = databaseUrl
    const text = `data = "data"
relay = "smtp://127.0.0.1:${relay.port}"
[web]
listen = "127.0.0.1:${port}"
[ci]
policy = "ci-policy.toml"
sandbox = "bwrap"
rooms = "rooms"
[[lists]]
name = "demo"
address = "demo@lists.example.org"
[[lists.people]]
address = "ada@example.org"
role = "maintainer"
`
    mkdirSync(join(bare.directory, 'data'))
    writeFileSync(join(bare.directory, 'threadwork.toml'), text)
    const policy = `keys = "${keys.public}"
[[repository]]
name = "tarn"
path = "tarn.git"
list = "demo"
[[signer]]
name = "Ada"
openpgp = "${ada}"
`
    writeFileSync(join(bare.directory, 'ci-policy.toml'), policy)
  }

  static async open(): Promise<Server> {
    const relay = await startMailServer()
    onTestFinished(() => relay.close())
    const server = new Server(new Bare(), relay, await freePort(), (await testDatabase()).url)
    onTestFinished(() => server.end('SIGKILL'))
    return server
  }

  /** The command line as an operator calls it. */
  threadwork(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
      cwd: this.bare.directory,
      env: { ...process.env, DATABASE_URL: this.databaseUrl },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`It ended with ${status}: ${stderr}`)
    return stdout
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [main, 'serve', '--only', 'web,worker,ci'], {
      cwd: this.bare.directory,
      env: { ...process.env, DATABASE_URL: this.databaseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    child.stderr.on('data', chunk => {
      this.said = `${this.said}${chunk}`.slice(-5_000)
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    child.stdout.on('data', chunk => {
      if (/^ready\b/m.test(String(chunk))) resolve()
    })
    child.once('exit', code => reject(new Error(`It ended with ${code}: ${this.said}`)))
    await promise
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  /** A commit whose build is these lines of shell, pushed; `words` are git's, for a signature. Returns its id. */
  push(lines: string, words: readonly string[], ref = 'refs/heads/main'): string {
    const { bare } = this
    mkdirSync(join(bare.clone, '.ci'), { recursive: true })
    writeFileSync(join(bare.clone, '.ci/build'), `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
    bare.git('add', '--all')
    bare.git(...words, 'commit', '--quiet', '--allow-empty', '--message', 'change the build')
    const { status, stderr } = bare.push(`HEAD:${ref}`)
    if (status !== 0) throw new Error(stderr)
    return bare.git('rev-parse', 'HEAD')
  }

  page = async (path: string): Promise<string> => (await fetch(`${this.address}${path}`)).text()

  /** Of the page of a build, when that has all of it. */
  async pageWith(path: string, ...texts: readonly string[]): Promise<string> {
    let page = ''
    await until(async () => {
      page = await this.page(path)
      return texts.every(text => page.includes(text))
    }).catch(error => {
      throw new Error(`${path} has not all of ${texts.join(', ')}: ${page}\n${this.said}`, { cause: error })
    })
    return page
  }
}

describe('a push', { timeout: 180_000 }, () => {
  const signed = () => [...keys.openpgpWords('ada'), '-c', 'commit.gpgSign=true']

  test('of a signed commit is built, and mailed when it fails and when it works again; an unsigned one is refused', async () => {
    const server = await Server.open()
    expect(server.threadwork('hook', 'install', 'tarn.git')).toMatch(
      /^Installed .*tarn\.git\/hooks\/post-receive/,
    )
    await server.start()

    const broken = server.push('echo a stone is missing; exit 3', signed())
    await until(async () => server.relay.mails.length === 1)
    const [failure] = server.relay.mails
    expect(failure?.to).toEqual(['ada@example.org'])
    expect(failure?.text).toMatch(
      new RegExp(`^Subject: tarn main fails: ${broken.slice(0, 12)} change the build`, 'm'),
    )
    expect(failure?.text).toContain('a stone is missing')
    await server.pageWith('/builds/1', 'failed', broken.slice(0, 12))
    expect(await server.page('/builds/1/log/build/raw')).toContain('a stone is missing')

    server.push('echo all stones are there', signed())
    await until(async () => server.relay.mails.length === 2)
    expect(server.relay.mails[1]?.text).toMatch(/^Subject: tarn main works again: /m)

    const unsigned = server.push('echo mine now; exit 4', [])
    await server.pageWith('/builds/3', 'refused', 'The newest commit is not signed', unsigned.slice(0, 12))
    // What comes after it is told, so nothing of it is still on its way.
    server.push('exit 5', signed())
    await until(async () => server.relay.mails.length === 3)
    const told = server.relay.mails.map(({ text }) => /^X-CI-Build: (\d+)/im.exec(text)?.[1])
    expect(told).toEqual(['1', '2', '4'])
    expect((await fetch(`${server.address}/builds/3/log/build/raw`)).status).toBe(404)
    await server.end('SIGTERM')
  })

  test('that was made while the server was down, or was killed, is built when it is there', async () => {
    const server = await Server.open()
    server.threadwork('hook', 'install', 'tarn.git')
    server.push('echo one', signed())
    await server.start()
    await server.pageWith('/builds/1', 'passed')
    await server.end('SIGKILL')
    server.push('echo two', signed())
    await server.start()
    await server.pageWith('/builds/2', 'passed')
    await server.end('SIGTERM')
  })
})
