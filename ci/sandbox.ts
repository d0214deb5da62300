// One job in, one result out: the sandbox that will do, a room, the commit, each script of it in a sandbox and a clone of
// its own, and nothing left behind. Whatever goes wrong is a result, never an exception.
import { GitError } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { buildWords } from './entry.ts'
import { type Job, type TierName, tierNames } from './job.ts'
import { type Ended, launch, type Site } from './launch.ts'
import { stepLog } from './log.ts'
import type { Probed } from './probe.ts'
import { searchPath } from './program.ts'
import { type Outcome, type Result, type Step, worst } from './result.ts'
import { makeRoom, type Room } from './room.ts'
import { type Script, SourceError } from './scripts.ts'
import { type Access, fetchSource, type Source } from './source.ts'

export interface Listener {
  /** The log, step by step, as it may be kept and shown. */
  readonly onOutput: (step: string, text: string) => void
  /** A tar of what the build hands back, from a stranger: to be kept, never unpacked here. */
  readonly onArtefacts?: (chunk: Buffer) => void
}

/** `probed` is this machine as `probe` found it. */
export async function run(
  job: Job,
  probed: Probed,
  listener: Listener,
  signal: AbortSignal,
  access: Access | null = null,
): Promise<Result> {
  const begin = performance.now()
  const end = (part: Omit<Result, 'seconds'>): Result => ({
    ...part,
    seconds: (performance.now() - begin) / 1_000,
  })
  const chosen = choose(job, probed)
  if (typeof chosen === 'string') return end({ ...ours(chosen), tier: null })
  try {
    const room = makeRoom(probed.ground.rooms)
    try {
      const site: Site = { ...probed, tier: chosen, room }
      const source = await sourceOf(job, room, signal, access)
      return end({ ...(await steps(job, site, source, listener, signal, begin)), tier: chosen.name })
    } finally {
      room.end()
    }
  } catch (error) {
    return end({ ...ours((error as Error).message), tier: chosen.name })
  }
}

const ours = (why: string): Omit<Result, 'seconds' | 'tier'> => ({
  outcome: 'error',
  why: short(why),
  steps: [],
})
const short = (why: string): string => why.slice(0, 1_000)

/** The tier, or why there is none. */
function choose(job: Job, { tiers }: Probed): Probed['tiers'][number]['tier'] | string {
  if (job.kind === 'patchset' && Object.keys(job.secrets).length > 0)
    return 'Cannot hand secrets to mailed code'
  const wanted = preference[job.kind].filter(name => isStrongEnough(name, job.weakest))
  const found = wanted
    .map(name => tiers.find(({ tier }) => tier.name === name))
    .find(each => each?.why === null)
  if (found !== undefined) return found.tier
  const reasons = tiers
    .filter(({ tier }) => wanted.includes(tier.name))
    .map(({ tier, why }) => `${tier.name}: ${why}`)
  return `Cannot build without a sandbox that holds${job.weakest === null ? '' : ` (at least ${job.weakest})`}; ${reasons.join('; ')}`
}

/** gVisor's own kernel is the strongest wall, and makes many system calls slow: it is for code of anybody. */
const preference: Record<Job['kind'], readonly TierName[]> = {
  patchset: ['gvisor', 'nspawn', 'bwrap'],
  push: ['nspawn', 'gvisor', 'bwrap', 'none'],
}

const isStrongEnough = (name: TierName, weakest: TierName | null): boolean =>
  weakest === null || tierNames.indexOf(name) <= tierNames.indexOf(weakest)

async function steps(
  job: Job,
  site: Site,
  source: Source | string,
  listener: Listener,
  signal: AbortSignal,
  begin: number,
): Promise<Omit<Result, 'seconds' | 'tier'>> {
  if (signal.aborted) return { outcome: 'cancelled', why: null, steps: [] }
  if (typeof source === 'string') return { outcome: 'failure', why: short(source), steps: [] }
  const scripts = wanted(job, source)
  if (scripts.length === 0) return { outcome: 'failure', why: short(noneOf(job, source)), steps: [] }
  site.room.settle(environmentOf(job, site))
  const done: Step[] = []
  for (const script of scripts) {
    const left = job.limits.seconds - (performance.now() - begin) / 1_000
    done.push(await step(job, site, source, script, left, listener, signal))
    if (done.at(-1)?.outcome === 'cancelled' || done.at(-1)?.outcome === 'error') break
  }
  const outcome = worst(done.map(each => each.outcome))
  const decisive = done.find(each => each.outcome === outcome)
  const why = decisive?.why ?? null
  return { outcome, why: why === null ? null : short(`${decisive?.name}: ${why}`), steps: done }
}

const wanted = ({ only }: Job, { scripts }: Source): readonly Script[] =>
  only.length === 0 ? scripts : scripts.filter(({ name }) => only.includes(name.toLowerCase()))

const noneOf = ({ only }: Job, { scripts }: Source): string =>
  `There is no check ${JSON.stringify(only.join(', '))} in the commit; allowed: ${scripts.map(({ name }) => name).join(', ')}`

