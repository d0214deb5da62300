// The repository of published patchsets in a backup, and back: builds and results name its commits.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { boundedGit, git, upload } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { publishedRepository, tidy } from './published.ts'

const inBackup = (directory: string): string => join(directory, 'ci.git')

/** Brings what is in the data directory and not yet, or no more, in the backup. */
export const backUpPublished = (data: string, directory: string): Promise<void> =>
  mirror(publishedRepository(data), inBackup(directory))

export const restorePublished = (directory: string, data: string): Promise<void> =>
  mirror(inBackup(directory), publishedRepository(data))

async function mirror(from: string, to: string): Promise<void> {
  if (!existsSync(join(from, 'HEAD'))) return
  if (!existsSync(join(to, 'HEAD'))) {
    await mkdir(to, { recursive: true, mode: 0o700 })
    await git(to, 'init', '--quiet', '--bare', '--template=', '.')
  }
  const way = [
    '-c',
    'protocol.file.allow=always',
    ...tidy,
    'fetch',
    '--quiet',
    '--prune',
    '--no-tags',
    '--force',
  ]
  const options = ['--no-write-fetch-head', '--no-recurse-submodules', upload, '--end-of-options']
  await boundedGit(to, [...way, ...options, from, '+refs/*:refs/*'], { secondsMax: limits.fetchSecondsMax })
}
