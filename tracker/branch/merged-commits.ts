// What a merge brought, for the commit that takes it back: `git revert -m` names the merge and the parent it goes back to.
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { CommitFacts } from '../topic/commit.ts'

/** The commit takes back what the merges brought that it takes back, the newest of each. */
export async function withMerged(directory: string, commit: CommitFacts): Promise<CommitFacts> {
  if (commit.merges === undefined) return commit
  const brought: string[] = []
  for (const merge of commit.merges) brought.push(...(await broughtBy(directory, merge)))
  return { ...commit, reverts: [...new Set([...commit.reverts, ...brought])] }
}

/** Anybody can write such a line: it is believed where it names a merge and one of its parents. */
async function broughtBy(
  directory: string,
  { merge, kept }: { readonly merge: string; readonly kept: string },
): Promise<string[]> {
  try {
    const [line = ''] = await revisions(directory, '--parents', '--max-count=1', merge)
    const [id = '', ...parents] = line.split(' ')
    const parent = parents.find(one => one.startsWith(kept))
    if (parents.length < 2 || parent === undefined) return []
    return await revisions(directory, `--max-count=${limits.mergedCommitsMax}`, id, `^${parent}`)
  } catch (error) {
    // The repository has no such commit.
    if (error instanceof GitError) return []
    throw error
  }
}

const revisions = async (directory: string, ...words: string[]) =>
  (await git(directory, 'rev-list', ...words, '--')).split('\n').filter(line => line !== '')
