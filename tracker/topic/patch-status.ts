// The states of a patchset's patches, by going through its mails in order: a newer revision supersedes, a tag sets,
// "applied" of a maintainer accepts. What had no effect is in the history too, with the reason.
import type { MessageId } from '../../base/ids.ts'
import type { TagFact } from '../mail/facts.ts'
import { patchStateRefusal, type Roster } from './authority.ts'
import { isPartialReroll } from './completeness.ts'
import { samePerson } from './person.ts'
import type { Draft } from './series.ts'
import { isPosting, numberOf } from './series.ts'
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
      for (const patch of changesOf(draft))
        this.statuses.set(patch, { state: firstState(draft, patch), by: null })
  }

  take(mail: Node): void {
    const index = this.#drafts.findIndex(draft => draft.members.includes(mail))
    if (index > this.#posted) this.#supersede(index, mail)
    for (const tag of mail.facts.tags)
      if (tag.tag === 'Patch-Status' && tag.bug === undefined && tag.on === undefined) this.#tag(mail, tag)
    if (mail.facts.applied && index < 0) this.#applied(mail)
    if (mail.facts.withdrawal && index < 0) this.#withdraw(mail, mail.facts.withdrawal.all)
  }

  /** A new revision takes the place of what is not final in the older ones; a partial reroll only of its own numbers. */
  #supersede(index: number, mail: Node): void {
    this.#posted = index
    const draft = this.#drafts[index]
    const elders = this.#drafts.slice(0, index)
    if (!draft || elders.length === 0) return
    const partial = isPartialReroll(draft, elders)
    const replaced = elders
      .flatMap(elder => (replacesAll(draft, elder) ? changesOf(elder) : []))
      .filter(patch => !partial || draft.patches.has(numberOf(patch)))
      .filter(patch => !finalStates.includes(this.statuses.get(patch)?.state ?? 'new'))
      .filter(patch => samePerson(patch.facts.sender, mail.facts.sender) || takesOver(draft, patch))
    for (const patch of replaced) this.statuses.set(patch, { state: 'superseded', by: mail.id })
    if (replaced.length > 0) this.#record(mail, 'superseded', `${replaced.length} older`, null, true)
  }

  #tag(mail: Node, tag: TagFact): void {
    const state = tag.value.toLowerCase().replace(/[\s_]+/g, '-')
    if (!isPatchState(state)) {
      this.#record(mail, tag.tag, tag.value, `"${tag.value}" is no patch state`, false)
      return
    }
    const patches = tag.whole ? this.#revisionOf(mail) : this.#scope(mail, tag.number)
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

  /** "Applied" is a change to accepted, by the same rules; of a part of the patches it changes none that is not named. */
  #applied(mail: Node): void {
    const { numbers, part, all, commit } = mail.facts.applied ?? { commit: null }
    const patches = numbers
      ? numbers.flatMap(number => this.#scope(mail, number))
      : all && nearestPatch(mail)
        ? this.#posting(mail)
        : this.#scope(mail, undefined)
    const vague = part === true && !numbers && patches.length > 1
    const refusals = patches.map(patch =>
      vague
        ? 'it speaks of some of the patches'
        : mayMeanAdvice(mail, patch)
          ? 'the author may have applied what was advised'
          : this.#refusal('accepted', mail, patch),
    )
    patches.forEach((patch, index) => {
      if (refusals[index] === null) this.statuses.set(patch, { state: 'accepted', by: mail.id })
    })
    const refused = refusals.find(refusal => refusal !== null) ?? null
    this.#record(mail, 'applied', commit ?? 'said, not seen', refused, refusals.includes(null))
  }

  /** All patches of the revision that the mail answers, else of the latest. */
  #revisionOf(mail: Node): Node[] {
    const above = nearestPatch(mail)
    const spoken = above && this.#drafts.find(draft => [...draft.patches.values()].includes(above))
    const draft = spoken ?? this.#drafts[Math.max(0, this.#posted)]
    return draft ? changesOf(draft) : []
  }

  /** All patches of the posting that the mail answers; those that a partial reroll leaves as they were, too. */
  #posting(mail: Node): Node[] {
    const above = postingAbove(mail)
    const at = this.#drafts.findIndex(one => above && one.members.includes(above))
    const whole = new Map<number, Node>()
    for (let index = at; index >= 0; index--) {
      const draft = this.#drafts[index]
      if (!draft) break
      for (const patch of changesOf(draft)) if (!whole.has(numberOf(patch))) whole.set(numberOf(patch), patch)
      if (!isPartialReroll(draft, this.#drafts.slice(0, index))) break
    }
    return [...whole.values()]
  }

  /** "Please ignore this patch", by who posted it: what it answers, or the whole posting where it says so. */
  #withdraw(mail: Node, all: boolean): void {
    const above = nearestPatch(mail)
    const patches = above && !all ? [above] : this.#posting(mail)
    const own = patches.filter(
      patch =>
        samePerson(patch.facts.sender, mail.facts.sender) &&
        !finalStates.includes(this.statuses.get(patch)?.state ?? 'new'),
    )
    for (const patch of own) this.statuses.set(patch, { state: 'withdrawn', by: mail.id })
    if (own.length > 0) this.#record(mail, 'withdrawn', '', null, true)
  }

  /** A number narrows, answering a patch narrows to it; anything else is the whole latest revision. */
  #scope(mail: Node, number: number | undefined): Node[] {
    const latest = this.#drafts[Math.max(0, this.#posted)]
    const above = nearestPatch(mail)
    const spoken = above && this.#drafts.find(draft => [...draft.patches.values()].includes(above))
    if (number !== undefined)
      return [(spoken ?? latest)?.patches.get(number)].filter(patch => patch !== undefined)
    if (spoken && above) return [above]
    return latest ? changesOf(latest) : []
  }

  #record(mail: Node, what: string, value: string, reason: string | null, effect: boolean): void {
    this.history.push({ mail: mail.id, who: mail.facts.sender, said: mail.said, what, value, reason, effect })
  }
}

