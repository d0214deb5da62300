// How git is called: always the program, with an argument array, an environment of our own, and without what
// somebody's configuration (or that of a hostile repository) could make it run.
import {
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
  execFile,
  spawn,
} from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'

/** A refusal of git, in its own words. */
export class GitError extends Error {}

/** What git printed, as text of at most 16 MB. Throws `GitError` when it ends with another code than 0. */
export async function git(directory: string, ...words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', given(directory, words), {
      env: environment(),
      maxBuffer: 16 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    throw new GitError(reasonOf(error))
  }
}

/** A git that runs on, for the caller to write to and to read from. Its complaints are in `said()`. */
export function startGit(directory: string, ...words: readonly string[]): RunningGit {
  const child = spawn('git', given(directory, words), { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(-1_000)
  })
  // Whoever reads its output sees the end; a write to a git that is gone is no news beside that.
  child.stdin.on('error', () => {})
  child.on('error', error => {
    said = error.message
  })
  return { input: child.stdin, output: child.stdout, said: () => said.trim(), end: () => end(child) }
}

export interface RunningGit {
  readonly input: Writable
  readonly output: Readable
  said(): string
  /** Kills it when it still runs; resolves when it is gone. */
  end(): Promise<void>
}

type Child = ChildProcessWithoutNullStreams | ChildProcessByStdio<Writable, Readable, Readable>

function end(child: Child): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve()
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill()
  })
}

/**
 * An operator names the directory, so its owner does not matter (`safe.directory`); but nothing that its own
 * configuration names is run, and nothing is fetched.
 */
const given = (directory: string, words: readonly string[]): string[] => [
  '-c',
  'safe.directory=*',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.allow=never',
  '-C',
  directory,
  ...words,
]

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  // Replacement objects and grafts would show another history than the archive's.
  GIT_NO_REPLACE_OBJECTS: '1',
})

function reasonOf(error: unknown): string {
  const { stderr, message, code } = error as { stderr?: string; message: string; code?: unknown }
  if (code === 'ENOENT') return 'there is no git: apt-get install git'
  return (stderr || message).trim().split('\n')[0] ?? message
}
