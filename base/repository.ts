// Where a list's repository is: a directory of this machine, which is read in place and never written to, or an
// address, which is fetched into a mirror below the data directory.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { boundedGit, GitError, git } from './git.ts'
import { limits } from './limits.ts'

/** `https://`, `ssh://`, `git://`, or `user@host:path` as ssh takes it. */
export const isRemote = (repository: string): boolean =>
  /^(?:https|ssh|git):\/\//i.test(repository) ||
  /^(?:[\w.-]{1,100}@)?[\w.-]{1,300}:(?!:|\/\/)/.test(repository)

/** A path, or an address by one of the protocols above: `ext::` and its kind run programs. */
export const isRepository = (text: string): boolean =>
  isRemote(text) || (!/^[a-z][a-z0-9+.-]*:/i.test(text) && !text.startsWith('-'))

/** The directory to read; of an address it is the mirror, brought up to date first. Throws `GitError`. */
export async function openRepository(
  repository: string,
  data: string,
  signal?: AbortSignal,
): Promise<string> {
  if (isRemote(repository)) return fetchMirror(repository, data, signal)
  if (!existsSync(repository)) throw new GitError(`there is no directory ${JSON.stringify(repository)}`)
  await git(repository, 'rev-parse', '--git-dir')
  return repository
}

/** The directory that stands for it now, without fetching; null for an address that was not fetched yet. */
export function standingRepository(repository: string, data: string): string | null {
  const directory = isRemote(repository) ? mirrorOf(repository, data) : repository
  return existsSync(directory) ? directory : null
}

/** Says on one line what was found, without fetching anything. Throws `GitError`. */
export async function reachRepository(repository: string): Promise<string> {
  if (!isRemote(repository)) {
    await openRepository(repository, '')
    return `${repository}, read in place`
  }
  await boundedGit('.', ['ls-remote', '--symref', '--end-of-options', repository, 'HEAD'], {
    secondsMax: limits.repositoryAskSecondsMax,
    network: true,
  })
  return `${withoutLogin(repository)}, answers`
}

/** For logs and pages: an address may hold a token. */
export const withoutLogin = (repository: string): string =>
  repository.replace(/^(https?:\/\/)[^/@]{0,300}@/i, '$1...@')

async function fetchMirror(url: string, data: string, signal: AbortSignal | undefined): Promise<string> {
  const mirror = mirrorOf(url, data)
  if (!existsSync(join(mirror, 'HEAD'))) {
    mkdirSync(mirror, { recursive: true })
    await git(mirror, 'init', '--quiet', '--bare', '--template=', '.')
  }
  const bounds = {
    secondsMax: limits.fetchSecondsMax,
    network: true,
    excess: () => (signal?.aborted ? 'Threadwork ends' : tooLarge(mirror)),
  }
  try {
    const options = ['--quiet', '--prune', '--no-tags', '--force', '--no-recurse-submodules']
    const wanted = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
    // Git tidies up now and then; here, within the bounds, and not in a process that is left behind.
    await boundedGit(
      mirror,
      [
        '-c',
        'gc.autoDetach=false',
        'fetch',
        ...options,
        '--no-write-fetch-head',
        '--end-of-options',
        url,
        ...wanted,
      ],
      bounds,
    )
    await followHead(url, mirror)
  } catch (error) {
    dropHalfPacks(mirror)
    throw error
  }
  return mirror
}

const mirrorOf = (url: string, data: string) =>
  join(data, 'mirrors', `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.git`)

/** The branch that the other side calls its own. */
async function followHead(url: string, mirror: string): Promise<void> {
  const answer = await boundedGit(mirror, ['ls-remote', '--symref', '--end-of-options', url, 'HEAD'], {
    secondsMax: limits.repositoryAskSecondsMax,
    network: true,
  })
  const ref = answer.match(/^ref: (refs\/heads\/[^\t\n]{1,500})\tHEAD$/m)?.[1]
  if (ref !== undefined) await git(mirror, 'symbolic-ref', 'HEAD', ref)
}

function tooLarge(mirror: string): string | null {
  const bytes = packFiles(mirror).reduce((sum, { size }) => sum + size, 0)
  return bytes > limits.mirrorBytesMax ? `the mirror grew beyond ${limits.mirrorBytesMax} bytes` : null
}

/** What a fetch that was killed leaves behind. */
function dropHalfPacks(mirror: string): void {
  for (const { path } of packFiles(mirror)) if (/\/tmp_[^/]*$/.test(path)) rmSync(path, { force: true })
}

function packFiles(mirror: string): { path: string; size: number }[] {
  const directory = join(mirror, 'objects', 'pack')
  if (!existsSync(directory)) return []
  return readdirSync(directory).map(name => {
    const path = join(directory, name)
    return { path, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }
  })
}