const isPatchState = (word: string): word is PatchState => (patchStates as readonly string[]).includes(word)

/** A higher version replaces all; the same one replaces what it posts again: a split stands beside the other half. */
function replacesAll(draft: Draft, elder: Draft): boolean {
  if ((draft.version ?? 1) > (elder.version ?? 1)) return true
  return changesOf(elder).some(patch => changesOf(draft).some(other => postsAgain(other, patch)))
}

function postsAgain(younger: Node, elder: Node): boolean {
  if (younger.facts.subject.key === elder.facts.subject.key || answers(younger, elder)) return true
  return elder.facts.patchId !== null && younger.facts.patchId === elder.facts.patchId
}

/** Somebody else carries the change on: the newer posting answers the older and shares its change-id or a patch. */
function takesOver(draft: Draft, patch: Node): boolean {
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
    head && (shared || change) && elders.some(elder => draft.members.some(member => answers(member, elder))),
  )
}

function answers(mail: Node, above: Node): boolean {
  for (let at = mail.parent; at; at = at.parent) if (at === above) return true
  return false
}

/** The mails of a revision that have a state: its patches, or the pull request that came without any. */
function changesOf(draft: Draft): Node[] {
  return draft.patches.size > 0 ? [...draft.patches.values()] : draft.cover ? [draft.cover] : []
}

function firstState(draft: Draft, patch: Node): PatchState {
  return patch.facts.subject.rfc || draft.cover?.facts.subject.rfc ? 'rfc' : 'new'
}

/** "Good catch, applied": an author who answers a review speaks of the advice. */
const mayMeanAdvice = (mail: Node, patch: Node) =>
  mail.facts.applied?.passing === true &&
  /\bapplied\b/i.test(mail.facts.applied.line) &&
  samePerson(mail.facts.sender, patch.facts.sender)

function postingAbove(mail: Node): Node | null {
  for (let at = mail.parent; at; at = at.parent) if (isPosting(at)) return at
  return null
}

/** The nearest patch at or above a mail; a cover on the way ends the search. */
function nearestPatch(mail: Node): Node | null {
  for (let at: Node | null = mail; at; at = at.parent) {
    if (at.facts.posting === 'patch') return at
    if (at.facts.posting === 'cover' || at.facts.posting === 'pull-request') return null
  }
  return null
}
