// The parts of a mail that its page offers for download: what is attached, and what is no text.
import type { DecodedMail } from '../../tracker/decode/mail.ts'

export interface Attachment {
  /** Where it lies in the tree of parts: `2`, `1.3`. */
  readonly path: string
  readonly type: string
  /** As the sender wrote it. */
  readonly filename: string | null
}

/** In the order of the mail. */
export function attachmentsOf(mail: DecodedMail): Attachment[] {
  const texts = mail.parts.filter(part => part.attached || mail.attachedPatches.includes(part))
  return [...texts, ...mail.others].sort((a, b) => comparePaths(a.path, b.path))
}

function comparePaths(a: string, b: string): number {
  const [one, other] = [a.split('.').map(Number), b.split('.').map(Number)]
  const at = one.findIndex((number, index) => number !== other[index])
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}
