// The command line of Threadwork, and the only file that knows every folder: what a command needs is imported
// when it runs, so `--help` answers at once and `serve --only web` never loads an SMTP server.
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { type Arguments, readArguments, readCommand } from './base/command-line.ts'
import { type CommandName, type Role, roles } from './base/commands.ts'
import type { Config } from './base/config.ts'
import { type Endpoint, parseEndpoint, showEndpoint } from './base/endpoint.ts'
import { ExitError, exits, orExit } from './base/exit.ts'
import { gitAddress } from './base/git-address.ts'
import { commandHelp, generalHelp, table } from './base/help.ts'
import { limits } from './base/limits.ts'
import type { Metrics } from './base/metrics.ts'
import { stopSignal } from './base/stop-signal.ts'
import type { ClientLimits } from './ingest/clients.ts'
import type { SmtpOptions } from './ingest/smtp.ts'
import type { List } from './sql/lists.ts'
import type { Database } from './sql/server.ts'

const commands: Record<CommandName, (args: Arguments) => Promise<number>> = {
  serve,
  init,
  import: importArchives,
  deliver: deliverMail,
  hide: args => moderateMail('hide', args),
  purge: args => moderateMail('purge', args),
  unhide: args => moderateMail('unhide', args),
  release: args => moderateMail('release', args),
  follow: followRepositories,
  rebuild,
  export: exportLists,
  outbox,
  doctor,
}

/** Resolves to the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [word = '--help', ...rest] = argv
  if (word === '--help' || word === 'help') return say(generalHelp())
  if (word === '--version') return say(`${(await import('./base/version.ts')).version()}\n`)
  const name = readCommand(word)
  if (rest.includes('--help')) return say(commandHelp(name))
  if (name !== 'deliver') return commands[name](readArguments(name, rest))
  return commands[name](await orExit(exits.usage, () => readArguments(name, rest)))
}

async function serve(args: Arguments): Promise<number> {
  const only = readRoles(args.text('only'))
  const config = await readConfig(args)
  const smtp = readEndpoint('--smtp', args.text('smtp')) ?? config.smtp
  const lmtp = (await readLmtp(args.text('lmtp'))) ?? config.lmtp
  const web = readEndpoint('--web', args.text('web')) ?? config.web
  const metrics = readEndpoint('--metrics', args.text('metrics')) ?? config.metrics
  const stopped = stopSignal()
  const log = await makeLog(args, config)
  const closers: Closer[] = []
  try {
    const database = await openDatabase(config, log)
    closers.push(() => database.close())
    await startRoles({ ...config, smtp, lmtp, web, metrics }, only, database, log, closers)
    await stopped
    return 0
  } finally {
    // Whatever hangs must not keep the process beyond the ten seconds that service managers allow.
    setTimeout(() => process.exit(1), 9_000).unref()
    for (const close of closers.reverse()) await close()
  }
}

type Closer = () => Promise<void>

/** Says `ready` when every role accepts work; fills `closers` in the order of starting. */
async function startRoles(
  config: Config,
  only: ReadonlySet<Role>,
  database: Database,
  log: Logger,
  closers: Closer[],
): Promise<void> {
  const { db } = database
  const { allLists, saveLists } = await import('./sql/lists.ts')
  const lists = await saveLists(db, config.lists)
  const { saveInstance } = await import('./sql/outbox.ts')
  await saveInstance(db, config.address)
  if (config.file === null) for (const list of lists) await fillDemo(db, list)
  const ready = ['ready']
  const pools = openPools(database, only)
  const metrics = await watch(config.metrics, pools, closers, ready)
  let onArrival = (): void => {}
  if (only.has('worker')) {
    onArrival = await startWorker(config, db, log, metrics, closers)
    await startSending(config, db, log, closers)
  }
  if (only.has('smtp')) {
    const lists = () => allLists(pools.smtp)
    const { mailBytesMax } = config.limits
    const door = { hostname: hostname(), mailBytesMax, db: pools.smtp, lists, log, onArrival, metrics }
    ready.push(...(await startDoors(config, door, closers)))
  }
  if (only.has('web')) {
    const { startWeb } = await import('./web/serve.ts')
    const web = await startWeb({ ...config.web, db: pools.web, log, metrics })
    closers.push(() => web.close())
    ready.push(`web=http://${showEndpoint(web)}/`)
  }
  say(`${ready.join(' ')}\n`)
}

