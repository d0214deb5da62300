// What git still has of a build: the tree of its commit, and whether the ref that people fetch leads to it. Refs of old patchsets and
// nights are dropped one day, and a page must not tell anybody to fetch what is gone.
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { keepRecent } from '../../base/recent.ts'
import { nightlyRefs, publishedRepository } from '../../ci/published.ts'
import type { BuildRow } from '../../sql/builds.ts'
import type { PlaceOptions } from './place.ts'

export interface KeptCommit {
  /** Null where git does not have the commit any more. */
  readonly tree: string | null
  /** Of what is published here: its ref is there and leads to this commit. */
  readonly fetched: boolean
}

export async function keptCommit(build: BuildRow, options: PlaceOptions): Promise<KeptCommit> {
  const { kind, ref, commit } = build
  const directory = commit === null ? null : directoryOf(build, options)
  if (directory === null || commit === null) return { tree: null, fetched: false }
  const fetched = kind !== 'push' && (await refsBelow(directory, ref)).get(ref) === commit
  return { tree: await treeOf(directory, commit), fetched }
}

/** The nights of a list that can be fetched: the commit of each ref, the newest first. None where the policy makes none. */
export async function keptNights(
  list: string,
  { policy, data }: PlaceOptions,
): Promise<ReadonlyMap<string, string>> {
  try {
    const isMade = policy()?.patches.some(patches => patches.list === list && patches.nightly) ?? false
    if (!isMade) return new Map()
  } catch {
    return new Map()
  }
  const refs = await refsBelow(publishedRepository(data), nightlyRefs(list))
  return new Map([...refs].toReversed())
}

function directoryOf({ kind, repository }: BuildRow, { policy, data }: PlaceOptions): string | null {
  if (kind !== 'push') return publishedRepository(data)
  try {
    return policy()?.repositories.find(({ name }) => name === repository)?.path ?? null
  } catch {
    // It is read again each time, and what is wrong in it is said where it is needed to build.
    return null
  }
}

/** By name, which of nights is their age. */
async function refsBelow(directory: string, ref: string): Promise<Map<string, string>> {
  try {
    const text = await git(
      directory,
      'for-each-ref',
      '--format=%(objectname) %(refname)',
      '--end-of-options',
      ref,
    )
    return new Map(
      text.split('\n').flatMap((line): [string, string][] => {
        const [commit = '', name = ''] = line.split(' ')
        return name === '' ? [] : [[name, commit]]
      }),
    )
  } catch (error) {
    if (error instanceof GitError) return new Map()
    throw error
  }
}

/** By repository and commit, which never change. */
const trees = keepRecent<string>(limits.treesBytesKeptMax)

async function treeOf(directory: string, commit: string): Promise<string | null> {
  const key = `${directory} ${commit}`
  const found = trees.get(key)
  if (found !== undefined) return found
  try {
    const tree = (await git(directory, 'rev-parse', '--verify', '--quiet', `${commit}^{tree}`)).trim()
    trees.keep(key, tree, 4 * key.length)
    return tree
  } catch (error) {
    if (error instanceof GitError) return null
    throw error
  }
}
