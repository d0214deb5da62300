// The states of a patchset's patches, by going through its mails in order: a newer revision supersedes, a tag sets,
// "applied" of a maintainer accepts. What had no effect is in the history too, with the reason.
import type { MessageId } from '../../base/ids.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { TagFact, TagLine } from '../mail/facts.ts'
import type { Spoken } from '../mail/tag/value-text.ts'
import {
  type Asker,
  carerOf,
  closesRefusal,
  credit,
  patchStateRefusal,
  type Refusal,
  roleOf,
  sameHuman,
} from './authority.ts'
import { isPartialReroll } from './completeness.ts'
import { conflictWith } from './conflict.ts'
import { delegateNamed } from './delegate.ts'
import { changeBy, type Named, namedBy, takeInOrder, withOutcome, wordsAt } from './history.ts'
import { placeOf } from './landing.ts'
import type { Outside } from './outside.ts'
import { type CommitStep, commitsOf, type Decided, landingsOf, outcomeOf } from './patch-landing.ts'
import { samePerson } from './person.ts'
import { type BugNumbers, elsewhere, resolve } from './reference.ts'
import { type Rules, rosterAt } from './rules.ts'
import { changesOf, nearestPatch, type Posted, postingOf, revisionOf, scopeOf } from './scope.ts'
import { type Draft, isPosting, numberOf } from './series.ts'
import { Statements, sentChange, voicesFor } from './statement.ts'
import { replacesAll, takesOver } from './superseding.ts'
import {
  type Change,
  type Claim,
  type Delegate,
  finalStates,
  type PatchState,
  type RemoteLines,
  type Role,
} from './topic.ts'
import type { Node } from './tree.ts'
import { type Undoing, undoingIn } from './undo.ts'
import type { Voice } from './voice.ts'

export interface PatchStatus {
  readonly state: PatchState
  /** The mail that set it; null for the first state. */
  readonly by: MessageId | null
}

export interface PatchStatuses {
  readonly statuses: ReadonlyMap<Node, PatchStatus>
  readonly history: readonly Change[]
  readonly delegate: Delegate | null
  /** Bugs that lines of answers say it closes or blocks. */
  readonly claims: readonly Claim[]
  /** What they say of other topics. */
  readonly statements: readonly RemoteLines[]
}

/** `drafts` by said time, `mails` in order; `statements` of other topics. */
export function patchStatuses(
  drafts: readonly Draft[],
  mails: readonly Node[],
  rules: Rules,
  { numbers, statements }: Outside,
): PatchStatuses {
  const here = new Map(mails.map(mail => [mail.id, mail]))
  const others = voicesFor(statements, here)
  const run = new Run(drafts, here, others, { rules, numbers })
  const words = (mail: Voice) => ({ at: wordsAt(mail), take: () => run.hear(mail) })
  const post = (mail: Node) => ({ at: mail.said, take: () => run.post(mail) })
  const own = mails.filter(mail => isPosting(mail) || saysSomething(mail))
  takeInOrder([
    ...own.flatMap(mail => [post(mail), words(mail)]),
    ...others.map(words),
    ...commitsOf(drafts).map(step => ({ at: step.event.at, take: () => run.land(step) })),
  ])
  const { statuses, history, delegate, claims } = run
  return { statuses, history, delegate, claims, statements: run.statements.all }
}

const saysSomething = ({ facts: { tags, applied, withdrawal } }: Node) =>
  tags.length > 0 || applied !== null || withdrawal !== null

/** A line that means something. */
type Line = Spoken<TagFact>

/** A status with the mail and the role behind it. */
type Held = PatchStatus & Decided

class Run {
  readonly statuses = new Map<Node, Held>()
  readonly history: Change[] = []
  readonly claims: Claim[] = []
  readonly statements = new Statements()
  readonly #drafts: readonly Draft[]
  readonly #rules: Rules
  readonly #numbers: BugNumbers
  readonly #undoing: Undoing
  readonly #mails: ReadonlyMap<MessageId, Node>
  #delegate: Delegate | null | undefined
  #posted = -1

