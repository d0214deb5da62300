import { readFileSync, statSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import type { Arguments, Command } from '../base/command.ts'
import type { Log } from '../base/log.ts'
import type { TierName } from '../ci/job.ts'
import { type LocalOrder, readLocalOrder, refusedCode } from '../ci/local-order.ts'
import type { Execute } from '../ci/runner.ts'
import { gitPath } from '../ci/wire.ts'
import { readConfig } from './common/config.ts'

export const command: Command = {
  summary: 'Builds what a server has to be built, on this machine, as docs/ci.md says',
  words: '',
  options: {
    server: { value: 'URL', help: 'where the pages of the server are, such as https://lists.example.org' },
    'token-file': { value: 'FILE', help: 'the token that "threadwork token add" of the server printed' },
    'at-once': { value: 'N', help: 'builds at once (default: runners in [ci])' },
    once: { value: null, help: 'what a launcher starts: one job, from standard input' },
    child: { value: null, help: 'what serve starts: all it needs is told on standard input' },
  },
  async run(args) {
    const { closeInherited } = await import('../ci/inherited.ts')
    closeInherited()
    const { stopSignal } = await import('../base/stop-signal.ts')
    const stop = stopSignal()
    if (args.has('once')) return once(stop)
    if (args.has('child')) return child(args, stop)
    const config = await readConfig(args)
    const { openLog } = await import('./common/log.ts')
    const { groundOf } = await import('../ci/ground.ts')
    const order: LocalOrder = {
      server: serverOf(args.text('server')),
      token: tokenOf(args.text('token-file')),
      atOnce: atOnceOf(args.text('at-once')) ?? Math.max(1, config.ci.runners),
      ground: groundOf(config.ci, config.data),
      launcher: config.ci.launcher === null ? null : [...config.ci.launcher],
    }
    await serve(order, await openLog(args, config), stop)
    return 0
  },
}

async function once(stop: AbortSignal): Promise<number> {
  const { serveOnce } = await import('../ci/once.ts')
  await serveOnce(process.stdin, process.stdout, stop)
  process.stdin.destroy()
  return 0
}

/** Whoever started it holds its standard input open, and is gone when that ends. */
async function child(args: Arguments, stop: AbortSignal): Promise<number> {
  const { makeLog } = await import('../base/log.ts')
  const gone = new AbortController()
  const order = await readLocalOrder(process.stdin, gone)
  const log = makeLog(args.has('verbose') ? 'debug' : order.logLevel, process.stderr.isTTY)
  try {
    await serve(order, log, AbortSignal.any([stop, gone.signal]))
    return 0
  } catch (error) {
    const { RefusedError } = await import('../ci/client.ts')
    if (error instanceof RefusedError && error.status === 401) return refusedCode
    throw error
  } finally {
    process.stdin.destroy()
  }
}

async function serve(order: LocalOrder, log: Log, stop: AbortSignal): Promise<void> {
  const { makeClient } = await import('../ci/client.ts')
  const { serveBuilds } = await import('../ci/runner.ts')
  const { version } = await import('../base/version.ts')
  const { server, token, atOnce, launcher } = order
  const { tiers, cpus, execute } = await (launcher === null
    ? here(order, log)
    : launched(order, launcher, stop))
  if (stop.aborted) return
  const shown = launcher === null ? null : launcher.join(' ').slice(0, 200)
  const health = () => ({
    tiers,
    atOnce,
    cpus,
    memoryFreeBytes: freemem(),
    version: version(),
    launcher: shown,
  })
  log.info({ server, tiers, atOnce }, 'The runner is ready')
  process.stdout.write(`ready ${tiers.join(',')}\n`)
  await serveBuilds({ client: makeClient(server, token), atOnce, health, execute, log }, stop)
}

interface Means {
  readonly tiers: TierName[]
  readonly cpus: number
  readonly execute: Execute
}

/** What a killed runner left is removed first, so that nothing of it is in the way. */
async function here(order: LocalOrder, log: Log): Promise<Means> {
  const { cgroupBase } = await import('../ci/cgroup.ts')
  const { reapRooms } = await import('../ci/room.ts')
  const { probe } = await import('../ci/probe.ts')
  const { run } = await import('../ci/sandbox.ts')
  const { tiersOf } = await import('../ci/once.ts')
  const { ground } = order
  const reaped = await reapRooms(ground.rooms, cgroupBase())
  if (reaped > 0) log.info({ rooms: reaped }, 'Removed what killed builds had left')
  const probed = await probe(ground)
  const tiers = tiersOf(probed)
  if (tiers.length === 0)
    throw new Error(
      `Cannot build here, no sandbox works: ${probed.tiers.map(({ tier, why }) => `${tier.name}: ${why}`).join('; ')}`,
    )
  const access = accessOf(order)
  return {
    tiers,
    cpus: availableParallelism(),
    execute: (job, listener, signal) => run(job, probed, listener, signal, access),
  }
}

async function launched(order: LocalOrder, words: readonly string[], stop: AbortSignal): Promise<Means> {
  const { probeLaunched, runLaunched } = await import('../ci/launcher.ts')
  const launcher = { words, ground: order.ground, access: accessOf(order) }
  const { tiers, cpus } = await probeLaunched(launcher, stop)
  return { tiers, cpus: cpus * order.atOnce, execute: (...job) => runLaunched(launcher, ...job) }
}

/** What the server offers for git is below its own address. */
const accessOf = ({ server, token }: LocalOrder) => ({
  url: `${server}${gitPath}`,
  header: `Authorization: Bearer ${token}`,
})

function serverOf(text: string | undefined): string {
  if (text !== undefined && /^https?:\/\/[^\s/?#@]{1,300}\/?$/.test(text) && URL.canParse(text))
    return text.replace(/\/$/, '')
  throw new Error(
    `Cannot build for the server ${JSON.stringify(text ?? '')}; allowed: --server and an address such as https://lists.example.org`,
  )
}

function tokenOf(file: string | undefined): string {
  if (file === undefined)
    throw new Error('Cannot build without a token; allowed: --token-file and a file with one')
  const { mode } = statSync(file)
  if ((mode & 0o007) !== 0)
    throw new Error(
      `Cannot use the token in "${file}", which everybody may read; to mend: chmod 600 "${file}"`,
    )
  const token = readFileSync(file, 'utf8').trim()
  if (/^[\x21-\x7e]{1,200}$/.test(token)) return token
  throw new Error(
    `Cannot use the token in "${file}"; allowed: one word, as "threadwork token add" printed it`,
  )
}

function atOnceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 1_000) return number
  throw new Error(`Cannot run "${text}" builds at once; allowed: a whole number from 1 to 1000`)
}
