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
  /** Does this mail go on with what that one posted, by the same author (authority.ts)? */
  readonly carriesOn: (younger: Node, elder: Node) => boolean
}

/**
 * A number narrows, answering a patch narrows to it; anything else is the whole latest revision that its writer could have
 * seen from the author of what the mail answers.
 */
export function scopeOf(mail: Node, posted: Posted, number: number | undefined): Node[] {
  const above = nearestPatch(mail)
  const spoken = draftWith(above, posted)
  if (number !== undefined)
    return spoken
      ? [spoken.patches.get(number)].filter(patch => patch !== undefined)
      : latestChanges(mail, posted).filter(patch => numberOf(patch) === number)
  return spoken && above ? [above] : latestChanges(mail, posted)
}

/** All patches of the revision that the mail answers, else of the latest. */
export function revisionOf(mail: Node, posted: Posted): Node[] {
  const spoken = draftWith(nearestPatch(mail), posted)
  return spoken ? changesOf(spoken) : latestChanges(mail, posted)
}

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

/** The files that patches touch. */
export const filesOf = (patches: readonly Node[]): string[] =>
  patches.flatMap(patch => patch.facts.files.map(file => file.path))

/** The nearest patch at or above a mail; a cover on the way ends the search. */
export function nearestPatch(mail: Node): Node | null {
  const posting = postingAt(mail)
  return posting?.facts.posting === 'patch' ? posting : null
}

/** Of the latest revision that goes on with what the mail answers; what others put between its patches is none of it. */
function latestChanges(mail: Node, posted: Posted): Node[] {
  const { drafts, latest, carriesOn } = posted
  const seen = drafts.slice(0, Math.max(0, latest) + 1)
  const above = postingAt(mail)
  const answered = seen.find(draft => above && draft.members.includes(above)) ?? firstVouched(seen)
  const head = answered && headOf(answered)
  if (!head) return []
  const newest = seen.findLast(draft => {
    const other = headOf(draft)
    return draft === answered || (other !== undefined && carriesOn(other, head))
  })
  return changesOf(newest).filter(patch => patch === head || carriesOn(patch, head))
}

const headOf = (draft: Draft): Node | undefined => draft.cover ?? draft.members[0]

/** The first that somebody vouches for, else the first: whoever only claims to be its author may date it back. */
const firstVouched = (drafts: readonly Draft[]): Draft | undefined =>
  drafts.find(draft => ['A', 'B'].includes(headOf(draft)?.verdict.grade ?? '')) ?? drafts[0]

const draftWith = (patch: Node | null, { drafts }: Posted) =>
  patch === null ? undefined : drafts.find(draft => [...draft.patches.values()].includes(patch))

const postingAbove = (mail: Node): Node | null => mail.parent && postingAt(mail.parent)
