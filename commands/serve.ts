// Starts the roles that were asked for, in one process, and ends them in the reverse order. Each role's file is
// imported when the role is wanted.
import type { Arguments, Command } from '../base/command.ts'
import type { Config } from '../base/config.ts'
import { showEndpoint } from '../base/endpoint.ts'
import type { Log } from '../base/log.ts'
import { hasCome, stopSignal } from '../base/stop-signal.ts'
import type { Database } from '../sql/server.ts'
import type { WebOptions } from '../web/serve.ts'
import { readConfig } from './common/config.ts'
import { openLog } from './common/log.ts'
import { say } from './common/say.ts'
import { serveName } from './serve/name.ts'
import { type Role, readEndpoint, readLmtp, readRoles, roles } from './serve/options.ts'
import type { Serving } from './serve/serving.ts'

export const command: Command = {
  summary: 'Takes mail by SMTP and LMTP, sorts it and shows the pages',
  words: '',
  options: {
    only: { value: 'ROLES', help: `some of ${roles.join(',')} (default: all)` },
    smtp: { value: 'HOST:PORT', help: 'where SMTP listens; port 0 takes any free one' },
    lmtp: {
      value: 'PATH|HOST:PORT',
      help: 'where LMTP listens: a Unix socket or a port (default: nowhere)',
    },
    web: { value: 'HOST:PORT', help: 'where the pages are; port 0 takes any free one' },
    nntp: { value: 'HOST:PORT', help: 'where the lists are read as newsgroups (default: nowhere)' },
    metrics: { value: 'HOST:PORT', help: 'where /metrics, /healthz and /readyz are (default: nowhere)' },
  },
  async run(args) {
    const only = readRoles(args.text('only'))
    const config = await configured(args)
    const stop = stopSignal()
    const stopped = hasCome(stop)
    // Whatever hangs must not keep the process beyond the ten seconds that service managers allow.
    void stopped.then(endSoon)
    const log = await openLog(args, config)
    const { checkAddresses } = await import('./serve/addresses.ts')
    const { openDatabase } = await import('../sql/server.ts')
    const closers: Serving['closers'] = []
    try {
      await checkAddresses(config, only)
      const database = await openDatabase(config, log, { stop, as: serveName(only) })
      closers.push(() => database.close())
      await startRoles(config, only, database, log, closers)
      await Promise.race([stopped, database.lost])
      return 0
    } catch (error) {
      if (stop.aborted) return 0
      throw error
    } finally {
      endSoon()
      for (const close of closers.reverse()) await close()
    }
  },
}

const endSoon = () => void setTimeout(() => process.exit(1), 9_000).unref()

/** With the addresses of the command line above those of the file. */
async function configured(args: Arguments): Promise<Config> {
  const config = await readConfig(args)
  return {
    ...config,
    smtp: readEndpoint('--smtp', args.text('smtp')) ?? config.smtp,
    lmtp: (await readLmtp(args.text('lmtp'))) ?? config.lmtp,
    web: readEndpoint('--web', args.text('web')) ?? config.web,
    nntp: readEndpoint('--nntp', args.text('nntp')) ?? config.nntp,
    metrics: readEndpoint('--metrics', args.text('metrics')) ?? config.metrics,
  }
}

/** Says `ready` when every role accepts work; fills `closers` in the order of starting. */
async function startRoles(
  config: Config,
  only: ReadonlySet<Role>,
  database: Database,
  log: Log,
  closers: Serving['closers'],
): Promise<void> {
  await saveConfigured(config, database)
  for (const { name, people, maintainers } of config.lists)
    if (people.length > 0 && maintainers === null && !people.some(({ role }) => role === 'maintainer'))
      log.warn({ list: name }, 'A list has no maintainer, so nobody may change its states')
  const { openPools } = await import('./serve/pools.ts')
  const { startWatch } = await import('./serve/watch.ts')
  const pools = openPools(database, only)
  const { metrics, address } = await startWatch(config.metrics, pools, closers)
  const ready = address === null ? [] : [`metrics=${address}`]
  const serving: Serving = { config, pools, log, metrics, closers, databaseUrl: database.url }
  let onArrival = (): void => {}
  if (only.has('worker')) onArrival = (await import('./serve/worker.ts')).startWorker(serving)
  if (only.has('smtp'))
    ready.push(...(await (await import('./serve/doors.ts')).startDoors(serving, onArrival)))
  if (only.has('web') || only.has('ci')) {
    const { openQueue } = await import('./serve/queue.ts')
    const { dataDirectory } = await import('../sql/server.ts')
    const data = dataDirectory(config, log)
    const queue = await openQueue(serving, data)
    if (only.has('ci')) await (await import('./serve/ci.ts')).startCi(serving, queue, data)
    if (only.has('web')) {
      await startInboxes(serving, data)
      ready.push(await startPages(serving, { queue, data }, await fetched(serving, data)))
      ready.push(...(await (await import('./serve/news.ts')).startNews(serving)))
    }
    // Behind the doors, so before them at the end: nobody who waits keeps them open.
    closers.push(async () => queue.close())
  }
  say(`${['ready', ...ready].join(' ')}\n`)
}

/** Beside the pages, which serve them out of the data directory. */
async function startInboxes({ pools, log, closers }: Serving, data: string): Promise<void> {
  const { startInboxes } = await import('../tracker/export/inboxes.ts')
  const inboxes = startInboxes({ db: pools.main, data, log })
  closers.push(() => inboxes.close())
}

/** What git may fetch, and what pages say of it; nothing without a policy. */
async function fetched(
  { config: { ci }, pools }: Serving,
  data: string,
): Promise<Pick<WebOptions, 'offers' | 'grants' | 'place'>> {
  if (ci.policy === null) return {}
  const { grantsOf } = await import('../tracker/build/grants.ts')
  const { offersOf } = await import('../tracker/build/offers.ts')
  const { openPolicy } = await import('../tracker/build/policy-file.ts')
  const policy = openPolicy(ci.policy.path)
  const place = { policy, data }
  return { offers: offersOf(policy, data), grants: grantsOf(pools.web, policy, data), place }
}

async function saveConfigured(config: Config, { db }: Database): Promise<void> {
  const { saveLists } = await import('../sql/lists.ts')
  const { saveInstance } = await import('../sql/instance.ts')
  const lists = await saveLists(db, config.lists)
  await saveInstance(db, config.address)
  if (config.file !== null) return
  const { fillDemo } = await import('./serve/demo.ts')
  for (const list of lists) await fillDemo(db, list)
}

async function startPages(
  serving: Serving,
  builds: NonNullable<WebOptions['builds']>,
  fetched: Pick<WebOptions, 'offers' | 'grants' | 'place'>,
): Promise<string> {
  const { config, pools, log, metrics, closers } = serving
  const { startWeb } = await import('../web/serve.ts')
  const { submissionOf } = await import('./serve/submission.ts')
  const { web: endpoint, url } = config
  const { data } = builds
  const submission = submissionOf(serving)
  const web = await startWeb({
    ...endpoint,
    ...{ url, db: pools.web, log, metrics, builds, data, submission },
    ...fetched,
  })
  closers.push(() => web.close())
  return `web=http://${showEndpoint(web)}/`
}
