// `threadwork serve` as it is configured for builds, with its runner beside it: a process that can be started, struck and
// started again, on a database that outlives it.
import { type ChildProcess, execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Kysely } from 'kysely'
import { addBuild, type NewBuild } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { addToken } from '../../sql/tokens.ts'
import { type Files, Repository, script } from '../ci/repository.ts'
import { testDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { ended, type RunningThreadwork, startThreadwork } from '../process.ts'

const main = join(import.meta.dirname, '../../main.ts')

export interface InstanceOptions {
  readonly sandbox?: string
  readonly runners?: number
  /** What it serves. */
  readonly roles?: string
}

export class Instance {
  readonly db: Kysely<Tables>
  readonly directory: string
  readonly data: string
  readonly rooms: string
  readonly repository: Repository
  readonly address: string
  serve: ChildProcess | undefined
  remote: ChildProcess | undefined
  private readonly url: string
  private readonly port: number
  private readonly roles: string
  private readonly heard: RunningThreadwork[] = []

  private constructor(database: { db: Kysely<Tables>; url: string }, port: number, roles: string) {
    this.db = database.db
    this.url = database.url
    this.port = port
    this.roles = roles
    this.address = `http://127.0.0.1:${port}`
    this.directory = mkdtempSync(join(tmpdir(), 'threadwork-instance-'))
    // The accounts of the builds pass through.
    chmodSync(this.directory, 0o711)
    this.data = join(this.directory, 'data')
    this.rooms = join(this.directory, 'rooms')
    this.repository = new Repository(mkdtempSync(join(this.directory, 'repository-')))
  }

  static async open({
    sandbox = 'bwrap',
    runners = 1,
    roles = 'web,ci',
  }: InstanceOptions = {}): Promise<Instance> {
    const instance = new Instance(await testDatabase(), await freePort(), roles)
    mkdirSync(instance.data)
    writeFileSync(
      instance.at('ci-policy.toml'),
      `[[repository]]\nname = "tarn"\npath = "${instance.repository.path}"\nrequire = "any"\nmail = ["*@example.org"]\n`,
    )
    const ci = `[ci]\npolicy = "ci-policy.toml"\nsandbox = "${sandbox}"\nrooms = "rooms"\nrunners = ${runners}\n`
    writeFileSync(instance.at('threadwork.toml'), ci)
    writeFileSync(instance.at('remote.toml'), `[ci]\nsandbox = "${sandbox}"\nrooms = "rooms"\n`)
    return instance
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const words = ['serve', '--only', this.roles, '--web', `127.0.0.1:${this.port}`]
    const all = [...words, '--config', this.at('threadwork.toml'), '--data', this.data]
    this.serve = await this.run(all, { DATABASE_URL: this.url })
  }

  /** A runner over HTTP; with the same token each time. */
  async startRemote(): Promise<void> {
    const token = this.at('token')
    if (!readdirSync(this.directory).includes('token')) {
      const word = await addToken(this.db, { name: 'remote', scopes: ['runner'], expiresAt: null })
      writeFileSync(token, word ?? '', { mode: 0o600 })
    }
    const words = ['runner', '--config', this.at('remote.toml'), '--server', this.address]
    this.remote = await this.run([...words, '--token-file', token, '--at-once', '1'], {})
  }

  /** Another command of Threadwork with the same configuration; throws with what it complained of. */
  async command(...words: readonly string[]): Promise<string> {
    const all = [main, ...words, '--config', this.at('threadwork.toml'), '--data', this.data]
    return (await promisify(execFile)(process.execPath, all)).stdout
  }

  /** The process of the runner beside the server; null for none. */
  child(): number | null {
    const pid = this.serve?.pid
    if (pid === undefined) return null
    const found = processes().find(
      each => each.parent === pid && each.command.includes('\0runner\0--child\0'),
    )
    return found?.pid ?? null
  }

  async push(files: Files | string, more: Partial<NewBuild> = {}): Promise<string> {
    const commit = this.repository.commit(typeof files === 'string' ? { '.ci/build': script(files) } : files)
    return this.add(commit, `push:tarn:refs/heads/main:${commit}`, more)
  }

  async add(commit: string, key: string, more: Partial<NewBuild> = {}): Promise<string> {
    const build: NewBuild = {
      ...{ key, repository: 'tarn', ref: 'refs/heads/main', commit, patchset: null },
      ...{ submitter: key, state: 'queued' },
      ...more,
    }
    return (await this.db.transaction().execute(trx => addBuild(trx, build))).number
  }

  log(number: string, attempt = 1): string {
    try {
      return readFileSync(join(this.data, 'builds', number, String(attempt), 'build.log'), 'utf8')
    } catch {
      return ''
    }
  }

  /** Asks all of it to end. */
  async stop(): Promise<(number | null)[]> {
    const codes: (number | null)[] = []
    for (const child of [this.remote, this.serve]) {
      if (child === undefined) continue
      await ended(child, 'SIGTERM')
      codes.push(child.exitCode)
    }
    return codes
  }

  async close(): Promise<void> {
    for (const child of [this.remote, this.serve]) await killed(child)
    await this.db.destroy()
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  /** Of serve and of the runner, for whoever reads why a test failed. */
  output(): string {
    return this.heard.map(running => running.said()).join('')
  }

  at(name: string): string {
    return join(this.directory, name)
  }

  private async run(words: readonly string[], more: Record<string, string>): Promise<ChildProcess> {
    const { DATABASE_URL, ...env } = process.env
    const running = await startThreadwork(words, { env: { ...env, ...more } })
    this.heard.push(running)
    return running.child
  }
}

/** Kills -9 and waits for the end. */
export const killed = (child: ChildProcess | undefined): Promise<void> => ended(child, 'SIGKILL')

export interface Process {
  readonly pid: number
  readonly parent: number
  /** Its words, each ended by NUL. */
  readonly command: string
}

export const processes = (): Process[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        // The second field is a name in brackets and may hold anything.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return [{ pid: Number(name), parent, command }]
      } catch {
        return []
      }
    })
