// The command line of Threadwork: which name is which file of commands/. A command is imported when it runs, and
// imports what it needs then, so `--help` answers at once and `serve --only web` never loads an SMTP server.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import type { Command } from './base/command.ts'
import { readArguments, readName } from './base/command-line.ts'
import { ExitError, orExit } from './base/exit.ts'

/** In the order of the help. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  serve: () => import('./commands/serve.ts'),
  init: () => import('./commands/init.ts'),
  import: () => import('./commands/import.ts'),
  deliver: () => import('./commands/deliver.ts'),
  hide: () => import('./commands/hide.ts'),
  unhide: () => import('./commands/unhide.ts'),
  purge: () => import('./commands/purge.ts'),
  release: () => import('./commands/release.ts'),
  follow: () => import('./commands/follow.ts'),
  rebuild: () => import('./commands/rebuild.ts'),
  export: () => import('./commands/export.ts'),
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
  build: () => import('./commands/build.ts'),
  cancel: () => import('./commands/cancel.ts'),
  hook: () => import('./commands/hook.ts'),
  runner: () => import('./commands/runner.ts'),
  token: () => import('./commands/token.ts'),
  key: () => import('./commands/key.ts'),
  outbox: () => import('./commands/outbox.ts'),
  webhook: () => import('./commands/webhook.ts'),
  doctor: () => import('./commands/doctor.ts'),
}

/** Resolves to the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [word = '--help', ...rest] = argv
  if (word === '--help' || word === 'help') return say(await help())
  if (word === '--version') return say(`${(await import('./base/version.ts')).version()}\n`)
  const name = readName(word, Object.keys(commands))
  const command = await load(name)
  if (rest.includes('--help')) return say((await import('./base/help.ts')).commandHelp(name, command))
  const read = () => readArguments(name, command, rest)
  return command.run(command.usageExit === undefined ? read() : await orExit(command.usageExit, read))
}

async function help(): Promise<string> {
  const { generalHelp } = await import('./base/help.ts')
  const loaded = Object.keys(commands).map(
    async (name): Promise<[string, Command]> => [name, await load(name)],
  )
  return generalHelp(Object.fromEntries(await Promise.all(loaded)))
}

async function load(name: string): Promise<Command> {
  const found = await commands[name]?.()
  if (found === undefined) throw new Error(`No command ${name}`)
  return found.command
}

function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

// Reading the files and their types again is half of what a start costs. Where whoever runs us may not write beside the program,
// each start reads them; a place that others may write to would let them choose what runs.
enableCompileCache(join(import.meta.dirname, 'node_modules', '.cache', 'start'))

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = error instanceof ExitError ? error.code : 1
  const { message, stack } = error as Error
  process.stderr.write(`${process.argv.includes('--verbose') ? stack : `threadwork: ${message}`}\n`)
}
