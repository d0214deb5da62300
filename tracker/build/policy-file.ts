// The policy as its file says now: it is read again when the file changes, so that nobody has to restart a server to take
// somebody's right away.
import { statSync } from 'node:fs'
import { type Policy, readPolicy } from '../../ci/policy.ts'

/** Throws, each time it is asked, what is wrong in the file. */
export function openPolicy(path: string): () => Policy {
  let known: { stamp: string; policy: Policy } | null = null
  return () => {
    const { mtimeMs, size, ino } = statSync(path)
    const stamp = `${mtimeMs} ${size} ${ino}`
    if (known?.stamp !== stamp) known = { stamp, policy: readPolicy(path) }
    return known.policy
  }
}
