// The states of a patchset's patches, by going through its mails in order: a newer revision supersedes, a tag sets,
// "applied" of a maintainer accepts. What had no effect is in the history too, with the reason.
import type { MessageId } from '../../base/ids.ts'
import type { TagFact } from '../mail/facts.ts'
import { hasMaintainers, patchStateRefusal, type Roster } from './authority.ts'
import { completenessOf } from './completeness.ts'
import { samePerson } from './person.ts'
import type { Draft } from './series.ts'
import { numberOf } from './series.ts'
import { type Change, type PatchState, patchStates } from './topic.ts'
import type { Node } from './tree.ts'

export interface PatchStatus {
  readonly state: PatchState
  /** The mail that set it; null for the first state. */
  readonly by: MessageId | null
}

/** Final states stay until somebody says otherwise. */
export const finalStates: readonly PatchState[] = [
  'accepted',
  'rejected',
  'superseded',
  'not-applicable',
  'withdrawn',
]

/** `drafts` by said time, `mails` in order. */
export function patchStatuses(
  drafts: readonly Draft[],
  mails: readonly Node[],
  roster: Roster,
): { statuses: Map<Node, PatchStatus>; history: Change[] } {
  const run = new Run(drafts, roster)
  for (const mail of mails) run.take(mail)
  return { statuses: run.statuses, history: run.history }
}

class Run {
  readonly statuses = new Map<Node, PatchStatus>()
  readonly history: Change[] = []
  readonly #drafts: readonly Draft[]
  readonly #roster: Roster
  #posted = -1

  constructor(drafts: readonly Draft[], roster: Roster) {
    this.#drafts = drafts
    this.#roster = roster
    for (const draft of drafts)
      for (const patch of draft.patches.values())
        this.statuses.set(patch, { state: firstState(draft, patch), by: null })
  }

  take(mail: Node): void {
    const index = this.#drafts.findIndex(draft => draft.members.includes(mail))
    if (index > this.#posted) this.#supersede(index, mail)
    for (const tag of mail.facts.tags) if (tag.tag === 'Patch-Status') this.#tag(mail, tag)
    if (mail.facts.applied && index < 0) this.#applied(mail)
  }

  /** A new revision takes the place of what is not final in the older ones; a partial reroll only of its own numbers. */
  #supersede(index: number, mail: Node): void {
    this.#posted = index
    const draft = this.#drafts[index]
    const elders = this.#drafts.slice(0, index)
    if (!draft || elders.length === 0) return
    const partial = completenessOf(draft, elders.at(-1) ?? null) === 'partial-reroll'
    const replaced = elders
      .flatMap(elder => [...elder.patches.values()])
      .filter(patch => !partial || draft.patches.has(numberOf(patch)))
      .filter(patch => !finalStates.includes(this.statuses.get(patch)?.state ?? 'new'))
      .filter(patch => samePerson(patch.facts.sender, mail.facts.sender))
    for (const patch of replaced) this.statuses.set(patch, { state: 'superseded', by: mail.id })
    if (replaced.length > 0) this.#record(mail, 'superseded', `${replaced.length} older`, null, true)
  }

  #tag(mail: Node, tag: TagFact): void {
    const state = tag.value.toLowerCase().replace(/[\s_]+/g, '-')
    if (!isPatchState(state)) {
      this.#record(mail, tag.tag, tag.value, `"${tag.value}" is no patch state`, false)
      return
    }
    const patches = this.#scope(mail, tag.number)
    const refusals = patches.map(patch => this.#refusal(state, mail, patch))
    patches.forEach((patch, index) => {
      if (refusals[index] === null) this.statuses.set(patch, { state, by: mail.id })
    })
    const effect = refusals.includes(null)
    const none = patches.length === 0 ? 'it speaks of no patch that is here' : null
    const refused = refusals.find(refusal => refusal !== null) ?? null
    const value = tag.number === undefined ? state : `${tag.number}: ${state}`
    this.#record(mail, tag.tag, value, refused ?? none ?? tag.reason ?? null, effect)
  }

  #refusal(state: PatchState, mail: Node, patch: Node): string | null {
    const files = patch.facts.files.map(file => file.path)
    return patchStateRefusal(
      { state, sender: mail.facts.sender, author: patch.facts.sender, files },
      this.#roster,
    )
  }

  #applied(mail: Node): void {
    const { sender, applied } = mail.facts
    const believed = hasMaintainers(this.#roster)
      ? this.#scope(mail, undefined).filter(patch => this.#refusal('accepted', mail, patch) === null)
      : []
    for (const patch of believed) this.statuses.set(patch, { state: 'accepted', by: mail.id })
    const reason =
      believed.length > 0
        ? null
        : `${sender.name || sender.address || 'The sender'} is no configured maintainer`
    this.#record(mail, 'applied', applied?.commit ?? 'said, not seen', reason, believed.length > 0)
  }

  /** A number narrows, answering a patch narrows to it; anything else is the whole latest revision. */
  #scope(mail: Node, number: number | undefined): Node[] {
    const latest = this.#drafts[Math.max(0, this.#posted)]
    const above = nearestPatch(mail)
    const spoken = above && this.#drafts.find(draft => [...draft.patches.values()].includes(above))
    if (number !== undefined)
      return [(spoken ?? latest)?.patches.get(number)].filter(patch => patch !== undefined)
    if (spoken && above) return [above]
    return latest ? [...latest.patches.values()] : []
  }

  #record(mail: Node, what: string, value: string, reason: string | null, effect: boolean): void {
    this.history.push({ mail: mail.id, who: mail.facts.sender, said: mail.said, what, value, reason, effect })
  }
}

const isPatchState = (word: string): word is PatchState => (patchStates as readonly string[]).includes(word)

function firstState(draft: Draft, patch: Node): PatchState {
  return patch.facts.subject.rfc || draft.cover?.facts.subject.rfc ? 'rfc' : 'new'
}

/** The nearest patch at or above a mail; a cover on the way ends the search. */
function nearestPatch(mail: Node): Node | null {
  for (let at: Node | null = mail; at; at = at.parent) {
    if (at.facts.posting === 'patch') return at
    if (at.facts.posting === 'cover' || at.facts.posting === 'pull-request') return null
  }
  return null
}
