// A line of a topic's history: what a mail asked for, who its sender was to it, and what came of it.
import type { MessageId } from '../../base/ids.ts'
import { nameOf, type Spoken, valueText } from '../mail/tag/value.ts'
import type { Refusal } from './authority.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import type { Change, Role, Undone } from './topic.ts'

/** One thing that happens to a topic: a posting, the words of a mail, a closing, a landing; `at` is milliseconds. */
export interface Step {
  readonly at: number
  take(): void
}

/** Takes the steps in order; of several at one time those that are named first come first. */
export function takeInOrder(steps: readonly Step[]): void {
  for (const { take } of steps.toSorted((a, b) => a.at - b.at)) take()
}

/** When what a mail says counts: what its sender confirmed by answering a token mail from that time on. */
export const wordsAt = ({ said, verdict }: SpeakingMail): number => Math.max(said, verdict.confirmed ?? said)

/** What a change is called, and to what it set. */
export type Named = Pick<Change, 'what' | 'value' | 'state' | 'digest'>

/** What a line asks for. */
export function namedBy(tag: Spoken): Named {
  const state = tag.tag === 'Patch-Status' ? tag.state : tag.tag === 'Bug-Status' ? tag.status : undefined
  return { what: nameOf(tag), value: valueText(tag), ...(state ? { state } : {}) }
}

type Asked = Omit<Change, 'reason' | 'effect'>

export const changeBy = (mail: SpeakingMail, role: Role, named: Named): Asked => ({
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
