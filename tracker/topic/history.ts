// A line of a topic's history: what a mail asked for, who its sender was to it, and what came of it.
import type { MessageId } from '../../base/ids.ts'
import { nameOf, type Spoken, valueText } from '../mail/tag/value-text.ts'
import type { Refusal } from './authority.ts'
import type { Change, Role, Undone } from './topic.ts'
import type { Node } from './tree.ts'
import type { Voice } from './voice.ts'

/**
 * Goes through the mails in order, first what each posts, then what it says; `others` are mails of other topics, of
 * which only the words count. What a sender confirmed by answering a token mail counts from that time on.
 */
export function inOrderOfWords(
  mails: readonly Node[],
  others: readonly Voice[],
  post: (mail: Node) => void,
  hear: (mail: Voice) => void,
): void {
  const words = (mail: Voice) => ({ at: wordsAt(mail), take: () => hear(mail) })
  const own = mails.flatMap(mail => [{ at: mail.said, take: () => post(mail) }, words(mail)])
  const steps = [...own, ...others.map(words)]
  for (const { take } of steps.sort((a, b) => a.at - b.at)) take()
}

/** When what a mail says counts. */
export const wordsAt = ({ said, verdict }: Voice): number => Math.max(said, verdict.confirmed ?? said)

/** What a change is called, and to what it set. */
export type Named = Pick<Change, 'what' | 'value' | 'state'>

/** What a line asks for. */
export function namedBy(tag: Spoken): Named {
  const state = tag.tag === 'Patch-Status' ? tag.state : tag.tag === 'Bug-Status' ? tag.status : undefined
  return { what: nameOf(tag), value: valueText(tag), ...(state ? { state } : {}) }
}

type Asked = Omit<Change, 'reason' | 'effect'>

export const changeBy = (mail: Voice, role: Role, named: Named): Asked => ({
  mail: mail.id,
  who: mail.facts.sender,
  said: mail.said,
  ...named,
  vouch: { role, grade: mail.verdict.grade, how: mail.verdict.how },
})

export interface Outcome {
  /** Why it, or a part of it, has no effect. */
  readonly refusal: (Refusal & { readonly against?: MessageId }) | null
  /** What the sender gave as reason. */
  readonly words?: string | undefined
  readonly effect: boolean
  readonly undoneBy: Undone | undefined
}

export function withOutcome(asked: Asked, { refusal, words, effect, undoneBy }: Outcome): Change {
  if (effect && undoneBy)
    return {
      ...asked,
      reason: words ?? null,
      effect: false,
      undone: undoneBy,
    }
  return {
    ...asked,
    reason: refusal?.reason ?? words ?? null,
    effect,
    ...(refusal?.against ? { against: refusal.against } : {}),
    ...(refusal?.unconfirmed ? { unconfirmed: true } : {}),
  }
}
