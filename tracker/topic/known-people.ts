// What only the whole list can say: whom the list knows. A person is established who posted a patch, or was answered
// by somebody else. The set only grows with the mails, so the fold stays free of the order of arrival: when it grows,
// the threads that were guessed without it are folded again.
import { memo } from '../../base/memo.ts'
import { personKeys, samePerson } from './person.ts'
import { addressesOf, type DatedRoster } from './rules.ts'
import { isPosting } from './series.ts'
import type { Node } from './tree.ts'

export interface KnownPeople {
  /** Person keys (person.ts). */
  readonly established: Pick<ReadonlySet<string>, 'has'>
}

/** Whoever had a role on the list at any time is no stranger; by the address, since anybody may bear the name. */
export function withPeople({ established }: KnownPeople, rosters: readonly DatedRoster[]): KnownPeople {
  const people = addressesIn(rosters)
  return { established: { has: key => established.has(key) || people.has(key) } }
}

const addressesIn = memo((rosters: readonly DatedRoster[]) => {
  const entries = new Set(rosters.flatMap(({ people }) => people))
  return new Set([...entries].flatMap(addressesOf))
})

export const isEstablished = (node: Node, known: KnownPeople): boolean =>
  personKeys(node.facts.sender).some(key => known.established.has(key))

/** The person keys that these mails establish. */
export function establishedBy(nodes: readonly Node[]): Set<string> {
  const keys = new Set<string>()
  for (const node of nodes) {
    if (node.note) continue
    if (isPosting(node)) for (const key of personKeys(node.facts.sender)) keys.add(key)
    const { parent } = node
    // A robot's answer to a spammer makes him nobody's acquaintance.
    if (!parent || node.facts.robot) continue
    const answered = personKeys(parent.facts.sender)
    if (answered.every(key => keys.has(key)) || samePerson(parent.facts.sender, node.facts.sender)) continue
    for (const key of answered) keys.add(key)
  }
  return keys
}