/** Sorts mail and then authenticates it, and follows git; answers how to wake it. */
async function startWorker(
  config: Config,
  db: Database['db'],
  log: Logger,
  metrics: Metrics,
  closers: Closer[],
): Promise<() => void> {
  const { startProjector } = await import('./tracker/project/projector.ts')
  const { startJudge } = await import('./ingest/auth/judge.ts')
  const { openKeyring } = await import('./ingest/auth/keyring.ts')
  const { makeResolver } = await import('./ingest/auth/resolver.ts')
  const keyring = openKeyring(config.auth.keyring?.path ?? null)
  const trusted = new Map(config.lists.map(({ name, trustedArc }) => [name, trustedArc]))
  const trustedArc = (list: string) => [...config.auth.trustedArc, ...(trusted.get(list) ?? [])]
  const judge = startJudge({ db, log, metrics, keyring, resolve: makeResolver(config.auth.dns), trustedArc })
  closers.push(() => judge.close())
  const projector = startProjector(db, log, metrics, () => judge.look())
  closers.push(() => projector.close())
  const { startFollower } = await import('./tracker/branch/follow.ts')
  const { dataDirectory } = await import('./sql/server.ts')
  const onChange = () => projector.poke()
  const data = dataDirectory(config, log)
  const follower = startFollower({ db, data, log, everySeconds: config.followSeconds, onChange })
  closers.push(() => follower.close())
  return onChange
}

async function startSending(
  { relay, limits: { outgoingPerHourMax: perHourMax } }: Config,
  db: Database['db'],
  log: Logger,
  closers: Closer[],
): Promise<void> {
  const { startSender } = await import('./tracker/answer/sender.ts')
  const { makeRelay } = await import('./sql/relay.ts')
  const sender = startSender({ db, log, perHourMax, relay: relay && makeRelay(relay) })
  closers.push(() => sender.close())
}

type Door = Omit<SmtpOptions, 'host' | 'port' | 'clientLimits' | 'certificate'>

/** SMTP, and LMTP where it is configured; answers their addresses for the line `ready`. */
async function startDoors(config: Config, door: Door, closers: Closer[]): Promise<string[]> {
  const { startSmtp } = await import('./ingest/smtp.ts')
  const { readCertificate, watchCertificate } = await import('./ingest/certificate.ts')
  const { tls } = config
  const certificate = tls === null ? undefined : readCertificate(tls)
  const clientLimits = clientLimitsOf(config)
  const smtp = await startSmtp({ ...config.smtp, ...door, clientLimits, certificate })
  closers.push(() => smtp.close())
  if (tls !== null) {
    const unwatch = watchCertificate(tls, door.log, renewed => smtp.renew(renewed))
    closers.push(async () => unwatch())
  }
  if (config.file === null) say(firstSteps(smtp))
  const addresses = [`smtp=${showEndpoint(smtp)}`]
  if (config.lmtp === null) return addresses
  const { startLmtp } = await import('./ingest/lmtp.ts')
  const lmtp = await startLmtp({ ...door, listen: config.lmtp })
  closers.push(() => lmtp.close())
  return [...addresses, `lmtp=${typeof lmtp.listen === 'string' ? lmtp.listen : showEndpoint(lmtp.listen)}`]
}

type Pools = Record<'main' | 'smtp' | 'web', Database['db']>

/** A mail and a page are not kept waiting by a database that is silent; sorting may take as long as it takes. */
function openPools(database: Database, only: ReadonlySet<Role>): Pools {
  const bounded = (max: number) =>
    database.pool({
      max,
      answerSecondsMax: limits.databaseAnswerSecondsMax,
      connectSecondsMax: limits.databaseConnectSecondsMax,
    })
  return {
    main: database.db,
    smtp: only.has('smtp') ? bounded(limits.smtpDatabaseConnectionsMax) : database.db,
    web: bounded(limits.webDatabaseConnectionsMax),
  }
}

/** The metrics of this process, and the server that shows them where one is configured. */
async function watch(
  endpoint: Endpoint | null,
  pools: Pools,
  closers: Closer[],
  ready: string[],
): Promise<Metrics> {
  const { makeMetrics } = await import('./base/metrics.ts')
  const { backlog } = await import('./sql/backlog.ts')
  const { poolState } = await import('./sql/connect.ts')
  const metrics = makeMetrics({
    backlog: () => backlog(pools.web).catch(() => undefined),
    pools: () => Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, poolState(pool)])),
  })
  if (endpoint === null) return metrics
  const { startWatch } = await import('./web/watch.ts')
  const watching = await startWatch({ ...endpoint, db: pools.web, metrics })
  closers.push(() => watching.close())
  ready.push(`metrics=http://${showEndpoint(watching)}/metrics`)
  return metrics
}

