// The mail that a line such as `Closes: #12` points to.
import type { MessageId } from '../../base/ids.ts'
import type { Reference, TagFact } from '../mail/facts.ts'
import { refText, type Spoken } from '../mail/tag/value.ts'

/** The number of a bug, as the log gave it. */
interface NumberedBug {
  readonly id: MessageId
  /** A mail that was said before knew no such number; milliseconds. */
  readonly since: number
}

export type BugNumbers = ReadonlyMap<number, NumberedBug>

/** The mail that is meant; else why nobody can say. */
export function resolve(
  reference: Reference,
  said: number,
  numbers: BugNumbers,
): { readonly id: MessageId } | { readonly reason: string } {
  if ('mail' in reference) return { id: reference.mail }
  if ('url' in reference) return { reason: `"${reference.url}" names no mail` }
  const bug = numbers.get(reference.bug)
  return bug && bug.since <= said
    ? { id: bug.id }
    : { reason: `there was no bug ${refText(reference)} when it was said` }
}

/** What the value of a line points to. */
export function referenceOf(tag: Spoken): Reference | null {
  if ('ref' in tag) return tag.ref
  if (tag.tag === 'Bug-Status') return tag.of ?? null
  return 'mail' in tag ? { mail: tag.mail } : null
}

/** The mail of another topic that a line speaks of, or why nobody can say; null when it speaks of the one with these mails. */
export function elsewhere(
  { on, bug }: Spoken<TagFact>,
  said: number,
  here: { has(id: MessageId): boolean },
  numbers: BugNumbers,
): ReturnType<typeof resolve> | null {
  const found = on !== undefined ? { id: on } : bug !== undefined ? resolve({ bug }, said, numbers) : null
  return found && 'id' in found && here.has(found.id) ? null : found
}
