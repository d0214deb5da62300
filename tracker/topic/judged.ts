// What was judged is what stays accepted: a mail that changed a state spoke of the text that stood then, and another text
// under the same Message-ID inherits nothing of it. Which one stood is kept in the log (table `judged`).
import type { IndexKey, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Verdict } from './verdict.ts'

/** Of each patch or report that was judged: by which mail in which bytes, their SHA-256 in hex. */
export type Judged = ReadonlyMap<IndexKey, ReadonlyMap<IndexKey, string>>

/** A live mail changes the state of what stands as these bytes. */
export interface Judging {
  readonly mail: MessageId
  readonly target: MessageId
  /** SHA-256 in hex. */
  readonly text: string
}

/** What of a mail that is judged says which of its texts is meant. */
export interface Judgeable {
  /** SHA-256, in hex, of the bytes that are read. */
  readonly text: string
  /** The mails that judged another text than the one that is read. */
  readonly elsewhere: ReadonlySet<IndexKey>
  /** A text came live and is read in place of the one that the archive has. */
  readonly afterHistory: boolean
}

interface Speaker {
  readonly id: MessageId
  readonly verdict: Verdict
}

/** Null when the mail speaks of the text that is read. An imported mail judges what the archive has. */
export function textRefusal(mail: Speaker, target: Judgeable): { reason: string } | null {
  const { elsewhere, afterHistory } = target
  const other =
    mail.verdict.grade === 'I' ? afterHistory : elsewhere.size > 0 && elsewhere.has(indexKey(mail.id))
  return other ? { reason: 'another text came later; it was said of the one before' } : null
}

/** What a mail judged in one fold; what an archive brings is bound by its time. */
export class Judgements {
  readonly #found = new Map<string, Judging>()

  get all(): readonly Judging[] {
    return [...this.#found.values()]
  }

  add(mail: Speaker, targets: readonly { id: MessageId; text: string; judged: boolean }[]): void {
    if (mail.verdict.grade === 'I') return
    for (const target of targets) {
      const { id, text } = target
      target.judged = true
      this.#found.set(`${mail.id} ${id}`, { mail: mail.id, target: id, text })
    }
  }
}

/** Those that no fold before has written. */
export const newJudgings = (all: readonly Judging[], judged: Judged): Judging[] =>
  all.filter(({ mail, target }) => !judged.get(indexKey(target))?.has(indexKey(mail)))
