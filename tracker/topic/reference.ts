// What a line such as `Closes: #12` or `Undo: <id>` points to: a Message-ID, an archive's address of one, or a bug's
// number.
import { type MessageId, messageId } from '../../base/ids.ts'
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

/** Why a line does not speak of the topic that holds these mails; null when it does. */
export function elsewhere(
  { on, bug }: TagFact,
  said: number,
  here: ReadonlySet<MessageId>,
  numbers: BugNumbers,
): string | null {
  if (on !== undefined) return here.has(on) ? null : 'it speaks of a mail of another topic'
  if (bug === undefined) return null
  const found = resolve(`#${bug}`, said, numbers)
  if ('reason' in found) return found.reason
  return here.has(found.id) ? null : `it speaks of bug #${bug}, which is another topic`
}

/** In brackets, at the end of an address, or bare. */
function idIn(reference: string): MessageId | null {
  const text = reference.trim().slice(0, 600)
  const found =
    text.match(/<([^<>\s]{3,500})>/)?.[1] ??
    text.match(/\/([^/\s]{1,400}(?:@|%40)[^/\s]{1,200})\/?$/)?.[1] ??
    text.match(/^(?:mid:)?([^<>\s/]{1,400}@[^<>\s/]{1,200})$/)?.[1]
  return found === undefined ? null : messageId(found.replace('%40', '@'))
}