/** What is wrong with the commit, as a sentence, is its author's; that it cannot be fetched is ours. */
async function sourceOf(
  job: Job,
  room: Room,
  signal: AbortSignal,
  access: Access | null,
): Promise<Source | string> {
  try {
    return await fetchSource(job, room.repository, signal, access)
  } catch (error) {
    if (error instanceof SourceError) return error.message
    if (signal.aborted) return ''
    if (error instanceof GitError)
      throw new Error(`Cannot fetch ${job.commit}: ${error.message}`, { cause: error })
    throw error
  }
}

const environmentOf = (job: Job, { tier, room }: Site): Record<string, string> => ({
  ...job.environment,
  ...job.secrets,
  PATH: searchPath,
  HOME: tier.places(room).home,
  LANG: 'C.UTF-8',
  CI: 'true',
  CI_COMMIT: job.commit,
  CI_REF: job.ref,
})

async function step(
  job: Job,
  site: Site,
  { config }: Source,
  script: Script,
  secondsLeft: number,
  listener: Listener,
  signal: AbortSignal,
): Promise<Step> {
  const isBuild = script.path === job.script
  const wanted = isBuild ? config.seconds : config.checks[script.name]?.seconds
  const seconds = Math.max(0, Math.min(secondsLeft, wanted ?? secondsLeft))
  const artefacts = isBuild ? config.artefacts : []
  const output = outputOf(job, script.name, artefacts.length > 0, listener)
  const ended = await launch(site, {
    words: buildWords(site.tier.places(site.room), { commit: job.commit, script: script.path, artefacts }),
    limits: job.limits,
    seconds,
    network: job.network && job.kind === 'push' && config.network,
    signal,
    onOutput: output.onOutput,
    onArtefacts: output.onArtefacts,
  })
  const { outputBytes, leftOutBytes, last, artefactBytes, tests } = output.end()
  const { code, stopped, startSeconds } = ended
  const exitCode = stopped === null && startSeconds !== null ? code : null
  const counts = { startSeconds, seconds: ended.seconds, outputBytes, leftOutBytes, artefactBytes }
  return {
    name: script.name,
    ...said(ended, job, seconds, last),
    exitCode,
    ...counts,
    ...(tests && { tests }),
  }
}

/** Takes what a script writes, for as long as that makes sense. */
function outputOf(
  { limits: { outputBytes, artefactBytes: artefactBytesMax }, secrets }: Job,
  step: string,
  wanted: boolean,
  listener: Listener,
) {
  const log = stepLog({
    bytesMax: outputBytes,
    secrets: Object.values(secrets),
    emit: text => listener.onOutput(step, text),
  })
  let artefactBytes = 0
  const excess = () =>
    log.outputBytes + artefactBytes > outputBytes * limits.outputTimesMax + 2 * artefactBytesMax
      ? 'enough'
      : undefined
  return {
    onOutput(chunk: Buffer) {
      log.write(chunk)
      return excess()
    },
    onArtefacts(chunk: Buffer) {
      const room = Math.max(0, artefactBytesMax - artefactBytes)
      artefactBytes += chunk.length
      if (wanted && room > 0) listener.onArtefacts?.(chunk.subarray(0, room))
      return excess()
    },
    end() {
      if (wanted && artefactBytes > artefactBytesMax)
        log.write(Buffer.from(`The artefacts have more than ${artefactBytesMax} bytes, and were cut there\n`))
      log.end()
      const { outputBytes: written, leftOutBytes } = log
      return {
        outputBytes: written,
        leftOutBytes,
        last: log.last(),
        artefactBytes,
        tests: log.tests(),
      }
    },
  }
}

/** What the end means. The order matters: what we stopped it for comes first, then what the kernel did. */
function said(
  ended: Ended,
  job: Job,
  seconds: number,
  last: string,
): { outcome: Outcome; why: string | null } {
  const { memoryBytes, pids, outputBytes, diskBytes } = job.limits
  const failure = (why: string | null) => ({ outcome: 'failure', why }) as const
  if (ended.stopped === 'cancelled') return { outcome: 'cancelled', why: null }
  if (ended.stopped === 'timeout')
    return { outcome: 'timeout', why: `It ran longer than ${shown(seconds)} s` }
  if (ended.stopped === 'output')
    return failure(`It wrote more than ${outputBytes * limits.outputTimesMax} bytes of output`)
  if (ended.progress === 'nothing')
    return { outcome: 'error', why: `The sandbox did not start (exit code ${ended.code}): ${last}` }
  if (ended.code === 0 && ended.progress === 'cloned') return { outcome: 'success', why: null }
  if (ended.outOfMemory) return failure(`It needed more memory than ${memoryBytes} bytes`)
  if (ended.outOfProcesses) return failure(`It started more than ${pids} processes`)
  if (ended.progress === 'started')
    return failure(`The clone does not work within ${diskBytes} bytes of disk: ${last}`)
  if (ended.code === null) return { outcome: 'error', why: 'The sandbox was killed from outside' }
  if (ended.code === warningCode) return { outcome: 'warning', why: null }
  return failure(
    ended.code > 128 ? `It ended by signal ${ended.code - 128}` : `It ended with exit code ${ended.code}`,
  )
}

/** NIPA, the CI of Linux' network stack, has it from there. */
const warningCode = 250
const shown = (seconds: number): string => String(Math.round(seconds * 10) / 10)
