// Our states in patchwork's words. It has fewer: what only we tell apart is shown as the nearest of its own, and is asked for by
// either name.
import { type PatchState, patchStates } from '../../base/state-words.ts'
import { patchSlugs } from './schema.ts'

type Slug = (typeof patchSlugs)[number]

/** A series whose patches differ has no state there. */
export const slugOf = (state: string | null): Slug =>
  nearest[state as PatchState] ?? patchSlugs.find(slug => slug === state) ?? 'new'

const nearest: Partial<Record<PatchState, Slug>> = {
  'needs-ack': 'under-review',
  withdrawn: 'not-applicable',
}

/** By the name, the words ("Under Review") or patchwork's number of a state; none for what is none. */
export function ownStates(asked: string): PatchState[] {
  const name = /^\d{1,3}$/.test(asked)
    ? patchSlugs[Number(asked) - 1]
    : asked.trim().toLowerCase().replaceAll(' ', '-')
  return patchStates.filter(state => state === name || nearest[state] === name)
}
