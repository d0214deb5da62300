// `threadwork runner` as a process, and what it says of itself.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildServer } from './rig.ts'

const main = join(import.meta.dirname, '../../main.ts')

export interface RunnerProcess {
  readonly child: ChildProcess
  /** What it wrote to its log. */
  log(): string
  /** Resolves to its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string>
}

export interface RunnerParts {
  readonly name?: string
  readonly sandbox?: string
  readonly atOnce?: number
  /** More lines of `[ci]`. */
  readonly settings?: string
}

/** Resolves when it asks for builds. */
export async function startRunner(server: BuildServer, parts: RunnerParts = {}): Promise<RunnerProcess> {
  const { name = 'one', sandbox = 'bwrap', atOnce = 1, settings = '' } = parts
  const at = (file: string) => join(server.directory, `${name}-${file}`)
  writeFileSync(at('token'), await server.token(name), { mode: 0o600 })
  writeFileSync(at('config'), `[ci]\nsandbox = "${sandbox}"\nrooms = "${server.rooms}"\n${settings}\n`)
  const words = ['runner', '--config', at('config'), '--server', server.address]
  const child = spawn(
    process.execPath,
    [main, ...words, '--token-file', at('token'), '--at-once', String(atOnce)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', chunk => {
    log += chunk
  })
  const ended = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error(`The runner ended: ${log}`)
    }),
  ])
  return {
    child,
    log: () => log,
    end: async signal => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      const [code, by] = await ended
      return code ?? by
    },
  }
}
