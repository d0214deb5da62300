// Is a revision all here? Missing mails mean three things: not arrived, replaced one by one (a partial reroll), or
// sent to other lists only.
import { type Draft, numberOf } from './series.ts'
import type { Revision } from './topic.ts'
import type { Node } from './tree.ts'

export function completenessOf(draft: Draft, elder: Draft | null): Revision['completeness'] {
  if (missingOf(draft).length === 0) return 'complete'
  if (elder && [...draft.patches.values()].every(patch => replaces(patch, elder)) && draft.patches.size > 0)
    return 'partial-reroll'
  return sentElsewhere(draft) ? 'rest-elsewhere' : 'incomplete'
}

/** The numbers from 1 to the total that are not here. */
export function missingOf(draft: Draft): number[] {
  return Array.from({ length: draft.total }, (_, i) => i + 1).filter(number => !draft.patches.has(number))
}

/** Answers the same number of the elder, or repeats its title. */
function replaces(patch: Node, elder: Draft): boolean {
  const old = elder.patches.get(numberOf(patch))
  if (!old) return false
  for (let at = patch.parent; at; at = at.parent) if (at === old) return true
  return old.facts.subject.key === patch.facts.subject.key
}

/** A cover that never came while patches answer it, and few of many are here: the rest went to other lists. */
function sentElsewhere(draft: Draft): boolean {
  const headless = draft.cover === null && draft.members.some(member => member.ghost !== null)
  return headless && draft.patches.size * 2 <= draft.total
}
