// A site that builds, as docs/ci.md makes one: `threadwork serve` with mail in, mail out and pages, a list server, a bare
// repository with the hook, people with keys, and every sandbox that the machine has.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { createTransport, type SendMailOptions } from 'nodemailer'
import * as openpgp from 'openpgp'
import type { Tables } from '../../sql/tables.ts'
import { type MailServer, startMailServer } from '../answer/mail-server.ts'
import { buildRoot } from '../ci/build-root.ts'
import { Keys } from '../ci/keys.ts'
import { Repository } from '../ci/repository.ts'
import { testDatabase } from '../database.ts'
import { startDns, type TestDns } from '../dns.ts'
import { freePort } from '../free-port.ts'
import { type Signer, signerFor } from '../ingest/auth/letters.ts'
import { until } from '../ingest/until.ts'
import { type RunningThreadwork, startThreadwork } from '../process.ts'

const main = join(import.meta.dirname, '../../main.ts')
export const listAddress = 'tarn@lists.example.org'

export class Site {
  readonly directory: string
  readonly db: Kysely<Tables>
  readonly repository: Repository
  readonly keys: Keys
  readonly signer: Signer
  readonly maintainer: openpgp.PrivateKey
  readonly web: string
  /** Mails that left for people. */
  readonly relay: MailServer
  #serve: RunningThreadwork | undefined
  readonly #parts: Parts

  private constructor(parts: Parts) {
    this.#parts = parts
    this.directory = parts.directory
    this.db = parts.database.db
    this.repository = parts.repository
    this.keys = parts.keys
    this.signer = parts.signer
    this.maintainer = parts.maintainer
    this.relay = parts.relay
    this.web = `http://127.0.0.1:${parts.page}`
  }

  static async open(): Promise<Site> {
    const directory = mkdtempSync(join(tmpdir(), 'threadwork-site-'))
    // The accounts of the builds pass through.
    chmodSync(directory, 0o711)
    for (const name of ['data', 'keyring', 'work']) mkdirSync(join(directory, name))
    const [database, dns, page, smtp] = await Promise.all([
      testDatabase(),
      startDns(),
      freePort(),
      freePort(),
    ])
    // What leaves for the list comes back from it, as any list server sends it to its subscribers.
    const relay = await startMailServer({
      beforeOk: async ({ from, to, text }) => {
        if (to.includes(listAddress)) void deliver(smtp, { envelope: { from, to: listAddress }, raw: text })
      },
    })
    const keys = new Keys()
    const { privateKey: maintainer } = await openpgp.generateKey({
      userIDs: [{ name: 'Marek Tolvanen', email: 'marek@example.org' }],
      format: 'object',
      date: new Date(Date.now() - 86_400_000),
    })
    writeFileSync(join(directory, 'keyring', 'marek.asc'), maintainer.toPublic().armor())
    const repository = new Repository(join(directory, 'work'))
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/main')
    const signer = signerFor(dns, 'example.org')
    const parts = { directory, database, dns, page, smtp, relay, keys, maintainer, repository, signer }
    writeFileSync(join(directory, 'threadwork.toml'), settings(parts))
    writeFileSync(join(directory, 'ci-policy.toml'), policy(keys, keys.openpgp('ada')))
    const site = new Site(parts)
    for (const name of ['tarn', 'fell']) {
      repository.git('init', '--quiet', '--bare', '--initial-branch=main', site.at(`${name}.git`))
      site.threadwork('hook', 'install', `${name}.git`)
    }
    return site
  }

  at(name: string): string {
    return join(this.directory, name)
  }

  /** `path` is where programs are looked for first. */
  async start(path = ''): Promise<void> {
    const env = { ...this.#env, PATH: `${path}${path === '' ? '' : ':'}${process.env.PATH}` }
    this.#serve = await startThreadwork(['serve'], { cwd: this.directory, env })
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#serve?.end(signal)
  }

  async close(): Promise<void> {
    await this.end('SIGKILL')
    const { dns, relay, database, keys, directory } = this.#parts
    await Promise.all([dns.close(), relay.close(), database.db.destroy()])
    keys.remove()
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  /** The command line as an operator calls it. */
  threadwork(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
      cwd: this.directory,
      env: this.#env,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`It ended with ${status}: ${stderr}`)
    return stdout
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, DATABASE_URL: this.#parts.database.url }
  }

  post(mail: SendMailOptions): Promise<void> {
    return deliver(this.#parts.smtp, mail)
  }

  async signed(text: string): Promise<string> {
    const message = await openpgp.createCleartextMessage({ text })
    return (await openpgp.sign({ message, signingKeys: this.maintainer })).replaceAll('\r', '')
  }

  page = async (path: string): Promise<string> => (await fetch(`${this.web}${path}`)).text()

  builds = () => this.db.selectFrom('build').selectAll().orderBy('number').execute()

  /** Waits for it; what was there instead is told, with the last words of the server. Three looks: of a machine that others keep busy. */
  async become(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const look = () => until(isSo)
    await look()
      .catch(look)
      .catch(look)
      .catch(async error => {
        const builds = (await this.builds()).map(({ number, ref, state, why }) => ({
          number,
          ref,
          state,
          why,
        }))
        throw new Error(
          `${what}: ${error}; builds: ${JSON.stringify(builds)}; serve said: ${this.#serve?.said().slice(-3_000)}`,
        )
      })
  }
}

interface Parts {
  readonly directory: string
  readonly database: Awaited<ReturnType<typeof testDatabase>>
  readonly dns: TestDns
  readonly page: number
  readonly smtp: number
  readonly relay: MailServer
  readonly keys: Keys
  readonly maintainer: openpgp.PrivateKey
  readonly repository: Repository
  readonly signer: Signer
}

async function deliver(port: number, mail: SendMailOptions): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true })
  try {
    await transport.sendMail(mail)
  } finally {
    transport.close()
  }
}

const settings = ({ dns, page, smtp, relay }: Parts): string => `data = "data"
relay = "smtp://127.0.0.1:${relay.port}"
[web]
listen = "127.0.0.1:${page}"
url = "https://tracker.example.org"
[smtp]
listen = "127.0.0.1:${smtp}"
[auth]
keyring = "keyring"
dns = "${dns.server}"
[ci]
policy = "ci-policy.toml"
sandbox = "best"
root = "${buildRoot()}"
rooms = "rooms"
[[lists]]
name = "tarn"
address = "${listAddress}"
[lists.ci]
success = "thread"
[[lists.people]]
address = "ada@example.org"
role = "reviewer"
[[lists.people]]
address = "marek@example.org"
role = "maintainer"
`

/** Pushes to fell are built in gVisor, and those to tarn in what is best for pushes. */
const policy = (keys: Keys, ada: string): string => `keys = "${keys.public}"
[[repository]]
name = "tarn"
path = "tarn.git"
list = "tarn"
offer = ["refs/heads/*"]
[[repository]]
name = "fell"
path = "fell.git"
list = "tarn"
weakest = "gvisor"
[[patches]]
list = "tarn"
repository = "tarn"
allow = ["ada@example.org"]
[[signer]]
name = "Ada"
openpgp = "${ada}"
`
