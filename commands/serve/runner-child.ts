// The runner beside the server: a process of its own, told what it needs on its standard input, which stays open as long
// as we live; when it dies, another one is started.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { type LocalOrder, refusedCode } from '../../ci/local-order.ts'

export interface RunnerChild {
  /** Resolves when no other one is started. */
  readonly ended: Promise<void>
  /** Lets it give back what it builds. */
  close(): Promise<void>
}

/** `name` is that of its token. */
export function startChild(order: LocalOrder, name: string, log: Pick<Log, 'warn' | 'error'>): RunnerChild {
  const stop = new AbortController()
  let child: ChildProcess | null = null
  const run = async () => {
    for (let rest = 1; !stop.signal.aborted; rest = Math.min(2 * rest, limits.runnerRestartSecondsMax)) {
      const begin = performance.now()
      child = start(order)
      const [code, by] = await once(child, 'exit')
      if (stop.signal.aborted) return
      // Somebody ended it on purpose. With a new token nobody could.
      if (code === refusedCode) return log.error({ token: name }, refused)
      if (performance.now() - begin > limits.runnerRestartSecondsMax * 1_000) rest = 1
      log.warn({ code, signal: by, seconds: rest }, 'The runner beside the server ended; it is started again')
      await sleep(rest * 1_000, undefined, { signal: stop.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    ended: running,
    async close() {
      stop.abort()
      child?.kill('SIGTERM')
      const patience = setTimeout(() => child?.kill('SIGKILL'), limits.runnerCloseSecondsMax * 1_000)
      await running
      clearTimeout(patience)
    },
  }
}

const refused =
  'The token of the runner beside the server is worth nothing any more, so nothing is built here: it was revoked, or another "serve" of this machine took it over. Start "threadwork serve" again for a new one; for none, set runners = 0 in [ci]'

function start(order: LocalOrder): ChildProcess {
  const main = join(import.meta.dirname, '..', '..', `main${extname(import.meta.filename)}`)
  const child = spawn(process.execPath, [main, 'runner', '--child'], {
    env: withoutDatabase(),
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  // It may end before it has read.
  child.stdin?.on('error', () => {})
  child.stdin?.write(`${JSON.stringify(order)}\n`)
  return child
}

const withoutDatabase = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:DATABASE_URL|THREADWORK_.*|PG.*)$/.test(name)),
  )
