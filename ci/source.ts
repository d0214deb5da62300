// The job's commit, fetched into a bare repository of its own, and what is read of it before anything runs: which
// scripts there are, and what `.ci/config.toml` wants. All of it is read from git's objects, never from a checkout, where
// a symbolic link could lead anywhere.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { boundedGit, GitError, git } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { isRemote } from '../base/repository.ts'
import { type BuildConfig, parseBuildConfig } from './build-config.ts'
import { formatOf } from './entry.ts'
import type { Job } from './job.ts'

export interface Source {
  readonly config: BuildConfig
  readonly scripts: readonly Script[]
}

export interface Script {
  /** `build`, or the name of the check. */
  readonly name: string
  /** Below the tree: `.ci/checks/style`. */
  readonly path: string
}

/** What the commit lacks, as a sentence for its author. */
export class SourceError extends Error {}

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
  const config = await readConfig(job, directory)
  if (config.depth !== 1) await fetch(job, directory, signal, access, config.depth)
  return { config, scripts: [await buildScript(job, directory), ...(await checkScripts(job, directory))] }
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

/**
 * Plain http is enough: what comes is checked against the commit's id. In a directory git reads only what belongs to its
 * own account; the operator named this one, and only on this way does that reach git's own child.
 */
function wayWords(repository: string): { config: string[]; options: string[] } {
  if (/^http:\/\//i.test(repository)) return { config: ['-c', 'protocol.http.allow=always'], options: [] }
  if (isRemote(repository)) return { config: [], options: [] }
  return {
    config: ['-c', 'protocol.file.allow=always'],
    options: ["--upload-pack=git -c safe.directory='*' upload-pack"],
  }
}

function isTooLarge({ limits: { diskBytes } }: Job, directory: string): boolean {
  const packs = join(directory, 'objects', 'pack')
  const sizes = readdirSync(packs).map(
    name => statSync(join(packs, name), { throwIfNoEntry: false })?.size ?? 0,
  )
  return sizes.reduce((sum, size) => sum + size, 0) > diskBytes
}

async function readConfig({ commit }: Job, directory: string): Promise<BuildConfig> {
  const path = '.ci/config.toml'
  const [entry] = await entriesOf(directory, commit, path)
  if (entry === undefined) return parseBuildConfig('')
  if (!entry.mode.startsWith('100')) throw new SourceError(`${path} is no file (git has mode ${entry.mode})`)
  if (entry.bytes > limits.buildConfigBytesMax)
    throw new SourceError(`${path} has ${entry.bytes} bytes; allowed: ${limits.buildConfigBytesMax}`)
  try {
    return parseBuildConfig(await git(directory, 'cat-file', 'blob', entry.id))
  } catch (error) {
    if (error instanceof GitError) throw error
    throw new SourceError((error as Error).message, { cause: error })
  }
}

async function buildScript({ commit, script }: Job, directory: string): Promise<Script> {
  const [entry] = await entriesOf(directory, commit, script)
  if (entry === undefined) throw new SourceError(`There is no ${script} in ${commit}`)
  if (entry.mode !== executable)
    throw new SourceError(
      `${script} is no executable file (git has mode ${entry.mode}); allowed: ${executable}, made by git update-index --chmod=+x`,
    )
  return { name: script.replace(/^\.ci\//, ''), path: script }
}

/** In the order of their names. What is not executable may be for the others to read; a link is nobody's. */
async function checkScripts({ commit }: Job, directory: string): Promise<Script[]> {
  const entries = await entriesOf(directory, commit, '.ci/checks/')
  const wrong = entries.find(({ mode, path }) => mode === '120000' || !checkPath.test(path))
  if (wrong !== undefined && wrong.mode !== directoryMode)
    throw new SourceError(
      `${JSON.stringify(wrong.path)} cannot be a check; allowed: a file, no link, with a name of ASCII letters, digits, ".", "_" and "-"`,
    )
  const checks = entries.filter(({ mode }) => mode === executable)
  if (checks.length > limits.buildChecksMax)
    throw new SourceError(
      `.ci/checks/ has ${checks.length} executable files; allowed: ${limits.buildChecksMax}`,
    )
  return checks.map(({ path }) => ({ name: path.replace(/^\.ci\/checks\//, ''), path }))
}

const executable = '100755'
const directoryMode = '040000'
const checkPath = /^\.ci\/checks\/[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/

interface Entry {
  /** As git prints it: 100644, 100755, 120000 for a link, 160000 for a submodule, 040000. */
  readonly mode: string
  readonly id: string
  readonly bytes: number
  readonly path: string
}

async function entriesOf(directory: string, commit: string, path: string): Promise<Entry[]> {
  const text = await git(directory, 'ls-tree', '-z', '--long', '--full-tree', commit, '--', path)
  return text.split('\0').flatMap(line => {
    const [, mode = '', id = '', size = '', name = ''] =
      /^(\d{6}) \w+ ([0-9a-f]{40,64}) +(\d+|-)\t(.*)$/s.exec(line) ?? []
    return name === '' ? [] : [{ mode, id, bytes: Number(size) || 0, path: name }]
  })
}
