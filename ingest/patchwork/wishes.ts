// What patchwork says of a patch -> the lines that say it here, each with its time. Pure.
import { type PatchState, patchStates } from '../../base/state-words.ts'
import { finalStates } from '../../tracker/topic/topic.ts'
import type { Patch, PatchworkEvent, User } from './objects.ts'
import type { FindingKind } from './report.ts'

/** Notes of one time by one person. */
interface Wish {
  readonly kind: 'state' | 'delegate' | 'now'
  readonly lines: readonly string[]
  /** Milliseconds; null where patchwork does not say since when it is so. */
  readonly at: number | null
  readonly who: User
}

export interface Wishes {
  readonly wishes: readonly Wish[]
  readonly problems: readonly { readonly kind: FindingKind; readonly sentence: string }[]
}

/** Patchwork's last word on each patch, by the patch's number. */
export interface LastEvents {
  readonly states: ReadonlyMap<number, PatchworkEvent>
  readonly delegates: ReadonlyMap<number, PatchworkEvent>
}

/** What the operator says of the states of this instance. */
export type StateMap = ReadonlyMap<string, PatchState>

export function wishesFor(patch: Patch, { states, delegates }: LastEvents, map: StateMap): Wishes {
  const { id } = patch
  const state = stateOf(patch, map)
  const stated = states.get(id)
  const changed = stated?.payload.current_state === patch.state ? stated : undefined
  const given = delegates.get(id)
  const address = addressOf(patch.delegate)
  const named = addressOf(given?.payload.current_delegate ?? null) === address ? given : undefined
  const status = statusLine(patch, state)
  const delegate = address === null ? null : `Delegate: ${address}`
  // What nobody touched says nothing.
  const undated = state === 'new' && commitOf(patch) === null ? null : status
  const now = [
    ...(changed || undated === null ? [] : [undated]),
    ...(named || delegate === null ? [] : [delegate]),
    ...(patch.archived ? ['Archived: yes'] : []),
  ]
  const wishes: Wish[] = [
    ...(changed && status !== null ? [wish('state', [status], changed)] : []),
    ...(named && delegate !== null ? [wish('delegate', [delegate], named)] : []),
    ...(now.length > 0 ? [{ kind: 'now' as const, lines: now, at: null, who: null }] : []),
  ]
  return { wishes, problems: problemsOf(patch, state) }
}

const wish = (kind: Wish['kind'], lines: readonly string[], { date, actor }: PatchworkEvent): Wish => ({
  ...{ kind, lines },
  at: date,
  who: actor,
})

/** The line that makes a patch stand as there; null for a state that is none here. */
export const statusLine = (patch: Patch, state: PatchState | null): string | null =>
  state &&
  `Patch-Status: ${[state, ...(state === 'accepted' ? [commitOf(patch) ?? []] : [])].flat().join(' ')}`

/** The operator's word counts before ours. */
export const stateOf = ({ state }: Patch, map: StateMap): PatchState | null =>
  map.get(state) ?? patchStates.find(one => one === state) ?? null

/** Nobody works on it any more. */
export function isDone(patch: Patch, map: StateMap): boolean {
  const state = stateOf(patch, map)
  return patch.archived || (state !== null && finalStates.includes(state))
}

/** A mail can name it. */
export function addressOf(user: User): string | null {
  const address = user?.email?.trim().toLowerCase() ?? ''
  return /^[^\s@<>,"()\\:;]{1,64}@[^\s@<>,"()\\:;]{1,255}$/.test(address) ? address : null
}

function commitOf({ commit_ref }: Patch): string | null {
  const commit = commit_ref?.trim().toLowerCase() ?? ''
  return /^[0-9a-f]{7,64}$/.test(commit) ? commit : null
}

function problemsOf(patch: Patch, state: PatchState | null): Wishes['problems'] {
  const { commit_ref, delegate } = patch
  const lost = commit_ref && (state !== 'accepted' || commitOf(patch) === null)
  return [
    ...(state === null ? [{ kind: 'state' as const, sentence: `its state is "${patch.state}"` }] : []),
    ...(lost
      ? [{ kind: 'commit' as const, sentence: `it is ${patch.state}, and its commit "${commit_ref}"` }]
      : []),
    ...(delegate && addressOf(delegate) === null
      ? [{ kind: 'delegate' as const, sentence: `"${delegate.username ?? ''}" has no address` }]
      : []),
  ]
}
