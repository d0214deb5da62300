// Threadwork as a process of its own, as an operator starts it: what it said, and how it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../main.ts')

export interface RunningThreadwork {
  readonly child: ChildProcess
  /** The line that says that it is ready. */
  readonly line: string
  /** The last of what it said, for whoever reads why a test failed. */
  said(): string
  /** Resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface ProcessOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Resolves when it is ready. */
export async function startThreadwork(
  words: readonly string[],
  { cwd, env = process.env }: ProcessOptions = {},
): Promise<RunningThreadwork> {
  const child = spawn(process.execPath, [main, ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let out = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(-20_000)
  })
  child.stdout.on('data', chunk => {
    out = `${out}${chunk}`.slice(-20_000)
    const [line] = /^ready\b.*\n/m.exec(out) ?? []
    if (line !== undefined) resolve(line)
  })
  child.once('exit', code => reject(new Error(`It ended with ${code}: ${said}`)))
  const line = await promise
  return { child, line, said: () => said, end: signal => ended(child, signal) }
}

export async function ended(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