const clientLimitsOf = ({ smtpExempt, limits: own }: Config): ClientLimits => ({
  connectionsMax: own.smtpClientConnectionsMax ?? limits.smtpClientConnectionsMax,
  mailsPerMinuteMax: own.smtpClientMailsPerMinuteMax ?? limits.smtpClientMailsPerMinuteMax,
  exempt: smtpExempt,
})

/** So that a first look shows something: the invented archive, unless the list holds mail already. */
async function fillDemo(db: Database['db'], list: List): Promise<void> {
  const mail = await db.selectFrom('mail').select('seq').where('list_id', '=', list.id).limit(1).execute()
  if (mail.length > 0) return
  const { importPaths } = await import('./ingest/import.ts')
  const silent = { show: () => {}, say: () => {}, finish: () => {} }
  const paths = [join(import.meta.dirname, 'ingest', 'demo.mbox')]
  await importPaths({ db, list, paths, signal: new AbortController().signal, progress: silent })
}

// Only the list is a recipient here, so git must not copy the people that a patch names; and a mail server of
// the user's own configuration must not lend us its login.
function firstSteps({ host, port }: Endpoint): string {
  const server = `--smtp-server=${host} --smtp-server-port=${port} --smtp-encryption=none --smtp-auth=none`
  return `Threadwork tracks the list demo@localhost, which holds a small invented archive.
Send it the newest commit of any git repository:

  git send-email ${server} --suppress-cc=all --to=${gitAddress('demo@localhost')} -1

"threadwork init" writes a configuration for lists of your own. Ctrl-C ends.

`
}

async function init(args: Arguments): Promise<number> {
  const file = args.text('config') ?? (process.env.THREADWORK_CONFIG || 'threadwork.toml')
  const data = args.text('data') ?? (process.env.THREADWORK_DATA || 'threadwork-data')
  const { init: write } = await import('./base/init.ts')
  write(file, data)
  return say(`Wrote ${file} and made ${data}; next: edit ${file}, then "threadwork serve"\n`)
}

async function importArchives(args: Arguments): Promise<number> {
  const name = args.text('list')
  const mixed = args.has('mixed')
  if (name === undefined && !mixed)
    throw new Error(
      'Cannot import without a list; allowed: --list NAME, or --mixed for mails that say theirs',
    )
  if (args.words.length === 0)
    throw new Error('Cannot import nothing; allowed: one path of an mbox file or more')
  const interrupted = new AbortController()
  void stopSignal().then(() => interrupted.abort())
  return withDatabase(args, async ({ db }, config) => {
    const { listToFill } = await import('./sql/chosen-lists.ts')
    const { allLists, saveLists } = await import('./sql/lists.ts')
    const { importPaths } = await import('./ingest/import.ts')
    const { makeProgress } = await import('./ingest/progress.ts')
    const list = name === undefined ? undefined : await listToFill(db, name, config.lists)
    if (mixed) await saveLists(db, config.lists)
    const report = await importPaths({
      db,
      list,
      lists: mixed ? await allLists(db) : undefined,
      paths: args.words,
      follow: args.has('follow'),
      signal: interrupted.signal,
      progress: makeProgress({ output: process.stderr }),
    })
    if (report.interrupted) return 130
    return report.problems.length === 0 ? 0 : 1
  })
}

/** Every way this can end is an exit code that mail servers know; whatever is not foreseen makes them try again. */
async function deliverMail(args: Arguments): Promise<number> {
  const config = await orExit(exits.configuration, () => readConfig(args))
  const { deliver, readMail } = await import('./ingest/deliver.ts')
  const bytes = await readMail(process.stdin, config.limits.mailBytesMax ?? limits.mailBytesMax)
  return orExit(exits.later, async () => {
    const database = await openDatabase(config, await makeLog(args, config))
    try {
      const { takeReturned } = await import('./ingest/return-mail.ts')
      if ((await takeReturned(database.db, [args.text('to') ?? ''], bytes)) !== null) return 0
      const { listsToDeliver } = await import('./sql/chosen-lists.ts')
      const { lists, list } = await listsToDeliver(database.db, args.text('list'), config.lists)
      await deliver({ db: database.db, bytes, lists, list, from: args.text('from'), to: args.text('to') })
      return 0
    } finally {
      await database.close()
    }
  })
}

