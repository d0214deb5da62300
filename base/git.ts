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
import { type Answer, askProgram } from './program.ts'

/** A refusal of git, in its own words. */
export class GitError extends Error {}

/** What git printed, as text of at most 16 MB. Throws `GitError` when it ends with another code than 0. */
export async function git(directory: string, ...words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', given(directory, words), {
      env: environment(),
      maxBuffer: outputBytesMax,
    })
    return stdout
  } catch (error) {
    throw new GitError(reasonOf(error))
  }
}

/**
 * A git whose end may be either, in bytes: whether one commit is in another's history, whether a signature is good. `config`
 * stands above what the repository says ("gpg.program=/usr/bin/gpg"), `env` beside ours.
 */
export const askGit = (
  directory: string,
  words: readonly string[],
  { config = [], env = {} }: { config?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Answer> =>
  askProgram('git', [...config.flatMap(each => ['-c', each]), ...given(directory, words)], {
    env: { ...environment(), ...env },
    secondsMax: 60,
    bytesMax: outputBytesMax,
  })

export interface GitBounds {
  readonly secondsMax: number
  /** Asked every second: what is too much by now, as the end of "it was stopped: ". */
  readonly excess?: () => string | null
  /** Other machines may be asked, by https, ssh and git's own protocol; nothing asks back for a password. */
  readonly network?: boolean
  readonly input?: string
  /** Of its memory, of each file that it writes: for what is read into git out of a stranger's mail. */
  readonly costs?: { readonly memoryBytes: number; readonly fileBytes: number }
  /** Configuration that no command line may show, which everybody on the machine can read. */
  readonly config?: Readonly<Record<string, string>>
}

/** A git that may take long: it and its children are killed when it goes beyond its bounds. */
export async function boundedGit(
  directory: string,
  words: readonly string[],
  bounds: GitBounds,
): Promise<string> {
  const { code, stdout, stderr } = await triedGit(directory, words, bounds)
  if (code !== 0) throw new GitError(reasonOf({ stderr, message: `git ended with ${code}` }))
  return stdout
}

/** The same for whom an end with another code than 0 is an answer. Throws `GitError` when it was stopped, or cannot run. */
export async function triedGit(
  directory: string,
  words: readonly string[],
  { secondsMax, excess = () => null, network = false, input = '', costs, config = {} }: GitBounds,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = {
    ...environment(),
    ...(network ? networkEnvironment() : {}),
    ...configEnvironment(config),
  }
  const all = given(directory, network ? [...networkWords, ...words] : words)
  // A group of its own, so that git's helpers (ssh, index-pack) end with it.
  const [program = 'git', ...rest] = [...(costs ? limited(costs, secondsMax) : []), 'git', ...all]
  const child = spawn(program, rest, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let reason: string | null = null
  const stop = (why: string) => {
    reason ??= why
    if (child.pid !== undefined) killGroup(child.pid)
  }
  const out: Buffer[] = []
  let size = 0
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= outputBytesMax) out.push(chunk)
    else stop('it printed more than 16 MB')
  })
  child.stderr.on('data', chunk => {
    stderr = `${stderr}${chunk}`.slice(0, 2_000)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const started = performance.now()
  const timer = setInterval(() => {
    const late = performance.now() - started > secondsMax * 1_000
    const why = late ? `it took more than ${secondsMax} s` : excess()
    if (why !== null) stop(why)
  }, 1_000)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    if (reason !== null) throw new GitError(`git was stopped: ${reason}`)
    return { code, stdout: Buffer.concat(out).toString(), stderr }
  } catch (error) {
    throw error instanceof GitError ? error : new GitError(reasonOf(error))
  } finally {
    clearInterval(timer)
  }
}

/** prlimit(1) of util-linux. Time of the processor is bounded, too: a clock is not looked at while a machine stands still. */
const limited = ({ memoryBytes, fileBytes }: NonNullable<GitBounds['costs']>, seconds: number): string[] => [
  'prlimit',
  `--data=${memoryBytes}`,
  `--fsize=${fileBytes}`,
  `--cpu=${Math.ceil(seconds)}`,
  '--core=0',
  '--nofile=1024',
  '--',
]

const outputBytesMax = 16 * 1024 * 1024

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

/** A git that runs on, for the caller to write to and to read from. Its complaints are in `stderr()`. */
export function startGit(directory: string, ...words: readonly string[]): RunningGit {
  const child = spawn('git', given(directory, words), { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr = `${stderr}${chunk}`.slice(-1_000)
  })
  // Whoever reads its output sees the end; a write to a git that is gone is no news beside that.
  child.stdin.on('error', () => {})
  child.on('error', error => {
    stderr = error.message
  })
  const ended = new Promise<boolean>(resolve => {
    child.once('error', () => resolve(false))
    child.once('exit', code => resolve(code === 0))
  })
  return {
    input: child.stdin,
    output: child.stdout,
    stderr: () => stderr.trim(),
    ended,
    end: () => end(child),
  }
}

export interface RunningGit {
  readonly input: Writable
  readonly output: Readable
  stderr(): string
  /** Resolves when it is gone: whether it came to its end by itself and without an error. */
  readonly ended: Promise<boolean>
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
  // Replacement objects and grafts would show another history than the archive's. Of a graft file that is none git says nothing.
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: noGrafts,
})

export const noGrafts = '/dev/null/none'

/**
 * git's other end in a repository of this machine, as an option of fetch. In a directory git reads only what belongs to its own
 * account, and of our environment it hands on little (`git rev-parse --local-env-vars`); on this way both reach it.
 */
export const upload = `--upload-pack=GIT_GRAFT_FILE=${noGrafts} git -c safe.directory='*' upload-pack`

/** git-config(1), GIT_CONFIG_COUNT. */
const configEnvironment = (config: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  GIT_CONFIG_COUNT: String(Object.keys(config).length),
  ...Object.fromEntries(
    Object.entries(config).flatMap(([key, value], place) => [
      [`GIT_CONFIG_KEY_${place}`, key],
      [`GIT_CONFIG_VALUE_${place}`, value],
    ]),
  ),
})

/** A redirect must not lead from https to a protocol that runs a program of the address's choice (`ext::`). */
const networkWords = [
  '-c',
  'protocol.https.allow=always',
  '-c',
  'protocol.ssh.allow=always',
  '-c',
  'protocol.git.allow=always',
  '-c',
  'credential.helper=',
]

/** What a machine behind a proxy needs; ssh finds the account's keys by itself. */
const networkEnvironment = (): NodeJS.ProcessEnv => ({
  GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=20',
  ...Object.fromEntries(
    ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY', 'SSH_AUTH_SOCK'].flatMap(
      name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]),
    ),
  ),
})

function reasonOf(error: unknown): string {
  const { stderr, message, code } = error as { stderr?: string; message: string; code?: unknown }
  if (code === 'ENOENT') return 'there is no git: apt-get install git'
  const lines = (stderr || message).trim().split('\n')
  // ssh and git warn before they say why they stopped.
  return lines.find(line => line.startsWith('fatal:')) ?? lines[0] ?? message
}
