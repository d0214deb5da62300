// `Delegate:` says whose task a patchset or a bug is.
import type { TagValue } from '../mail/facts.ts'
import { type Asker, delegateRefusal, type Refusal } from './authority.ts'
import type { Delegate } from './topic.ts'

/** Whom the line names, null for nobody; else why it has no effect. */
export function delegateNamed(
  { to }: Extract<TagValue, { tag: 'Delegate' }>,
  asker: Asker,
): { readonly delegate: Delegate | null } | Refusal {
  const person = to === 'me' ? asker.mail.facts.sender : to
  return delegateRefusal(asker) ?? { delegate: person && { person, by: asker.mail.id } }
}
