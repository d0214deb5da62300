// The job's commit, fetched into a bare repository of its own, where its scripts are read (scripts.ts). Nothing of it is checked
// out here, and nothing runs.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { boundedGit, git, upload } from '../base/git.ts'
import { isRemote } from '../base/repository.ts'
import type { BuildConfig } from './build-config.ts'
import { formatOf } from './entry.ts'
import type { Job } from './job.ts'
import { readConfig, readScripts, type Script, SourceError } from './scripts.ts'

export interface Source {
  readonly config: BuildConfig
  readonly scripts: readonly Script[]
}

/** What lets a runner fetch from its server: a header for addresses that begin with this one, and for no other. */
export interface Access {
  readonly url: string
  readonly header: string
}

/** Throws `GitError` when it cannot be fetched, and `SourceError` when there is nothing in it to run. */
export async function fetchSource(
  job: Job,
  directory: string,
  signal: AbortSignal,
  access: Access | null,
): Promise<Source> {
  await git(
    directory,
    'init',
    '--quiet',
    '--bare',
    '--template=',
    `--object-format=${formatOf(job.commit)}`,
    '.',
  )
  await fetch(job, directory, signal, access, 1)
  const config = await readConfig(directory, job.commit)
  if (config.depth !== 1) await fetch(job, directory, signal, access, config.depth)
  return { config, scripts: await readScripts(directory, job.commit, job.script) }
}

/** `depth` is a number of commits; 0 for all. */
async function fetch(
  job: Job,
  directory: string,
  signal: AbortSignal,
  access: Access | null,
  depth: number,
): Promise<void> {
  const options = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head']
  const words = [
    ...['-c', 'gc.auto=0', '-c', 'fetch.unpackLimit=1', ...wayWords(job.repository).config],
    ...['fetch', ...options, `--depth=${depth || everything}`, ...wayWords(job.repository).options],
    ...['--end-of-options', job.repository, job.commit],
  ]
  const stopped = () => (signal.aborted ? 'the job ended' : isTooLarge(job, directory) ? 'too large' : null)
  try {
    await boundedGit(directory, words, {
      ...{ secondsMax: job.limits.seconds, network: true, excess: stopped },
      config: configOf(access),
    })
  } catch (error) {
    if (!isTooLarge(job, directory)) throw error
  }
  if (isTooLarge(job, directory))
    throw new SourceError(`The commit and what it needs are larger than ${job.limits.diskBytes} bytes`)
}

/** git sends such a header to whoever it is redirected to, so it follows nobody. */
const configOf = (access: Access | null): Record<string, string> =>
  access === null
    ? {}
    : { [`http.${access.url}.extraHeader`]: access.header, 'http.followRedirects': 'false' }

/** What git takes for it (git-fetch, --unshallow). */
const everything = 2_147_483_647

/** Plain http is enough: what comes is checked against the commit's id. */
function wayWords(repository: string): { config: string[]; options: string[] } {
  if (/^http:\/\//i.test(repository)) return { config: ['-c', 'protocol.http.allow=always'], options: [] }
  if (isRemote(repository)) return { config: [], options: [] }
  return {
    config: ['-c', 'protocol.file.allow=always'],
    options: [upload],
  }
}

function isTooLarge({ limits: { diskBytes } }: Job, directory: string): boolean {
  const packs = join(directory, 'objects', 'pack')
  const sizes = readdirSync(packs).map(
    name => statSync(join(packs, name), { throwIfNoEntry: false })?.size ?? 0,
  )
  return sizes.reduce((sum, size) => sum + size, 0) > diskBytes
}
