// What a push did to a ref, asked of the repository itself: what the spool says of it is somebody's word.
import { realpath } from 'node:fs/promises'
import { askGit } from '../../base/git.ts'
import type { Policy, PolicyRepository } from '../../ci/policy.ts'

/** By the directory that a hook named; undefined when the policy does not know it. */
export async function repositoryAt(policy: Policy, directory: string): Promise<PolicyRepository | undefined> {
  const place = await realOf(directory)
  for (const repository of policy.repositories)
    if ((await realOf(repository.path)) === place) return repository
  return undefined
}

const realOf = (path: string): Promise<string> => realpath(path).catch(() => path)

/** What it points to, a commit or a tag; null for a ref that is not there. */
export async function tipOf(directory: string, ref: string): Promise<string | null> {
  // rev-parse would take `refs/heads/refs/heads/x` for `refs/heads/x` (gitrevisions(7)).
  const { code, out, said } = await askGit(directory, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    ref,
  ])
  if (code !== 0) throw new Error(`Cannot look for ${ref}: ${said.trim()}`)
  const lines = out.toString().split('\n')
  const line = lines.find(each => each.endsWith(` ${ref}`))
  return line?.slice(0, line.indexOf(' ')) ?? null
}

/** Of a commit or a tag; null for what leads to no commit, or is not there any more. */
export async function commitOf(directory: string, id: string): Promise<string | null> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}^{commit}`]
  const { code, out, said } = await askGit(directory, words)
  if (code === 0) return out.toString().trim()
  if (code === 1) return null
  throw new Error(`Cannot look for ${id}: ${said.trim()}`)
}

/**
 * Whether the ref still is where the push left it: `newest`; whether that is a part of its history by now: `older`; or it
 * holds it no more.
 */
export async function standingOf(
  directory: string,
  pushed: { ref: string; id: string; commit: string },
): Promise<'newest' | 'older' | 'gone'> {
  const tip = await tipOf(directory, pushed.ref)
  if (tip === null) return 'gone'
  if (tip === pushed.id) return 'newest'
  const { code, said } = await askGit(directory, ['merge-base', '--is-ancestor', pushed.commit, tip])
  if (code === 0) return 'older'
  if (code === 1) return 'gone'
  throw new Error(`Cannot tell what became of ${pushed.ref}: ${said.trim()}`)
}
