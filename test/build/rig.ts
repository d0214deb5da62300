// A server of builds with a door for runners, on a database of its own, and repositories to build.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { Kysely } from 'kysely'
import { type Client, makeClient } from '../../ci/client.ts'
import { listenForBuilds } from '../../sql/build-news.ts'
import { addBuild, type BuildRow, type NewBuild } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { addToken } from '../../sql/tokens.ts'
import type { Tell } from '../../tracker/build/finish.ts'
import type { PlaceOf } from '../../tracker/build/job-of.ts'
import { makeQueue } from '../../tracker/build/queue.ts'
import { type Listener, listen } from '../../web/listen.ts'
import { runnerRoutes } from '../../web/route/runner.ts'
import { smallLimits } from '../ci/job-of.ts'
import { type Files, Repository, script } from '../ci/repository.ts'
import { testDatabase } from '../database.ts'
import { until } from '../ingest/until.ts'

/** The accounts of the builds pass through. */
function openDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-build-'))
  chmodSync(directory, 0o711)
  return directory
}

export class BuildServer {
  readonly db: Kysely<Tables>
  readonly url: string
  readonly directory = openDirectory()
  readonly data = join(this.directory, 'data')
  readonly rooms = join(this.directory, 'rooms')
  readonly repository = new Repository(mkdtempSync(join(this.directory, 'repository-')))
  /** What the policy would say. */
  place: PlaceOf = async () => ({
    directory: this.repository.path,
    path: this.repository.path,
    ...{ network: false, limits: smallLimits, weakest: null, secrets: {} },
  })
  /** As while the policy cannot be read. */
  isHeld = false
  /** Hears of each end. */
  tell: Tell = async () => {}
  private door: Listener | undefined
  private closers: (() => Promise<void> | void)[] = []
  private count = 0

  private constructor(database: { db: Kysely<Tables>; url: string }) {
    this.db = database.db
    this.url = database.url
  }

  static async open(): Promise<BuildServer> {
    const server = new BuildServer(await testDatabase())
    await server.start()
    return server
  }

  /** Where runners find it. */
  get address(): string {
    return `http://127.0.0.1:${this.door?.port}`
  }

  /** At the same port as before. */
  async start(): Promise<void> {
    const news = listenForBuilds(this.url)
    const queue = makeQueue({
      ...{ db: this.db, news, tell: this.tell, isHeld: () => this.isHeld },
      placeOf: build => this.place(build),
    })
    const onError = (error: Error) => console.error(error)
    const routes = runnerRoutes({ db: this.db, queue, data: this.data, onError })
    const app = new Hono().route('/-/runner', routes)
    this.door = await listen(app, { host: '127.0.0.1', port: this.door?.port ?? 0 }, 'runners')
    this.closers = [() => queue.close(), () => this.door?.close(), () => news.close()]
  }

  async stop(): Promise<void> {
    for (const close of this.closers) await close()
  }

  async close(): Promise<void> {
    await this.stop()
    await this.db.destroy()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async token(name = 'one', expiresAt: Date | null = null): Promise<string> {
    const word = await addToken(this.db, { name, scopes: ['runner'], expiresAt })
    if (word === null) throw new Error(`There is a token ${name}`)
    return word
  }

  async client(name?: string): Promise<Client> {
    return makeClient(this.address, await this.token(name))
  }

  /** A push of these files, or of a `.ci/build` with these lines. */
  async push(files: Files | string, more: Partial<NewBuild> = {}): Promise<string> {
    const commit = this.repository.commit(typeof files === 'string' ? { '.ci/build': script(files) } : files)
    const build: NewBuild = {
      key: `push:tarn:refs/heads/main:${++this.count}`,
      ...{ repository: 'tarn', ref: 'refs/heads/main', commit, patchset: null },
      ...{ submitter: `ada${this.count}@example.org`, state: 'queued' },
      ...more,
    }
    return (await this.db.transaction().execute(trx => addBuild(trx, build))).number
  }

  build(number: string): Promise<BuildRow> {
    return this.db.selectFrom('build').selectAll().where('number', '=', number).executeTakeFirstOrThrow()
  }

  /** When it has ended. */
  async ended(number: string): Promise<BuildRow> {
    await until(async () => (await this.build(number)).ended_at !== null)
    return this.build(number)
  }

  attempts(number: string) {
    return this.db
      .selectFrom('build_attempt')
      .selectAll()
      .where('build', '=', number)
      .orderBy('number')
      .execute()
  }

  /** Of a step in an attempt. */
  log(number: string, attempt = 1, step = 'build'): string {
    return readFileSync(join(this.data, 'builds', number, String(attempt), `${step}.log`), 'utf8')
  }

  artefacts(number: string, attempt = 1): Buffer {
    return readFileSync(join(this.data, 'builds', number, String(attempt), 'artefacts.tar'))
  }
}
