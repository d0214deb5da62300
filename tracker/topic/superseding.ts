// Which patches of an older revision a newer posting takes the place of. Who may do it is for patch-status.ts.
import { changesOf } from './scope.ts'
import type { Draft } from './series.ts'
import { isBelow, type Node } from './tree.ts'

/** A higher version replaces all; the same one replaces what it posts again: a split stands beside the other half. */
export function replacesAll(draft: Draft, elder: Draft): boolean {
  if ((draft.version ?? 1) > (elder.version ?? 1)) return true
  return changesOf(elder).some(patch => changesOf(draft).some(other => postsAgain(other, patch)))
}

function postsAgain(younger: Node, elder: Node): boolean {
  if (younger.facts.subject.key === elder.facts.subject.key || isBelow(younger, elder.id)) return true
  return elder.facts.patchId !== null && younger.facts.patchId === elder.facts.patchId
}

/** Somebody else carries the change on: the newer posting answers the older and shares its change-id or a patch. */
export function takesOver(draft: Draft, patch: Node): boolean {
  const ids = new Set(
    draft.members.flatMap(({ facts }) => [facts.changeId, facts.patchId]).filter(id => id !== null),
  )
  const shared =
    (patch.facts.patchId && ids.has(patch.facts.patchId)) ||
    (patch.facts.changeId && ids.has(patch.facts.changeId))
  const head = draft.members[0]
  const elders = patch.parent ? [patch, patch.parent] : [patch]
  const change = elders.some(elder => elder.facts.changeId !== null && ids.has(elder.facts.changeId))
  return Boolean(
    head &&
      (shared || change) &&
      elders.some(elder => draft.members.some(member => isBelow(member, elder.id))),
  )
}
