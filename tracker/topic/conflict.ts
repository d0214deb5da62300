// Two maintainers who did not see each other's mail: the later word does not silently replace the earlier decision.
import type { MessageId } from '../../base/ids.ts'
import { type Asker, isBrought, type Refusal, roleOf, sameHuman } from './authority.ts'
import { wordsAt } from './history.ts'
import { rosterAt } from './rules.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import type { Role } from './topic.ts'
import { isBelow } from './tree.ts'

/** A decision that stands: its mail, and what its sender was to the patch or bug. */
export interface Decision {
  readonly state: string
  readonly mail: SpeakingMail | null
  readonly role: Role | null
}

/**
 * Another maintainer decided otherwise, more than five minutes ago, and this mail is no answer to that one. Within five
 * minutes the two mails crossed, and the later one counts.
 */
export function conflictWith(
  { state, mail: decision, role }: Decision,
  asker: Asker,
): (Refusal & { against: MessageId }) | null {
  const { mail, rules } = asker
  if (!decision || role !== 'maintainer' || roleOf(asker, 'author') === 'robot') return null
  // What another tracker had is where we begin: it came behind the decisions before it, and is in nobody's way.
  if (isBrought(mail) || isBrought(decision)) return null
  const { sender } = decision.facts
  if (sameHuman(sender, mail.facts.sender, rosterAt(rules.rosters, mail.counts))) return null
  if (wordsAt(mail) - wordsAt(decision) <= crossingMs || isAnswer(mail, decision)) return null
  const name = sender.name || sender.address
  return {
    reason: `${name} set "${state}" before, and this is no answer to that mail`,
    against: decision.id,
  }
}

const crossingMs = 5 * 60_000

const isAnswer = (mail: SpeakingMail, { id }: SpeakingMail): boolean =>
  isBelow(mail, id) || (mail.above?.includes(id) ?? false)
