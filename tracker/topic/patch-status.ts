// The states of a patchset's patches as they stand while its mails are gone through (patch-steps.ts): who set each, and who
// may set it to something else.
import type { MessageId } from '../../base/ids.ts'
import { type Asker, carriesOn, patchStateRefusal, roleOf } from './authority.ts'
import { conflictWith } from './conflict.ts'
import { Findings } from './findings.ts'
import type { Named } from './history.ts'
import { Judgements, textRefusal } from './judged.ts'
import { Lines, type Ruling } from './lines.ts'
import type { Mending } from './mending.ts'
import type { Decided } from './patch-landing.ts'
import type { BugNumbers } from './reference.ts'
import type { Rules } from './rules.ts'
import { changesOf, filesOf, type Posted } from './scope.ts'
import type { Draft } from './series.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import { type Delegate, finalStates, type PatchState, type Role } from './topic.ts'
import type { Node } from './tree.ts'
import { undoingIn } from './undo.ts'

export interface PatchStatus {
  readonly state: PatchState
  /** The mail that set it; null for the first state. */
  readonly by: MessageId | null
  /** That a line names which says that it is accepted. */
  readonly commit?: string | undefined
}

/** A status with the mail and the role behind it. */
type Decision = PatchStatus & Decided

export class PatchStatuses {
  readonly drafts: readonly Draft[]
  readonly rules: Rules
  readonly mending: Mending
  readonly lines: Lines
  readonly findings: Findings
  /** The place of the latest revision that was posted by now; -1 for none. */
  latest = -1
  /** Whose task it is, null for nobody's; undefined where no line said it. */
  delegate: Delegate | null | undefined
  /** Those that people took out of the lists of patchwork's clients. */
  readonly archived = new Set<Node>()
  readonly judgements = new Judgements()
  readonly #decisions = new Map<Node, Decision>()

  constructor(
    drafts: readonly Draft[],
    here: ReadonlyMap<MessageId, Node>,
    others: readonly SpeakingMail[],
    {
      rules,
      mending,
      numbers,
    }: { readonly rules: Rules; readonly mending: Mending; readonly numbers: BugNumbers },
  ) {
    this.drafts = drafts
    this.rules = rules
    this.mending = mending
    for (const draft of drafts)
      for (const patch of changesOf(draft))
        this.#decisions.set(patch, { state: firstState(draft, patch), by: null, mail: null, role: null })
    const undoing = undoingIn([...here.values(), ...others], mail =>
      this.asker(mail, drafts.flatMap(changesOf)),
    )
    this.lines = new Lines(here, numbers, mending.over(undoing))
    this.findings = new Findings([...here.values()])
  }

  get all(): ReadonlyMap<Node, PatchStatus> {
    return this.#decisions
  }

  get now(): Posted {
    const carries = (younger: Node, elder: Node) => carriesOn(younger, elder, this.rules)
    return { drafts: this.drafts, latest: this.latest, carriesOn: carries }
  }

  /** The patches of the latest revision. */
  get newest(): Node[] {
    return changesOf(this.drafts[Math.max(0, this.latest)])
  }

  /** Does the mail belong to what was posted? */
  isMember(mail: Node | undefined): boolean {
    return mail !== undefined && this.drafts.some(draft => draft.members.includes(mail))
  }

  of(patch: Node): Decision | undefined {
    return this.#decisions.get(patch)
  }

  stateOf(patch: Node): PatchState {
    return this.of(patch)?.state ?? 'new'
  }

  isFinal(patch: Node): boolean {
    return finalStates.includes(this.stateOf(patch))
  }

  /** No mail is behind it but the patch itself. */
  setByCommit(patch: Node, state: PatchState): void {
    this.#decisions.set(patch, { state, by: patch.id, mail: null, role: null })
  }

  set(patches: readonly Node[], state: PatchState, mail: SpeakingMail, role: Role, commit?: string): void {
    for (const patch of patches) this.#decisions.set(patch, { state, by: mail.id, mail, role, commit })
  }

  /** Sets what may be set; what may not is told once. */
  setAllowed(
    mail: SpeakingMail,
    patches: readonly Node[],
    state: PatchState,
    named: Named,
    words?: string,
    commit?: string,
  ): void {
    const refusals = patches.map(patch => this.#refusal(state, mail, patch))
    const allowed = patches.filter((_, index) => refusals[index] === null)
    const role = this.roleOf(mail, patches)
    this.judgements.add(mail, allowed)
    if (this.lines.stands(mail)) this.set(allowed, state, mail, role, commit)
    const refusal = refusals.find(one => one !== null) ?? null
    this.tell(mail, patches, named, { refusal, words, effect: allowed.length > 0 })
  }

  /**
   * It says what stands so already: should that be taken back, it is said of the same texts. Answers whether the commit that
   * it names is news.
   */
  repeat(mail: SpeakingMail, patches: readonly Node[], state: PatchState, commit?: string): boolean {
    const allowed = patches.filter(
      patch => this.stateOf(patch) === state && this.#refusal(state, mail, patch) === null,
    )
    this.judgements.add(mail, allowed)
    if (commit === undefined || !this.lines.stands(mail)) return false
    const standing = allowed.flatMap(patch => {
      const one = this.#decisions.get(patch)
      return one && one.commit !== commit ? [[patch, one] as const] : []
    })
    for (const [patch, one] of standing) this.#decisions.set(patch, { ...one, commit })
    return standing.length > 0
  }

  /** The next line of the history. */
  tell(mail: SpeakingMail, patches: readonly Node[], named: Named, ruling: Ruling): void {
    this.lines.tell(mail, this.roleOf(mail, patches), named, ruling)
  }

  /** What the sender is to these patches. */
  roleOf(mail: SpeakingMail, patches: readonly Node[]): Role {
    return roleOf(this.asker(mail, patches), 'author')
  }

  asker(mail: SpeakingMail, patches: readonly Node[]): Asker {
    const standing = patches.map(patch => this.of(patch))
    return {
      mail,
      rules: this.rules,
      original: patches[0] ?? this.drafts.at(-1)?.members[0] ?? mail,
      files: filesOf(patches),
      decided: standing.some(
        one => one && finalStates.includes(one.state) && (one.role === 'maintainer' || one.role === 'robot'),
      ),
    }
  }

  #refusal(state: PatchState, mail: SpeakingMail, patch: Node): Ruling['refusal'] {
    const asker = this.asker(mail, [patch])
    const refusal = patchStateRefusal(state, asker) ?? textRefusal(mail, patch)
    if (refusal) return refusal
    const standing = this.of(patch)
    return standing && this.isFinal(patch) ? conflictWith(standing, asker) : null
  }
}

function firstState(draft: Draft, patch: Node): PatchState {
  return patch.facts.subject.rfc || draft.cover?.facts.subject.rfc ? 'rfc' : 'new'
}
