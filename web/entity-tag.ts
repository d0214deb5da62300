// The tag of an answer (RFC 9110 8.8.3), of the versions of what it was made of: who holds it needs no answer again, and nothing is
// made only to be hashed.
import { createHash } from 'node:crypto'
import { version } from './version.ts'

/** Weak: the same answer may leave in different bytes. */
export function entityTag(versions: readonly string[]): string {
  const hash = createHash('sha256').update([version, ...versions].join('\0'))
  return `W/"${hash.digest('base64url').slice(0, 22)}"`
}

/** RFC 9110 13.1.2: a list of tags, compared weakly, or `*`. */
export const holdsTag = (header: string | undefined, tag: string): boolean =>
  header
    ?.split(',')
    .some(given => given.trim() === '*' || given.trim().replace(/^W\//, '') === tag.slice(2)) ?? false
