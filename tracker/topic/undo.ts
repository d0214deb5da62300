// `Undo: <Message-ID>` takes back what a mail of the same topic changed, whatever the two times say. It is worked out
// before the states are, so that an undone change never had an effect.
import type { MessageId } from '../../base/ids.ts'
import { type Asker, type Refusal, undoRefusal } from './authority.ts'
import { heardAs, type SpeakingMail } from './speaking-mail.ts'
import type { Undone } from './topic.ts'

export interface Undoing {
  /** The mail that undid what this one changed. */
  by(mail: SpeakingMail): Undone | undefined
  /** Why the line `Undo: <id>` of this mail has no effect; null when it has. */
  refusal(mail: SpeakingMail, id: MessageId): Refusal | null
}

/** `mails` are those of one topic, in order, and those of others that speak of it. */
export function undoingIn(mails: readonly SpeakingMail[], asker: (mail: SpeakingMail) => Asker): Undoing {
  const speakers = mails.filter(mail => mail.facts.tags.length > 0)
  if (speakers.length === 0) return nothingUndone
  const byId = new Map(mails.map(mail => [mail.id, mail]))
  const refusal = (mail: SpeakingMail, id: MessageId): Refusal | null => {
    const target = targetOf(mail, id, byId)
    if ('reason' in target) return target
    return undoRefusal(asker(mail), target)
  }
  const wishes = speakers.flatMap(mail =>
    mail.facts.tags.flatMap((tag): Wish[] => {
      if (tag.tag !== 'Undo') return []
      const target = targetOf(mail, tag.mail, byId)
      return 'reason' in target || undoRefusal(asker(heardAs(mail, tag)), target) ? [] : [{ mail, target }]
    }),
  )
  const granted = new Map([...lasting(wishes)].map(([target, mail]) => [target.id, mail]))
  const by = (mail: SpeakingMail) => {
    const undoing = granted.get(mail.id)
    return undoing ? { mail: undoing.id, who: undoing.facts.sender } : mail.undone
  }
  return { by, refusal }
}

const nothingUndone: Undoing = { by: mail => mail.undone, refusal: () => null }

interface Wish {
  readonly mail: SpeakingMail
  readonly target: SpeakingMail
}

function targetOf(
  mail: SpeakingMail,
  id: MessageId,
  byId: ReadonlyMap<MessageId, SpeakingMail>,
): SpeakingMail | { readonly reason: string } {
  const target = byId.get(id)
  if (!target) return { reason: 'it names no mail of this topic' }
  return target.id === mail.id ? { reason: 'it names itself' } : target
}

/**
 * An undo can be undone, too. All are tried at once, again and again, until nothing changes; mails that undo each
 * other in a circle never come to rest, and then the count ends it, the same in any order of arrival.
 */
function lasting(wishes: readonly Wish[]): Map<SpeakingMail, SpeakingMail> {
  let undone = new Map<SpeakingMail, SpeakingMail>()
  for (let round = 0; round < roundsMax; round++) {
    const next = new Map<SpeakingMail, SpeakingMail>()
    for (const { mail, target } of wishes) if (!undone.has(mail) && !next.has(target)) next.set(target, mail)
    if (next.size === undone.size && [...next].every(([target, mail]) => undone.get(target) === mail)) break
    undone = next
  }
  return undone
}

const roundsMax = 50
