// A public-inbox archive: a git repository whose history is the order of arrival. In v1 a tree holds each mail at the
// SHA-1 of its Message-ID (`01/23...`); in v2, which is cut into epochs (`0.git`, `1.git` ...), a commit has one file,
// `m` for a mail or `d` for one that was taken out again. Places are commits.
import { existsSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { GitError, git, startGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import { readBlobs } from './git-blobs.ts'
import { mailOfFile } from './mail-file.ts'
import type { Source, SourceItem } from './source.ts'

/** The git directories of an archive, oldest epoch first: itself, or its epochs; empty when it is none. */
export async function epochsOf(path: string): Promise<string[]> {
  if (isRepository(path)) return [path]
  if (isRepository(join(path, '.git'))) return [join(path, '.git')]
  for (const folder of [join(path, 'git'), path]) {
    const names = await readdir(folder).catch(() => [])
    const epochs = names
      .filter(name => /^\d{1,6}\.git$/.test(name))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    if (epochs.length > 0) return epochs.map(name => join(folder, name))
  }
  return []
}

const isRepository = (path: string) => ['HEAD', 'objects', 'refs'].every(name => existsSync(join(path, name)))

/** One epoch, or a v1 archive. */
export async function openPublicInbox(path: string): Promise<Source> {
  const head = await headOf(path)
  const commits =
    head === undefined
      ? 0
      : Number(await git(path, 'rev-list', '--count', '--first-parent', '--end-of-options', head, '--'))
  let done = 0
  return {
    path,
    key: toStorableText(`${await realpath(path)} git`),
    size: commits * usualMailBytes,
    grows: true,
    get done() {
      return done
    },
    async *read(position) {
      const newest = await headOf(path)
      if (newest === undefined || newest === position) return
      const start = position !== undefined && (await isBehind(path, position, newest)) ? position : undefined
      if (start !== undefined)
        done =
          Number(await git(path, 'rev-list', '--count', '--first-parent', '--end-of-options', start, '--')) *
          usualMailBytes
      for await (const item of readHistory(path, start, newest)) {
        if (item.position !== null) done += usualMailBytes
        yield item
      }
    },
  }
}

/** For the time that is left: a history knows its commits and not their bytes. */
const usualMailBytes = 8 * 1024

/** The newest commit; undefined for an epoch that has none yet. */
async function headOf(path: string): Promise<string | undefined> {
  const refs = await git(path, 'for-each-ref', '--count=1', '--format=%(refname)')
  if (refs.trim() === '') return undefined
  return (await git(path, 'rev-parse', '--verify', '--end-of-options', 'HEAD^{commit}')).trim()
}

/** False when the history was written again since (a purge does that): then all of it is read. */
async function isBehind(path: string, position: string, newest: string): Promise<boolean> {
  try {
    await git(path, 'merge-base', '--is-ancestor', '--end-of-options', position, newest)
    return true
  } catch (error) {
    if (error instanceof GitError) return false
    throw error
  }
}

/** A blob that a commit brought or took away. */
interface Change {
  readonly kind: 'mail' | 'deleted'
  readonly blob: string
  readonly commit: string
  /** Whether nothing more of the same commit follows. */
  readonly last: boolean
}

async function* readHistory(
  path: string,
  start: string | undefined,
  newest: string,
): AsyncGenerator<SourceItem> {
  for await (const { asked, content } of readBlobs(
    path,
    changes(path, start, newest),
    limits.importMailBytesMax,
  )) {
    const { kind, commit, last } = asked
    const place = { position: last ? commit : null, at: `in commit ${commit.slice(0, 12)}` }
    if (typeof content === 'number') yield { ...place, kind: 'too-large', size: content }
    else yield { ...place, kind, bytes: mailOfFile(content) }
  }
}

/** The changes of each commit, the oldest first. Plumbing, because `git log` follows what a repository configures. */
async function* changes(path: string, start: string | undefined, newest: string): AsyncGenerator<Change> {
  const range = start === undefined ? newest : `${start}..${newest}`
  const commits = startGit(path, 'rev-list', '--reverse', '--first-parent', '--end-of-options', range, '--')
  const trees = startGit(
    path,
    'diff-tree',
    '--stdin',
    '-r',
    '--root',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '--diff-merges=first-parent',
  )
  try {
    commits.output.pipe(trees.input)
    let commit = ''
    let waiting: Omit<Change, 'last'> | undefined
    for await (const line of createInterface({ input: trees.output })) {
      const change = changeIn(line)
      if (change === undefined && !isCommit(line)) continue
      if (waiting) yield { ...waiting, last: change === undefined }
      waiting = change && { ...change, commit }
      if (change === undefined) commit = line.slice(0, line.search(/ |$/))
    }
    if (waiting) yield { ...waiting, last: true }
    const stderr = commits.stderr() || trees.stderr()
    if (stderr !== '') throw new Error(`git says: ${stderr}`)
  } finally {
    await Promise.all([commits.end(), trees.end()])
  }
}

const isCommit = (line: string) => /^[0-9a-f]{40,64}\b/.test(line)

/** `:100644 100644 OLD NEW A<tab>m`; undefined for a path that holds no mail. */
function changeIn(line: string): Pick<Change, 'kind' | 'blob'> | undefined {
  const [, old = '', now = '', status = '', name = ''] =
    /^:\d{6} \d{6} ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([A-Z])\d*\t(.+)$/.exec(line) ?? []
  const isV1 = /^[0-9a-f]{2}\/[0-9a-f]{38}$/.test(name)
  if (status === 'D') return isV1 ? { kind: 'deleted', blob: old } : undefined
  if (status !== 'A' && status !== 'M') return undefined
  if (isV1 || name === 'm') return { kind: 'mail', blob: now }
  return name === 'd' ? { kind: 'deleted', blob: now } : undefined
}
