// Starts one shell in a sandbox, watches it, and sees to it that nothing is left of it: the processor of every end a
// script can come to, and of those that it would not come to by itself.
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { type Cgroup, type CgroupBase, makeCgroup } from './cgroup.ts'
import { marks } from './entry.ts'
import type { JobLimits } from './job.ts'
import { killGroup } from './process.ts'
import { searchPath } from './program.ts'
import type { Room } from './room.ts'
import type { Ground, Tier } from './tier/tier.ts'
import { enter } from './wrap.ts'

export interface Run {
  readonly words: readonly string[]
  readonly limits: JobLimits
  readonly seconds: number
  readonly network: boolean
  readonly signal: AbortSignal
  /** Standard error, which is the log; says "enough" to have it stopped. */
  readonly onOutput: (chunk: Buffer) => 'enough' | undefined
  /** What comes on standard output behind our marks; says "enough", too. */
  readonly onArtefacts: (chunk: Buffer) => 'enough' | undefined
}

export interface Ended {
  /** Null when a signal ended the sandbox itself. */
  readonly code: number | null
  /** What we ended it for; null when it ended by itself. */
  readonly stopped: 'timeout' | 'cancelled' | 'output' | null
  readonly progress: 'nothing' | 'started' | 'cloned'
  /** Until the script's first line; null when it never came so far. */
  readonly startSeconds: number | null
  readonly seconds: number
  readonly outOfMemory: boolean
  readonly outOfProcesses: boolean
}

export interface Site {
  readonly tier: Tier
  readonly room: Room
  readonly ground: Ground
  readonly base: CgroupBase
}

export async function launch(site: Site, run: Run): Promise<Ended> {
  const cgroup = groupOf(site, run)
  try {
    return await watch(commandOf(site, run, cgroup), site.room, run, cgroup)
  } finally {
    await cgroup?.end()
  }
}

function groupOf({ tier, room, base }: Site, { limits }: Run): Cgroup | null {
  if (base === null) return null
  return makeCgroup(base, room.name, {
    memoryBytes: limits.memoryBytes + tier.own.memoryBytes,
    pids: limits.pids + tier.own.pids,
    cpus: limits.cpus,
  })
}

function commandOf({ tier, room, ground, base }: Site, run: Run, cgroup: Cgroup | null): string[] {
  const { limits, words, network } = run
  const single = cgroup === null ? limits : null
  const command = tier.command(
    room,
    { words, network, diskBytes: limits.diskBytes, filesMax, single },
    ground,
  )
  return [...enter(cgroup?.enter ?? [], base?.version ?? 1), ...command]
}

/** Open files of one process: four times what shells start with. */
const filesMax = 4_096

async function watch(
  [program = '', ...words]: readonly string[],
  room: Room,
  run: Run,
  cgroup: Cgroup | null,
): Promise<Ended> {
  const begin = performance.now()
  const seconds = () => (performance.now() - begin) / 1_000
  // Nothing of our own environment; a group of its own, so that all of it can be ended.
  const env = { PATH: searchPath, LANG: 'C.UTF-8' }
  const child = spawn(program, words, { cwd: '/', env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let stopped: Ended['stopped'] = null
  const stop = (why: NonNullable<Ended['stopped']>) => {
    stopped ??= why
    if (child.pid !== undefined) killGroup(child.pid)
  }
  if (child.pid !== undefined) room.note(child.pid)
  const channel = readChannel(seconds, chunk => {
    if (run.onArtefacts(chunk) === 'enough') stop('output')
  })
  child.stdout.on('data', channel.take)
  child.stderr.on('data', chunk => {
    if (run.onOutput(chunk) === 'enough') stop('output')
  })
  const timer = setTimeout(() => stop('timeout'), run.seconds * 1_000)
  const cancel = () => stop('cancelled')
  run.signal.addEventListener('abort', cancel)
  if (run.signal.aborted) cancel()
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', resolve)
    })
    const outOfMemory = (cgroup?.oomKills() ?? 0) > 0
    const outOfProcesses = (cgroup?.forksRefused() ?? 0) > 0
    // What outlived it may hold its output open.
    await cgroup?.end()
    await Promise.all([drained(child.stdout), drained(child.stderr)])
    return { code, stopped, ...channel.seen(), seconds: seconds(), outOfMemory, outOfProcesses }
  } finally {
    clearTimeout(timer)
    run.signal.removeEventListener('abort', cancel)
  }
}

/** Our marks first, each on a line and once; then the artefacts, whatever they are. */
function readChannel(seconds: () => number, onArtefacts: (chunk: Buffer) => void) {
  let head = Buffer.alloc(0)
  let startSeconds: number | null = null
  const whole = `${marks.started}\n${marks.cloned}\n`
  return {
    take(chunk: Buffer) {
      if (startSeconds !== null) return onArtefacts(chunk)
      head = Buffer.concat([head, chunk])
      if (!head.toString('latin1').startsWith(whole)) return
      startSeconds = seconds()
      if (head.length > whole.length) onArtefacts(head.subarray(whole.length))
    },
    seen(): Pick<Ended, 'progress' | 'startSeconds'> {
      const started = head.toString('latin1').startsWith(`${marks.started}\n`)
      return { progress: startSeconds !== null ? 'cloned' : started ? 'started' : 'nothing', startSeconds }
    },
  }
}

/** Resolves when it is at its end; where a process that nothing can find holds it, it is closed from here. */
function drained(stream: Readable): Promise<void> {
  return new Promise(resolve => {
    if (stream.closed) return resolve()
    const timer = setTimeout(() => stream.destroy(), drainMilliseconds)
    stream.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const drainMilliseconds = 2_000