  constructor(
    drafts: readonly Draft[],
    here: ReadonlyMap<MessageId, Node>,
    others: readonly Voice[],
    { rules, numbers }: { readonly rules: Rules; readonly numbers: BugNumbers },
  ) {
    this.#drafts = drafts
    this.#rules = rules
    this.#numbers = numbers
    this.#mails = here
    for (const draft of drafts)
      for (const patch of changesOf(draft))
        this.statuses.set(patch, { state: firstState(draft, patch), by: null, mail: null, role: null })
    this.#undoing = undoingIn([...here.values(), ...others], mail =>
      this.#asker(mail, drafts.flatMap(changesOf)),
    )
  }

  get #now(): Posted {
    return { drafts: this.#drafts, latest: this.#posted }
  }

  /** What the mail posts. */
  post(mail: Node): void {
    const index = this.#drafts.findIndex(draft => draft.members.includes(mail))
    if (index > this.#posted) this.#supersede(index, mail)
  }

  /** A commit accepts its patch, unless somebody else than its author said that it is final in another way. */
  land(step: CommitStep): void {
    const { state, change } = outcomeOf(step, this.statuses.get(step.patch))
    if (change.effect) this.statuses.set(step.patch, { state, by: step.patch.id, mail: null, role: null })
    this.history.push(change)
  }

  /** What the mail says. */
  hear(mail: Voice): void {
    const own = this.#mails.get(mail.id)
    const posts = own !== undefined && this.#drafts.some(draft => draft.members.includes(own))
    for (const tag of mail.facts.tags) this.#take(mail, tag, posts)
    if (own?.facts.applied && !posts) this.#applied(own)
    if (own?.facts.withdrawal && !posts) this.#withdraw(own, own.facts.withdrawal.all)
  }

  /** Who was named; else whose paths hold all files of the newest revision, by the roster of its time. */
  get delegate(): Delegate | null {
    if (this.#delegate !== undefined) return this.#delegate
    const patches = changesOf(this.#drafts.at(-1))
    const [first] = patches
    if (!first) return null
    const carer = carerOf(filesOf(patches), rosterAt(this.#rules.rosters, first.counts))
    return carer && { person: carer.person, by: null }
  }

  #take(mail: Voice, tag: TagFact, posts: boolean): void {
    if (tag.tag === 'Recorded') return
    const other = elsewhere(tag, mail.said, this.#mails, this.#numbers)
    if (other !== null) this.#send(mail, tag, other)
    else this.#obey(mail, tag, posts)
  }

  #obey(mail: Voice, tag: Line, posts: boolean): void {
    switch (tag.tag) {
      case 'Patch-Status':
        this.#status(mail, tag)
        break
      case 'Delegate':
        this.#name(mail, tag)
        break
      case 'Closes':
        // In a posting it is a trailer of the commit, which says so by itself.
        if (!posts) this.#claim(mail, tag, 'closes')
        break
      case 'Blocks':
        this.#claim(mail, tag, 'blocks')
        break
      case 'Undo':
        this.#record(mail, [], namedBy(tag), this.#undoing.refusal(mail, tag.mail), tag.reason)
        break
      case 'Unclear':
        if (tag.name === 'Patch-Status')
          this.#record(mail, [], namedBy(tag), { reason: `"${tag.written}" is no patch state` })
        break
      case 'Bug-Status':
      case 'Type':
      case 'Severity':
      case 'Labels':
      case 'Title':
      case 'Target':
      case 'CI':
        break
      default:
        unreachable(tag)
    }
  }

  /** To the topic that it speaks of. */
  #send(mail: Voice, tag: Line, other: Exclude<ReturnType<typeof elsewhere>, null>): void {
    const own = this.#mails.get(mail.id)
    const undone = this.#undoing.by(mail)
    const refusal = 'reason' in other ? other : own ? this.statements.send(own, tag, other.id, undone) : null
    if (!refusal && own && 'id' in other) this.history.push(sentChange(own, tag, other.id, undone))
    else this.#record(mail, [], namedBy(tag), refusal)
  }

  /** A new revision takes the place of what is not final in the older ones; a partial reroll only of its own numbers. */
  #supersede(index: number, mail: Node): void {
    this.#posted = index
    const draft = this.#drafts[index]
    const elders = this.#drafts.slice(0, index)
    if (!draft || elders.length === 0) return
    const partial = isPartialReroll(draft, elders)
    const older = elders
      .flatMap(elder => (replacesAll(draft, elder) ? changesOf(elder) : []))
      .filter(patch => !partial || draft.patches.has(numberOf(patch)))
      .filter(patch => !finalStates.includes(this.statuses.get(patch)?.state ?? 'new'))
    const replaced = older.filter(patch => this.#ownAndAsGood(mail, patch, elders) || takesOver(draft, patch))
    if (replaced.length === 0) {
      if (older.length > 0) this.#announce(mail, draft)
      return
    }
    if (!this.#undoing.by(mail)) this.#set(replaced, 'superseded', mail, 'author')
    this.#record(mail, replaced, { what: 'superseded', value: `${replaced.length} older` }, null)
  }

  /** By the same person, and as well authenticated; a worse grade will do while nothing was decided. */
  #ownAndAsGood(mail: Node, patch: Node, elders: readonly Draft[]): boolean {
    const roster = rosterAt(this.#rules.rosters, mail.counts)
    if (!sameHuman(patch.facts.sender, mail.facts.sender, roster)) return false
    if (credit(mail, this.#rules) >= credit(patch, this.#rules)) return true
    const states = elders.flatMap(changesOf).map(elder => this.statuses.get(elder)?.state ?? 'new')
    return !states.some(state => state !== 'superseded' && finalStates.includes(state))
  }

  /** A newer posting that takes no place is told, and nothing more. */
  #announce(mail: Node, draft: Draft): void {
    const { name, address } = mail.facts.sender
    const value = `v${draft.version ?? 1} by ${name || address}`
    this.history.push({
      ...this.#change(mail, [], { what: 'newer posting', value }),
      reason: null,
      effect: false,
    })
  }

  #status(mail: Voice, tag: Extract<Line, { tag: 'Patch-Status' }>): void {
    const { state } = tag
    const patches = this.#meant(mail, tag)
    const differing = patches.filter(patch => this.statuses.get(patch)?.state !== state)
    const named = {
      ...namedBy(tag),
      ...(tag.number === undefined ? {} : { value: `${tag.number}: ${state}` }),
    }
    if (patches.length === 0) this.#record(mail, [], named, { reason: 'it speaks of no patch that is here' })
    else if (differing.length === 0)
      this.history.push({
        ...this.#change(mail, patches, named),
        reason: (state === 'accepted' && notHeld(mail)) || null,
        effect: false,
      })
    else {
      const missing = state === 'accepted' ? notHeld(mail) : undefined
      const words = [tag.reason, missing].filter(text => text !== undefined).join('; ') || undefined
      this.#setAllowed(mail, differing, state, named, words)
    }
  }

  /** Sets what may be set; what may not is told once. */
  #setAllowed(mail: Voice, patches: readonly Node[], state: PatchState, named: Named, words?: string): void {
    const refusals = patches.map(patch => this.#refusal(state, mail, patch))
    const allowed = patches.filter((_, index) => refusals[index] === null)
    const asker = this.#asker(mail, patches)
    if (!this.#undoing.by(mail)) this.#set(allowed, state, mail, roleOf(asker, 'author'))
    const refused = refusals.find(refusal => refusal !== null) ?? null
    this.#record(mail, patches, named, refused, words, allowed.length > 0)
  }

  #refusal(state: PatchState, mail: Voice, patch: Node): (Refusal & { against?: MessageId }) | null {
    const asker = this.#asker(mail, [patch])
    const refusal = patchStateRefusal(state, asker)
    if (refusal) return refusal
    const standing = this.statuses.get(patch)
    if (!standing || !finalStates.includes(standing.state)) return null
    return conflictWith(standing, asker)
  }

  /** "Applied" is a change to accepted, by the same rules; of a part of the patches it changes none that is not named. */
  #applied(mail: Node): void {
    const { numbers, part, all, commit, branch } = mail.facts.applied ?? { commit: null }
    const patches = numbers
      ? numbers.flatMap(number => scopeOf(mail, this.#now, number))
      : all && nearestPatch(mail)
        ? postingOf(mail, this.#now)
        : scopeOf(mail, this.#now, undefined)
    const [seen] = patches.flatMap(landingsOf)
    const unseen = branch ? `${branch} (said, not seen)` : 'said, not seen'
    const named: Named = { what: 'applied', value: commit ?? (seen ? placeOf(seen) : unseen) }
    if (part === true && !numbers && patches.length > 1)
      this.#record(mail, patches, named, { reason: 'it speaks of some of the patches' })
    else if (patches.length > 0 && patches.every(patch => mayMeanAdvice(mail, patch)))
      this.#record(mail, patches, named, {
        reason: 'the author may have applied what was advised',
      })
    else this.#setAllowed(mail, patches, 'accepted', named, notHeld(mail))
  }

  #name(mail: Voice, tag: Extract<Line, { tag: 'Delegate' }>): void {
    const patches = changesOf(this.#drafts[Math.max(0, this.#posted)])
    const named = delegateNamed(tag, this.#asker(mail, patches))
    const refusal = 'reason' in named ? named : null
    if ('delegate' in named && !this.#undoing.by(mail)) this.#delegate = named.delegate
    this.#record(mail, patches, namedBy(tag), refusal, tag.reason)
  }

  #claim(mail: Voice, tag: Extract<Line, { tag: 'Closes' | 'Blocks' }>, what: 'closes' | 'blocks'): void {
    const patches = changesOf(this.#drafts[Math.max(0, this.#posted)])
    // A bug of another tracker is named, and nothing here moves.
    const foreign = 'url' in tag.ref ? { id: tag.ref.url } : null
    const found = foreign ?? resolve(tag.ref, mail.said, this.#numbers)
    const refusal = 'reason' in found ? found : closesRefusal(tag.tag, this.#asker(mail, patches))
    if (!refusal && 'id' in found && !this.#undoing.by(mail))
      this.claims.push({ mail: mail.id, what, target: found.id })
    this.#record(mail, patches, namedBy(tag), refusal, tag.reason)
  }

  #set(patches: readonly Node[], state: PatchState, mail: Voice, role: Role): void {
    for (const patch of patches) this.statuses.set(patch, { state, by: mail.id, mail, role })
  }

  #asker(mail: Voice, patches: readonly Node[]): Asker {
    const standing = patches.map(patch => this.statuses.get(patch))
    return {
      mail,
      rules: this.#rules,
      owner: (patches[0] ?? this.#drafts.at(-1)?.members[0] ?? mail).facts.sender,
      files: filesOf(patches),
      decided: standing.some(
        one => one && finalStates.includes(one.state) && (one.role === 'maintainer' || one.role === 'robot'),
      ),
    }
  }

  /** What a line names, else what its mail answers. */
  #meant(mail: Voice, { on, number, whole }: TagLine): Node[] {
    const named = this.#mails.get(on ?? mail.id)
    if (!named) return []
    return whole ? revisionOf(named, this.#now) : scopeOf(named, this.#now, number)
  }

  /** "Please ignore this patch", by who posted it: what it answers, or the whole posting where it says so. */
  #withdraw(mail: Node, all: boolean): void {
    const above = nearestPatch(mail)
    const patches = above && !all ? [above] : postingOf(mail, this.#now)
    const own = patches.filter(
      patch =>
        samePerson(patch.facts.sender, mail.facts.sender) &&
        !finalStates.includes(this.statuses.get(patch)?.state ?? 'new'),
    )
    if (own.length > 0) this.#setAllowed(mail, own, 'withdrawn', { what: 'withdrawn', value: '' })
  }

  #change(mail: Voice, patches: readonly Node[], named: Named): Omit<Change, 'reason' | 'effect'> {
    return changeBy(mail, roleOf(this.#asker(mail, patches), 'author'), named)
  }

  #record(
    mail: Voice,
    patches: readonly Node[],
    named: Named,
    refusal: (Refusal & { against?: MessageId }) | null,
    words?: string,
    effect = refusal === null,
  ): void {
    const change = this.#change(mail, patches, named)
    this.history.push(withOutcome(change, { refusal, words, effect, undoneBy: this.#undoing.by(mail) }))
  }
}

/** A commit that is named, and that no branch has. */
const notHeld = ({ held }: Voice): string | undefined =>
  held?.branch === null ? 'no followed branch holds the commit it names' : undefined

const filesOf = (patches: readonly Node[]) =>
  patches.flatMap(patch => patch.facts.files.map(file => file.path))

function firstState(draft: Draft, patch: Node): PatchState {
  return patch.facts.subject.rfc || draft.cover?.facts.subject.rfc ? 'rfc' : 'new'
}

/** "Good catch, applied": an author who answers a review speaks of the advice. */
const mayMeanAdvice = (mail: Node, patch: Node) =>
  mail.facts.applied?.passing === true &&
  /\bapplied\b/i.test(mail.facts.applied.line) &&
  samePerson(mail.facts.sender, patch.facts.sender)
