import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Arguments, Command } from '../base/command.ts'
import type { Config } from '../base/config.ts'
import type { Job } from '../ci/job.ts'
import type { Result } from '../ci/result.ts'
import { readConfig } from './common/config.ts'

export const command: Command = {
  summary:
    'Builds a commit of a repository in a sandbox, as docs/ci.md says; the log goes to standard output',
  words: 'REPOSITORY [COMMIT]',
  options: {
    mailed: { value: null, help: 'as mailed code: in the strongest sandbox, never without one' },
    seconds: { value: 'N', help: 'stop it after so many seconds (default: an hour)' },
    artefacts: { value: 'FILE', help: 'keep what the build hands back, as a tar that nobody looked into' },
  },
  async run(args) {
    const { closeInherited } = await import('../ci/inherited.ts')
    closeInherited()
    const config = await readConfig(args)
    const job = await jobOf(args)
    const result = await build(config, job, args.text('artefacts'))
    process.stderr.write(`${summaryOf(result)}\n`)
    return result.outcome === 'success' || result.outcome === 'warning' ? 0 : 1
  },
}

async function jobOf(args: Arguments): Promise<Job> {
  const [repository, named = 'HEAD', more] = args.words
  if (repository === undefined || more !== undefined)
    throw new Error(`Cannot build ${args.words.length} words; allowed: REPOSITORY and perhaps COMMIT`)
  const { resolve } = await import('node:path')
  const { git } = await import('../base/git.ts')
  const { jobSchema } = await import('../ci/job.ts')
  const { limits } = await import('../base/limits.ts')
  const directory = resolve(repository)
  const commit = await git(directory, 'rev-parse', '--verify', '--end-of-options', `${named}^{commit}`).catch(
    error => {
      throw new Error(
        `Cannot build "${named}" of "${repository}"; allowed: a commit of a git repository here`,
        { cause: error },
      )
    },
  )
  return jobSchema.parse({
    id: randomUUID(),
    repository: directory,
    commit: commit.trim(),
    ref: named,
    kind: args.has('mailed') ? 'patchset' : 'push',
    limits: {
      ...limits.build,
      cpus: availableParallelism(),
      seconds: secondsOf(args.text('seconds') ?? String(limits.build.seconds)),
    },
  })
}

function secondsOf(given: string): number {
  const seconds = Number(given)
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds
  throw new Error(`Cannot build for "${given}" seconds; allowed: a whole number from 1 to 86400`)
}

async function build({ ci, data }: Config, job: Job, artefacts: string | undefined): Promise<Result> {
  const { groundOf } = await import('../ci/ground.ts')
  const { probe } = await import('../ci/probe.ts')
  const { run } = await import('../ci/sandbox.ts')
  const { stopSignal } = await import('../base/stop-signal.ts')
  const stop = stopSignal()
  const probed = await probe(groundOf(ci, data))
  const handed: Buffer[] = []
  const result = await run(
    job,
    probed,
    {
      onOutput: (_, text) => void process.stdout.write(text),
      onArtefacts: chunk => void (artefacts !== undefined && handed.push(chunk)),
    },
    stop,
  )
  if (artefacts !== undefined) {
    const { writeOutput } = await import('../base/output.ts')
    await writeOutput(artefacts, toChunks(handed))
  }
  return result
}

async function* toChunks(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

/** "success in 3.2 s (nspawn)"; what failed says why. */
const summaryOf = ({ outcome, why, seconds, tier, steps }: Result): string =>
  [
    ...(steps.length > 1 ? steps.map(step => `${step.name}: ${step.outcome}`) : []),
    `${outcome} in ${seconds.toFixed(1)} s${tier === null ? '' : ` (${tier})`}${why === null ? '' : `: ${why}`}`,
  ].join('\n')
