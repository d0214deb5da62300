// What a line such as `Closes: #12` or `Undo: <id>` points to: a Message-ID, an archive's address of one, or a bug's
// number.
import { type MessageId, messageId } from '../../base/ids.ts'
import { idInUrl } from '../mail/archive-url.ts'
import type { TagFact } from '../mail/facts.ts'

/** The number of a bug, as the log gave it. */
interface NumberedBug {
  readonly id: MessageId
  /** A mail that was said before knew no such number; milliseconds. */
  readonly since: number
}

export type BugNumbers = ReadonlyMap<number, NumberedBug>

/** The mail that is meant; else why nobody can say. */
export function resolve(
  reference: string,
  said: number,
  numbers: BugNumbers,
): { readonly id: MessageId } | { readonly reason: string } {
  const number = reference.match(/^#(\d{1,9})$/)?.[1]
  if (number === undefined) {
    const id = idIn(reference)
    return id === null ? { reason: `"${reference}" names no mail` } : { id }
  }
  const bug = numbers.get(Number(number))
  return bug && bug.since <= said
    ? { id: bug.id }
    : { reason: `there was no bug #${number} when it was said` }
}

/** The mail of another topic that a line speaks of, or why nobody can say; null when it speaks of the one with these mails. */
export function elsewhere(
  { on, bug, recorded }: TagFact,
  said: number,
  here: { has(id: MessageId): boolean },
  numbers: BugNumbers,
): ReturnType<typeof resolve> | null {
  if (recorded) return null
  const found = on !== undefined ? { id: on } : bug !== undefined ? resolve(`#${bug}`, said, numbers) : null
  return found && 'id' in found && here.has(found.id) ? null : found
}

/** In brackets, in an archive's address, or bare. */
function idIn(reference: string): MessageId | null {
  const text = reference.trim().slice(0, 600)
  const found =
    text.match(/<([^<>\s]{3,500})>/)?.[1] ??
    (text.includes('/')
      ? idInUrl(/^https?:/i.test(text) ? text : `https://${text}`)
      : text.match(/^(?:mid:)?([^<>\s/]{1,400}@[^<>\s/]{1,200})$/)?.[1])
  return found == null ? null : messageId(found)
}
