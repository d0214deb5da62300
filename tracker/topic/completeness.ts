// Is a revision all here? Missing mails mean three things: not arrived, replaced one by one (a partial reroll), or
// sent to other lists only.
import { type Draft, numberOf, titleIn } from './series.ts'
import type { Revision } from './topic.ts'
import { isBelow, type Node } from './tree.ts'

/** `elders`: the earlier revisions of the chain. */
export function completenessOf(draft: Draft, elders: readonly Draft[]): Revision['completeness'] {
  if (missingOf(draft).length === 0) return 'complete'
  if (isPartialReroll(draft, elders)) return 'partial-reroll'
  return sentElsewhere(draft) ? 'rest-elsewhere' : 'incomplete'
}

/**
 * Without a cover, and each patch replaces the same number of an elder, as b4 reads it. The version is higher; an equal
 * one ("v7a 2/3") must answer the very patch.
 */
export function isPartialReroll(draft: Draft, elders: readonly Draft[]): boolean {
  if (draft.cover !== null || draft.patches.size === 0 || missingOf(draft).length === 0) return false
  const version = draft.version ?? 1
  return [...draft.patches.values()].every(patch =>
    elders.some(elder => {
      const older = elder.version ?? 1
      return older < version
        ? replaces(patch, elder, draft.total)
        : older === version && answersTwin(patch, elder)
    }),
  )
}

/** The numbers from 1 to the total that are not here. */
export function missingOf(draft: Draft): number[] {
  return Array.from({ length: draft.total }, (_, i) => i + 1).filter(number => !draft.patches.has(number))
}

/** Answers the same number of the elder, repeats its title, or has the same place in a series of the same length. */
function replaces(patch: Node, elder: Draft, total: number): boolean {
  const old = elder.patches.get(numberOf(patch))
  if (!old) return false
  if (answersTwin(patch, elder) || titleIn(old).key === titleIn(patch).key) return true
  return elder.total === total && shareFile(old, patch)
}

function answersTwin(patch: Node, elder: Draft): boolean {
  const old = elder.patches.get(numberOf(patch))
  return old !== undefined && isBelow(patch, old.id)
}

const shareFile = (a: Node, b: Node) =>
  a.facts.files.some(file => b.facts.files.some(other => other.path === file.path))

/** Few of many are here: their cover never came, nothing but the cover did, or they come from the middle. */
function sentElsewhere(draft: Draft): boolean {
  const few = draft.patches.size * 2 <= draft.total
  if (draft.cover !== null) return few && draft.total >= wideSeriesPatches && !draft.patches.has(1)
  return few && draft.members.some(member => member.ghost !== null)
}

/** A series this long is often sent in whole to one list and only in part to the others. */
const wideSeriesPatches = 5
