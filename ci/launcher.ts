// A build that somebody else's program starts, such as Slurm's srun: it places, limits and accounts, and what it starts is
// ours again (`threadwork runner --once`). The order goes to its standard input, which stays open: whoever reads its end
// ends, too. The log and the result come from its standard output, a line of JSON each.
import { spawn } from 'node:child_process'
import { z } from 'zod'
import { limits } from '../base/limits.ts'
import type { Job, TierName } from './job.ts'
import { jobSchema, tierNames } from './job.ts'
import { killGroup } from './process.ts'
import { type Result, resultSchema } from './result.ts'
import type { Listener } from './sandbox.ts'
import type { Access } from './source.ts'
import type { Ground } from './tier/tier.ts'

export const groundSchema = z.strictObject({
  rooms: z.string(),
  root: z.string().nullable(),
  sandbox: z.enum(['best', ...tierNames]),
})

/** To look which sandboxes work there, and, with a job, to build it. */
export const orderSchema = z.strictObject({
  ground: groundSchema,
  job: jobSchema.nullable(),
  access: z.strictObject({ url: z.string(), header: z.string() }).nullable(),
})
type Order = z.infer<typeof orderSchema>

const wordSchema = z.union([
  z.strictObject({ log: z.tuple([z.string(), z.string()]) }),
  z.strictObject({ artefacts: z.base64() }),
  z.strictObject({ tiers: z.array(z.enum(tierNames)), cpus: z.int().min(1) }),
  z.strictObject({ result: resultSchema }),
])
export type Word = z.infer<typeof wordSchema>

/** Of a log or of artefacts in one word. */
export const wordBytesMax = 64 * 1024
/** JSON needs at most six characters for a byte (RFC 8259, 7). */
const lineBytesMax = 8 * wordBytesMax

export interface Launcher {
  /** The program and its words, in front of those that start us. */
  readonly words: readonly string[]
  readonly ground: Ground
  readonly access: Access | null
}

/** The sandboxes where it puts us; throws with what went wrong. */
export async function probeLaunched(
  launcher: Launcher,
  signal: AbortSignal,
): Promise<{ tiers: TierName[]; cpus: number }> {
  let found: { tiers: TierName[]; cpus: number } | null = null
  const why = await start(launcher, null, signal, word => {
    if ('tiers' in word) found = word
  })
  if (found === null) throw new Error(`Cannot start builds with ${launcher.words.join(' ')}: ${why}`)
  return found
}

export async function runLaunched(
  launcher: Launcher,
  job: Job,
  listener: Listener,
  signal: AbortSignal,
): Promise<Result> {
  const begin = performance.now()
  let result: Result | null = null
  const why = await start(launcher, job, signal, word => {
    if ('log' in word) listener.onOutput(...word.log)
    if ('artefacts' in word) listener.onArtefacts?.(Buffer.from(word.artefacts, 'base64'))
    if ('result' in word) result ??= word.result
  })
  if (result !== null) return result
  const seconds = (performance.now() - begin) / 1_000
  const outcome = signal.aborted ? 'cancelled' : 'error'
  return { outcome, why: signal.aborted ? null : why.slice(0, 1_000), tier: null, seconds, steps: [] }
}

/** Resolves when it has ended, to a sentence of how. */
async function start(
  { words: launch, ground, access }: Launcher,
  job: Job | null,
  signal: AbortSignal,
  take: (word: Word) => void,
): Promise<string> {
  const [program = '', ...words] = [...launch, ...ourselves()]
  // Its own group, so that whatever the program starts here can be ended.
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-2_000)
  })
  const reader = readLines(take)
  child.stdout.on('data', reader)
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify({ ground, job, access } satisfies Order)}\n`)
  const ended = new Promise<string>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('close', (code, by) =>
      resolve(`it ended with ${by ?? `exit code ${code}`}: ${lastLine(complaint)}`),
    )
  })
  let timer: NodeJS.Timeout | undefined
  // What it started hears the end of its input, wherever that is; the program itself is asked, and then made to.
  const stop = () => {
    child.stdin.end()
    timer = setTimeout(() => {
      if (child.pid !== undefined) killGroup(child.pid)
    }, limits.launcherEndSecondsMax * 1_000)
  }
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    return `${program}: ${await ended}`
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** The same program, on the same path there; a launcher that needs another one does not look at these words. */
const ourselves = (): string[] => [process.execPath, process.argv[1] ?? '', 'runner', '--once']

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** What is no word of ours is a program's that stands between, and nothing of it is believed. */
function readLines(take: (word: Word) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0)
  return chunk => {
    pending = Buffer.concat([pending, chunk])
    for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10)) {
      const word = readWord(pending.toString('utf8', 0, end))
      pending = pending.subarray(end + 1)
      if (word !== null) take(word)
    }
    if (pending.length > lineBytesMax) pending = Buffer.alloc(0)
  }
}

function readWord(line: string): Word | null {
  try {
    return wordSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
