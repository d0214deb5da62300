// What the commits of a patchset's patches do to their states, step by step: a commit accepts its patch, one that takes it
// back asks for changes.
import { commitOf, eventsOf, type Landing, type LandingEvent, stepPlace } from './landing.ts'
import { samePerson } from './person.ts'
import { changesOf } from './scope.ts'
import type { Draft } from './series.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import { type Change, finalStates, type PatchState, type Role } from './topic.ts'
import type { Node } from './tree.ts'

/** What happened to a patch in git. */
export interface CommitStep {
  readonly patch: Node
  readonly event: LandingEvent
}

/** Those of each patch in order of their times. */
export const commitsOf = (drafts: readonly Draft[]): CommitStep[] =>
  [...new Set(drafts.flatMap(changesOf))].flatMap(patch =>
    eventsOf(landingsOf(patch), patch.said).map(event => ({ patch, event })),
  )

/** The commits that the patch became, not those that close it. */
export const landingsOf = (patch: Node): Landing[] => patch.landed.filter(({ how }) => how !== 'closes')

/** A state and who set it; null for the first one and for what a commit set. */
export interface Decided {
  readonly state: PatchState
  readonly mail: SpeakingMail | null
  readonly role: Role | null
}

/** The state that a step gives its patch, and its line in the history; it counts where that has an effect. */
export function outcomeOf(
  { patch, event }: CommitStep,
  standing: Decided | undefined,
): { readonly state: PatchState; readonly change: Change } {
  const state = standing?.state ?? 'new'
  const back = event.what === 'reverted'
  const kept = back ? state !== 'accepted' : isKept(patch, standing)
  return {
    state: back ? 'changes-requested' : 'accepted',
    change: {
      mail: patch.id,
      who: event.by,
      said: event.at,
      what: event.what,
      value: stepPlace(event),
      reason: kept ? `it stays ${state.replaceAll('-', ' ')}` : noteOf(event),
      effect: !kept && !(back && event.elsewhere),
      commit: commitOf(event),
    },
  }
}

/** Somebody decided against it; the author's own withdrawal is no decision against a commit. */
const isKept = (patch: Node, standing: Decided | undefined): boolean =>
  standing?.mail != null &&
  standing.state !== 'accepted' &&
  finalStates.includes(standing.state) &&
  standing.role !== 'author' &&
  !samePerson(standing.mail.facts.sender, patch.facts.author)

function noteOf({ what, elsewhere, landing }: LandingEvent): string | null {
  if (what === 'reverted') return elsewhere ? 'another followed branch holds it still' : null
  return what === 'landed' && landing.changed ? 'with changes' : null
}
