// The branches of a repository that a list follows, each with its newest commit.
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'

export interface BranchHead {
  readonly name: string
  readonly head: string
}

/** In the order of the patterns, then by name; without a pattern it is the branch that HEAD stands on. */
export async function followedBranches(
  directory: string,
  patterns: readonly string[],
): Promise<BranchHead[]> {
  if (patterns.length === 0) return ownBranch(directory)
  const text = await git(directory, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/')
  const all = text.split('\n').flatMap(line => {
    const [, head = '', name = ''] = line.match(/^([0-9a-f]{40,64}) refs\/heads\/(.+)$/) ?? []
    return name === '' ? [] : [{ name, head }]
  })
  const chosen = patterns.flatMap(pattern => all.filter(({ name }) => matches(pattern, name)))
  return [...new Set(chosen)].slice(0, limits.watchedBranchesMax)
}

async function ownBranch(directory: string): Promise<BranchHead[]> {
  const name = await git(directory, 'symbolic-ref', '--quiet', '--short', 'HEAD').catch(() => 'HEAD')
  try {
    const head = await git(directory, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}')
    return [{ name: name.trim(), head: head.trim() }]
  } catch (error) {
    // A repository without any commit yet.
    if (error instanceof GitError) return []
    throw error
  }
}

/** `*` stands for any characters but a slash, as in a shell. */
function matches(pattern: string, name: string): boolean {
  const words = pattern.split('*').map(word => word.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${words.join('[^/]{0,250}')}$`).test(name)
}