/** By the words of the command: what was done, and what it is when nothing changed. */
const moderations = {
  hide: ['Is hidden', 'Was hidden already'],
  purge: ['Is purged', 'Was purged already'],
  unhide: ['Is shown again', 'Was not hidden'],
  release: ['Is released', 'Was not held'],
} as const

async function moderateMail(how: keyof typeof moderations, args: Arguments): Promise<number> {
  const [word] = args.words
  if (word === undefined || args.words.length > 1)
    throw new Error(`Cannot ${how} ${JSON.stringify(args.words.join(' '))}; allowed: one Message-ID`)
  return withDatabase(args, async ({ db }) => {
    const { chosenLists } = await import('./sql/chosen-lists.ts')
    const { moderate } = await import('./tracker/project/moderate.ts')
    const { messageId } = await import('./base/ids.ts')
    const name = args.text('list')
    const list = name === undefined ? undefined : (await chosenLists(db, name))[0]?.id
    const id = messageId(word.replace(/^<|>$/g, ''))
    const asked = { list, messageId: id, who: 'operator', reason: args.text('reason') ?? '' }
    const { lists, changed } = await moderate[how](db, asked)
    if (lists.length === 0) {
      const what = how === 'release' ? 'no list holds a mail of that id' : 'no list has a mail of that id'
      throw new Error(`Cannot ${how} ${JSON.stringify(word)}: ${what}`)
    }
    const { sortAll } = await import('./tracker/project/projector.ts')
    for (const one of lists) await sortAll(db, one.id)
    const names = lists.map(one => one.name).join(', ')
    return say(`${moderations[how][changed === 0 ? 1 : 0]}: ${word} on ${names}\n`)
  })
}

async function followRepositories(args: Arguments): Promise<number> {
  return untilStopped(args, async ({ db }, config) => {
    const { saveLists } = await import('./sql/lists.ts')
    const { chosenLists } = await import('./sql/chosen-lists.ts')
    const { dataDirectory } = await import('./sql/server.ts')
    const { follow, followedLists } = await import('./tracker/branch/follow.ts')
    const { sortAll } = await import('./tracker/project/projector.ts')
    await saveLists(db, config.lists)
    const chosen = new Set((await chosenLists(db, args.text('list'))).map(({ id }) => id))
    const log = await makeLog(args, config)
    const data = dataDirectory(config, log)
    let problems = 0
    for (const list of (await followedLists(db)).filter(({ id }) => chosen.has(id))) {
      const { problem } = await follow(list, { db, data, log })
      await sortAll(db, list.id)
      process.stderr.write(
        `${problem === null ? 'Followed' : 'Could not follow'} ${list.name}${problem === null ? '' : `: ${problem}`}\n`,
      )
      if (problem !== null) problems++
    }
    return problems === 0 ? 0 : 1
  })
}

async function rebuild(args: Arguments): Promise<number> {
  return untilStopped(args, async ({ db }) => {
    const { chosenLists } = await import('./sql/chosen-lists.ts')
    const { rebuild: rebuildList } = await import('./tracker/project/rebuild.ts')
    for (const list of await chosenLists(db, args.text('list'))) {
      await rebuildList(db, list.id)
      process.stderr.write(`Rebuilt ${list.name}\n`)
    }
    return 0
  })
}

async function exportLists(args: Arguments): Promise<number> {
  const what = args.words.join(' ')
  if (what !== 'state' && what !== 'mbox') {
    throw new Error(`Cannot export ${JSON.stringify(what)}; allowed: state or mbox`)
  }
  return untilStopped(args, async ({ db }) => {
    const { chosenLists } = await import('./sql/chosen-lists.ts')
    const { exportState } = await import('./tracker/export/state.ts')
    const { exportMbox } = await import('./tracker/export/mbox.ts')
    const { writeOutput } = await import('./base/output.ts')
    const lists = await chosenLists(db, args.text('list'))
    const options = { numbers: !args.has('no-numbers') }
    async function* chunks(): AsyncGenerator<string | Buffer> {
      for (const { id } of lists) yield* what === 'state' ? exportState(db, id, options) : exportMbox(db, id)
    }
    await writeOutput(args.text('out'), chunks())
    return 0
  })
}

