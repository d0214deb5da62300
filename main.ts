// The command line of Threadwork, and the only file that knows every folder: what a command needs is imported
// when it runs, so `--help` answers at once and `serve --only web` never loads an SMTP server.
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Arguments, readArguments, readCommand } from './base/command-line.ts'
import { type CommandName, type Role, roles } from './base/commands.ts'
import type { Config } from './base/config.ts'
import { type Endpoint, parseEndpoint, showEndpoint } from './base/endpoint.ts'
import { gitAddress } from './base/git-address.ts'
import { commandHelp, generalHelp, table } from './base/help.ts'
import { stopSignal } from './base/stop-signal.ts'
import type { List } from './sql/lists.ts'
import type { Database } from './sql/server.ts'

const commands: Record<CommandName, (args: Arguments) => Promise<number>> = {
  serve,
  init,
  import: importArchives,
  rebuild,
  export: exportLists,
  doctor,
}

/** Resolves to the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [word = '--help', ...rest] = argv
  if (word === '--help' || word === 'help') return say(generalHelp())
  if (word === '--version') return say(`${(await import('./base/version.ts')).version()}\n`)
  const name = readCommand(word)
  if (rest.includes('--help')) return say(commandHelp(name))
  return commands[name](readArguments(name, rest))
}

async function serve(args: Arguments): Promise<number> {
  const only = readRoles(args.text('only'))
  const config = await readConfig(args)
  const smtp = readEndpoint('--smtp', args.text('smtp')) ?? config.smtp
  const web = readEndpoint('--web', args.text('web')) ?? config.web
  const stopped = stopSignal()
  const log = await makeLog(args)
  const closers: Closer[] = []
  try {
    const database = await openDatabase({ ...config, smtp, web }, log)
    closers.push(() => database.close())
    await startRoles({ ...config, smtp, web }, only, database, log, closers)
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
  { db }: Database,
  log: Logger,
  closers: Closer[],
): Promise<void> {
  const { allLists, saveLists } = await import('./sql/lists.ts')
  const lists = await saveLists(db, config.lists)
  if (config.file === null) for (const list of lists) await fillDemo(db, list)
  const ready = ['ready']
  let onArrival = (): void => {}
  if (only.has('worker')) {
    const { startProjector } = await import('./tracker/project/projector.ts')
    const projector = startProjector(db, log)
    closers.push(() => projector.close())
    onArrival = () => projector.poke()
  }
  if (only.has('smtp')) {
    const { startSmtp } = await import('./ingest/smtp.ts')
    const door = { ...config.smtp, hostname: hostname(), mailBytesMax: config.limits.mailBytesMax }
    const smtp = await startSmtp({ ...door, db, lists: () => allLists(db), log, onArrival })
    closers.push(() => smtp.close())
    ready.push(`smtp=${showEndpoint(smtp)}`)
    if (config.file === null) say(firstSteps(smtp))
  }
  if (only.has('web')) {
    const { startWeb } = await import('./web/serve.ts')
    const web = await startWeb({ ...config.web, db, log })
    closers.push(() => web.close())
    ready.push(`web=http://${showEndpoint(web)}/`)
  }
  say(`${ready.join(' ')}\n`)
}

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
  if (name === undefined) throw new Error('Cannot import without a list; allowed: --list NAME')
  if (args.words.length === 0)
    throw new Error('Cannot import nothing; allowed: one path of an mbox file or more')
  const interrupted = new AbortController()
  void stopSignal().then(() => interrupted.abort())
  return withDatabase(args, async ({ db }, config) => {
    const { listToFill } = await import('./sql/chosen-lists.ts')
    const { importPaths } = await import('./ingest/import.ts')
    const { makeProgress } = await import('./ingest/progress.ts')
    const list = await listToFill(db, name, config.lists)
    const progress = makeProgress({ output: process.stderr })
    const report = await importPaths({ db, list, paths: args.words, signal: interrupted.signal, progress })
    if (report.interrupted) return 130
    return report.problems.length === 0 ? 0 : 1
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

async function doctor(args: Arguments): Promise<number> {
  const { examine } = await import('./sql/doctor.ts')
  const findings = await examine(await readConfig(args), await makeLog(args))
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
async function makeLog(args: Arguments): Promise<Logger> {
  const { makeLog: make } = await import('./base/log.ts')
  const forPerson = process.stderr.isTTY
  if (args.has('verbose')) return make('debug', forPerson)
  return make(forPerson ? 'warn' : 'info', forPerson)
}

async function openDatabase(config: Config, log: Logger): Promise<Database> {
  const { openDatabase: open } = await import('./sql/server.ts')
  return open(config, log)
}

type Use = (database: Database, config: Config) => Promise<number>

async function withDatabase(args: Arguments, use: Use): Promise<number> {
  const config = await readConfig(args)
  const database = await openDatabase(config, await makeLog(args))
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

function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = 1
  const { message, stack } = error as Error
  process.stderr.write(`${process.argv.includes('--verbose') ? stack : `threadwork: ${message}`}\n`)
}
