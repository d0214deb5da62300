// Which patches a mail speaks of: the one it answers, one that it names, or all of a revision.
import { isPartialReroll } from './completeness.ts'
import { type Draft, numberOf, postingAt } from './series.ts'
import type { Node } from './tree.ts'

/** The revisions of a patchset as they stand when a mail speaks. */
export interface Posted {
  /** By said time. */
  readonly drafts: readonly Draft[]
  /** The place of the latest that was posted by then; -1 for none. */
  readonly latest: number
}

/** A number narrows, answering a patch narrows to it; anything else is the whole latest revision. */
export function scopeOf(mail: Node, posted: Posted, number: number | undefined): Node[] {
  const above = nearestPatch(mail)
  const spoken = draftWith(above, posted)
  if (number !== undefined)
    return [(spoken ?? latestOf(posted))?.patches.get(number)].filter(patch => patch !== undefined)
  return spoken && above ? [above] : changesOf(latestOf(posted))
}

/** All patches of the revision that the mail answers, else of the latest. */
export const revisionOf = (mail: Node, posted: Posted): Node[] =>
  changesOf(draftWith(nearestPatch(mail), posted) ?? latestOf(posted))

/** All patches of the posting that the mail answers; those that a partial reroll leaves as they were, too. */
export function postingOf(mail: Node, { drafts }: Posted): Node[] {
  const above = postingAbove(mail)
  const at = drafts.findIndex(one => above && one.members.includes(above))
  const whole = new Map<number, Node>()
  for (let index = at; index >= 0; index--) {
    const draft = drafts[index]
    if (!draft) break
    for (const patch of changesOf(draft)) if (!whole.has(numberOf(patch))) whole.set(numberOf(patch), patch)
    if (!isPartialReroll(draft, drafts.slice(0, index))) break
  }
  return [...whole.values()]
}

/** The mails of a revision that have a state: its patches, or the pull request that came without any. */
export function changesOf(draft: Draft | undefined): Node[] {
  if (!draft) return []
  return draft.patches.size > 0 ? [...draft.patches.values()] : draft.cover ? [draft.cover] : []
}

/** The nearest patch at or above a mail; a cover on the way ends the search. */
export function nearestPatch(mail: Node): Node | null {
  const posting = postingAt(mail)
  return posting?.facts.posting === 'patch' ? posting : null
}

const latestOf = ({ drafts, latest }: Posted) => drafts[Math.max(0, latest)]

const draftWith = (patch: Node | null, { drafts }: Posted) =>
  patch === null ? undefined : drafts.find(draft => [...draft.patches.values()].includes(patch))

const postingAbove = (mail: Node): Node | null => mail.parent && postingAt(mail.parent)