async function outbox(args: Arguments): Promise<number> {
  const [what, ...ids] = args.words
  if (what !== 'list' && what !== 'retry')
    throw new Error(`Cannot do ${JSON.stringify(what ?? '')} with the outbox; allowed: list or retry ID`)
  const wrong = what === 'list' ? ids[0] : ids.length === 0 ? '' : ids.find(id => !/^\d{1,18}$/.test(id))
  if (wrong !== undefined)
    throw new Error(
      `Cannot ${what} ${JSON.stringify(wrong)}; allowed: ${what === 'list' ? 'nothing after it' : 'the numbers that "outbox list" shows'}`,
    )
  return withDatabase(args, async ({ db }) => {
    const { listOutbox, retryMail } = await import('./sql/outbox.ts')
    if (what === 'list') {
      const rows = await listOutbox(db, { sent: args.has('sent') })
      const { outboxLine } = await import('./tracker/answer/outbox-line.ts')
      return say(rows.length === 0 ? 'No mail is owed, and none was refused\n' : table(rows.map(outboxLine)))
    }
    for (const id of ids)
      if (!(await retryMail(db, id)))
        throw new Error(
          `Cannot retry ${id}: there is no such mail, or it left; allowed: what "outbox list" shows`,
        )
    return say(`Owed again: ${ids.join(', ')}\n`)
  })
}

async function doctor(args: Arguments): Promise<number> {
  const { examine } = await import('./sql/doctor.ts')
  const config = await readConfig(args)
  const { examineAuth } = await import('./ingest/auth/doctor.ts')
  const findings = [
    ...(await examine(config, await makeLog(args, config))),
    ...(await examineAuth(config.auth)),
  ]
  const rows = findings.map(({ well, what, found, mend }) => [
    `${well ? 'ok   ' : 'WRONG'} ${what}`,
    mend === undefined ? found : `${found}; to mend: ${mend}`,
  ])
  say(table(rows))
  return findings.every(({ well }) => well) ? 0 : 1
}

async function readConfig(args: Arguments): Promise<Config> {
  const { loadConfig } = await import('./base/config.ts')
  const [config, data, database] = ['config', 'data', 'database'].map(args.text)
  return loadConfig({ config, data, database, env: process.env })
}

/** On a terminal only what needs attention; the journal of a service manager also gets what went well. */
async function makeLog(args: Arguments, { logLevel }: Config): Promise<Logger> {
  const { makeLog: make } = await import('./base/log.ts')
  const forPerson = process.stderr.isTTY
  if (args.has('verbose')) return make('debug', forPerson)
  return make(forPerson ? 'warn' : logLevel, forPerson)
}

async function openDatabase(config: Config, log: Logger): Promise<Database> {
  const { openDatabase: open } = await import('./sql/server.ts')
  return open(config, log)
}

type Use = (database: Database, config: Config) => Promise<number>

async function withDatabase(args: Arguments, use: Use): Promise<number> {
  const config = await readConfig(args)
  const database = await openDatabase(config, await makeLog(args, config))
  try {
    return await use(database, config)
  } finally {
    await database.close()
  }
}

/** For work that Ctrl-C may break off anywhere: the database server must still be left in order. */
async function untilStopped(args: Arguments, use: Use): Promise<number> {
  const stopped = stopSignal().then(() => 130)
  return withDatabase(args, (database, config) => Promise.race([use(database, config), stopped]))
}

function readRoles(text: string | undefined): ReadonlySet<Role> {
  const words: readonly string[] = text === undefined ? roles : text.split(',')
  const chosen = words.map(word => roles.find(role => role === word))
  if (chosen.every(role => role !== undefined)) return new Set(chosen)
  throw new Error(`Cannot serve only ${JSON.stringify(text)}; allowed: some of ${roles.join(',')}`)
}

function readEndpoint(option: string, text: string | undefined): Endpoint | undefined {
  const endpoint = text === undefined ? undefined : parseEndpoint(text)
  if (endpoint !== null) return endpoint
  throw new Error(
    `Cannot listen at ${option} ${JSON.stringify(text)}; allowed: HOST:PORT such as 127.0.0.1:2525`,
  )
}

async function readLmtp(text: string | undefined): Promise<string | Endpoint | undefined> {
  if (text === undefined) return undefined
  const { lmtpAllowed, lmtpPattern } = await import('./base/settings.ts')
  if (!lmtpPattern.test(text))
    throw new Error(`Cannot listen at --lmtp ${JSON.stringify(text)}; allowed: ${lmtpAllowed}`)
  return parseEndpoint(text) ?? resolve(text)
}

function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = error instanceof ExitError ? error.code : 1
  const { message, stack } = error as Error
  process.stderr.write(`${process.argv.includes('--verbose') ? stack : `threadwork: ${message}`}\n`)
}
