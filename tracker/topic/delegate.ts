// `Delegate:` says whose task a patchset or a bug is.
import type { Person, TagFact } from '../mail/facts.ts'
import { type Asker, delegateRefusal, type Refusal } from './authority.ts'
import type { Delegate } from './topic.ts'

/** Whom the line names, null for nobody; else why it has no effect. */
export function delegateNamed(
  { value }: TagFact,
  asker: Asker,
): { readonly delegate: Delegate | null } | Refusal {
  const person = personNamed(value, asker.mail.facts.sender)
  if (person === undefined) return { reason: `"${value}" is neither "me", "none" nor a mail address` }
  return delegateRefusal(asker) ?? { delegate: person && { person, by: asker.mail.id } }
}

/** Null for nobody, undefined when it is no name of a person. */
function personNamed(value: string, sender: Person): Person | null | undefined {
  const word = value.trim().toLowerCase()
  if (word === 'me') return sender
  if (word === 'none') return null
  const address = word.match(/<?([^<>\s@"]{1,64}@[^<>\s@"]{1,255})>?$/)?.[1]
  return address === undefined ? undefined : { name: '', address }
}
