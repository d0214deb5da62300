// Bugs, tasks and ideas: what they are, where they stand and what they are planned for, by the lines of their thread
// and by the patches that close them. Their numbers are given by the log, not here.
import type { MessageId } from '../../base/ids.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { Person, TagFact } from '../mail/facts.ts'
import { nameOf, type Spoken, valueText } from '../mail/tag/value-text.ts'
import { type Asker, bugStatusRefusal, planningRefusal, type Refusal, roleOf } from './authority.ts'
import { duplicatesIn, isNarrowed } from './claims.ts'
import { conflictWith } from './conflict.ts'
import { delegateNamed } from './delegate.ts'
import { changeBy, namedBy, type Step, takeInOrder, withOutcome, wordsAt } from './history.ts'
import { commitOf, eventsOf, type LandingEvent, stepPlace } from './landing.ts'
import { samePerson } from './person.ts'
import { type BugNumbers, elsewhere, resolve } from './reference.ts'
import type { Rules } from './rules.ts'
import { Statements, sentChange, voicesFor } from './statement.ts'
import type {
  Bug,
  BugStatus,
  Change,
  Claim,
  Closing,
  Delegate,
  RemoteLines,
  Role,
  Statement,
} from './topic.ts'
import type { Node } from './tree.ts'
import { type Undoing, undoingIn } from './undo.ts'
import type { Voice } from './voice.ts'

export interface Planning {
  /** What a sign in the first mail or a line in an answer made of the thread; null when nobody said anything. */
  readonly decided: 'bug' | 'discussion' | 'spam' | null
  /** As the lines left it; it counts where the thread is a bug. */
  readonly bug: Bug
  readonly title: string | null
  readonly delegate: Delegate | null
  readonly history: readonly Change[]
  /** Bugs that its lines say it blocks, or that lines of other topics say it repeats. */
  readonly claims: readonly Claim[]
  /** What they say of other topics. */
  readonly statements: readonly RemoteLines[]
}

/** What a thread's lines are read with. */
export interface PlanningInputs {
  readonly rules: Rules
  readonly numbers: BugNumbers
  /** What other topics say. */
  readonly statements: readonly Statement[]
  /** It looks like spam: what its sender says of it counts for nothing. */
  readonly suspect: boolean
}

/** Goes through the thread's lines about bugs, in order. */
export function planningOf(mails: readonly Node[], inputs: PlanningInputs): Planning {
  const here = new Map(mails.map(mail => [mail.id, mail]))
  const others = voicesFor(inputs.statements, here)
  const run = new Run(here, others, inputs)
  const speaking = [...mails.filter(mail => mail.facts.tags.length > 0), ...others]
  takeInOrder([
    ...speaking.map(mail => ({ at: wordsAt(mail), take: () => run.hear(mail) })),
    ...closingsIn(inputs.statements, here).map(closing => ({
      at: closing.said,
      take: () => run.close(closing),
    })),
    ...landingSteps(mails, run),
  ])
  const { decided, title, delegate, history, claims, statements } = run
  const bug = { ...run.bug, explicit: decided === 'bug' }
  return { decided, bug, title, delegate, history, claims, statements: statements.all }
}

/** The accepted patches that close a bug with these mails. */
const closingsIn = (statements: readonly Statement[], here: ReadonlyMap<MessageId, Node>): Closing[] =>
  statements
    .filter(one => one.what === 'closing')
    .filter(({ target }) => here.has(target))
    .sort((a, b) => (a.mail < b.mail ? -1 : 1))

/** The commits that close a bug with these mails, and those that take them back. */
function landingSteps(mails: readonly Node[], run: Run): Step[] {
  const closed = new Map(mails.flatMap(mail => closingOf(mail).map(landing => [landing, mail.id])))
  return eventsOf([...closed.keys()], mails[0]?.said ?? 0).map(event => ({
    at: event.at,
    take: () => run.land(closed.get(event.landing), event),
  }))
}

/** The commits that close a mail's bug. */
export const closingOf = (mail: Node) => mail.landed.filter(({ how }) => how === 'closes')

const finalStatuses: readonly BugStatus[] = ['fixed', 'wontfix', 'invalid', 'worksforme', 'duplicate']

/** A line that means something. */
type Line = Spoken<TagFact>

class Run {
  decided: Planning['decided']
  bug: Bug
  title: string | null = null
  delegate: Delegate | null = null
  readonly history: Change[] = []
  readonly claims: Claim[] = []
  readonly statements = new Statements()
  readonly #reporter: Person
  readonly #inputs: PlanningInputs
  readonly #undoing: Undoing
  readonly #here: ReadonlyMap<MessageId, Node>
  /** The line that set the status as it is told, and who wrote it. */
  #set: { readonly value: string; readonly mail: Voice | null; readonly role: Role | null }

  constructor(here: ReadonlyMap<MessageId, Node>, others: readonly Voice[], inputs: PlanningInputs) {
    const mails = [...here.values()]
    const first = mails[0]?.facts
    this.#reporter = first?.sender ?? { name: '', address: '' }
    this.#inputs = inputs
    this.decided = isReport(first?.bugSign ?? null, inputs.suspect) ? 'bug' : null
    const type = first?.subject.tags.map(tag => tag.toLowerCase()).find(isBugType) ?? 'bug'
    this.bug = { type, status: 'new', severity: null, labels: [], target: null, explicit: true }
    this.#set = { value: 'new', mail: null, role: null }
    this.#here = here
    this.#undoing = undoingIn([...mails, ...others], mail => this.#asker(mail))
  }

  hear(mail: Voice): void {
    for (const tag of mail.facts.tags) this.#take(mail, tag)
  }

  /** A patch that closes it was accepted. */
  close(closing: Closing): void {
    if (this.bug.status === 'fixed') return
    const { mail, sender: who, said, title } = closing
    this.bug = { ...this.bug, status: 'fixed' }
    this.#set = { value: 'fixed', mail: null, role: null }
    const reason = `its fix "${title}" was accepted`
    this.history.push({
      mail,
      who,
      said,
      what: 'Bug-Status',
      value: 'fixed',
      state: 'fixed',
      reason,
      effect: true,
    })
  }

  /** A commit that closes the bug fixes it; what takes the last of them back reopens it. */
  land(mail: MessageId | undefined, event: LandingEvent): void {
    if (mail === undefined) return
    const back = event.what === 'reverted'
    const effect = !back || (!event.elsewhere && this.bug.status === 'fixed')
    if (effect) {
      const status = back ? 'reopened' : 'fixed'
      this.bug = { ...this.bug, status }
      this.#set = { value: status, mail: null, role: null }
    }
    this.history.push({
      mail,
      who: event.by,
      said: event.at,
      what: event.what,
      value: stepPlace(event),
      reason: effect ? null : 'another commit closes it still',
      effect,
      commit: commitOf(event),
    })
  }

  #take(mail: Voice, tag: TagFact): void {
    if (tag.tag === 'Recorded') return
    const other = elsewhere(tag, mail.said, this.#here, this.#inputs.numbers)
    if (other !== null) this.#send(mail, tag, other)
    else this.#obey(mail, tag)
  }

  #obey(mail: Voice, tag: Line): void {
    switch (tag.tag) {
      case 'Bug-Status':
        this.#status(mail, tag)
        break
      case 'Type':
        this.#type(mail, tag)
        break
      case 'Severity':
        this.#plan(mail, tag, { severity: tag.severity })
        break
      case 'Labels':
        this.#plan(mail, tag, { labels: labelled(this.bug.labels, tag) })
        break
      case 'Target':
        this.#plan(mail, tag, { target: tag.target?.slice(0, 60) ?? null })
        break
      case 'Title':
        this.#retitle(mail, tag)
        break
      case 'Blocks':
        this.#blocks(mail, tag)
        break
      case 'Delegate':
        this.#name(mail, tag)
        break
      case 'Undo':
        this.#change(mail, tag, this.#undoing.refusal(mail, tag.mail), () => {})
        break
      case 'Unclear':
        if (tag.name === 'Bug-Status')
          this.#change(mail, tag, { reason: `"${tag.written}" is no bug status` }, () => {})
        break
      case 'Patch-Status':
      case 'Closes':
      case 'CI':
        break
      default:
        unreachable(tag)
    }
  }

  /** To the topic that it speaks of. */
  #send(mail: Voice, tag: Line, other: Exclude<ReturnType<typeof elsewhere>, null>): void {
    const own = this.#here.get(mail.id)
    const undone = this.#undoing.by(mail)
    const refusal =
      'reason' in other
        ? other
        : this.#isUnknown(mail)
          ? unknownSender
          : own
            ? this.statements.send(own, tag, other.id, undone)
            : null
    if (!refusal && own && 'id' in other) this.history.push(sentChange(own, tag, other.id, undone))
    else this.#change(mail, tag, refusal, () => {})
  }

  /**
   * A sender whom the list does not know reaches no other topic. Whatever others say of this one: else what it hears
   * would decide what it hands on.
   */
  #isUnknown(mail: Voice): boolean {
    const role = roleOf(this.#asker(mail), 'reporter')
    return this.#inputs.suspect && role === 'reporter'
  }

  #retitle(mail: Voice, tag: Extract<Line, { tag: 'Title' }>): void {
    this.#change(mail, tag, this.#planRefusal(mail, tag), () => {
      this.title = tag.title.slice(0, 200)
    })
  }

  #status(mail: Voice, tag: Extract<Line, { tag: 'Bug-Status' }>): void {
    const { status } = tag
    const value = valueText(tag).toLowerCase()
    // Said once more, unless it is what makes the thread a bug.
    if (this.decided === 'bug' && this.#set.value === value) {
      const asked = changeBy(mail, roleOf(this.#asker(mail), 'reporter'), namedBy(tag))
      this.history.push({ ...asked, reason: null, effect: false })
      return
    }
    const asker = this.#asker(mail)
    this.#change(mail, tag, this.#suspicion(mail) ?? this.#statusRefusal(status, asker), () => {
      this.decided = 'bug'
      this.bug = { ...this.bug, status }
      this.#set = { value, mail, role: roleOf(asker, 'reporter') }
      if (isNarrowed(tag)) this.claims.push(...duplicatesIn(mail.id, [tag]))
    })
  }

  #statusRefusal(word: BugStatus, asker: Asker): (Refusal & { against?: MessageId }) | null {
    const refusal = bugStatusRefusal(word, asker)
    if (refusal) return refusal
    const { status } = this.bug
    if (status === word || !finalStatuses.includes(status)) return null
    return conflictWith({ state: status, mail: this.#set.mail, role: this.#set.role }, asker)
  }

  #type(mail: Voice, tag: Extract<Line, { tag: 'Type' }>): void {
    const { type } = tag
    this.#change(mail, tag, this.#planRefusal(mail, tag), () => {
      if (isBugType(type)) this.bug = { ...this.bug, type }
      this.decided = isBugType(type) ? 'bug' : type
    })
  }

  #plan(mail: Voice, tag: Line, plan: Partial<Bug>): void {
    this.#change(mail, tag, this.#planRefusal(mail, tag), () => {
      this.bug = { ...this.bug, ...plan }
    })
  }

  #blocks(mail: Voice, tag: Extract<Line, { tag: 'Blocks' }>): void {
    const found = resolve(tag.ref, mail.said, this.#inputs.numbers)
    const refusal = 'reason' in found ? found : this.#planRefusal(mail, tag)
    this.#change(mail, tag, refusal, () => {
      if ('id' in found) this.claims.push({ mail: mail.id, what: 'blocks', target: found.id })
    })
  }

  #name(mail: Voice, tag: Extract<Line, { tag: 'Delegate' }>): void {
    const named = delegateNamed(tag, this.#asker(mail))
    this.#change(mail, tag, 'reason' in named ? named : null, () => {
      if ('delegate' in named) this.delegate = named.delegate
    })
  }

  #planRefusal = (mail: Voice, tag: Line) =>
    this.#suspicion(mail) ?? planningRefusal(nameOf(tag), this.#asker(mail))

  /** Spam that carries lines is still spam; a line of somebody else takes it out. */
  #suspicion(mail: Voice): Refusal | null {
    const own =
      this.#inputs.suspect && this.decided !== 'bug' && samePerson(mail.facts.sender, this.#reporter)
    return own ? unknownSender : null
  }

  #asker(mail: Voice): Asker {
    const decided = this.#set.role === 'maintainer' && finalStatuses.includes(this.bug.status)
    return { mail, rules: this.#inputs.rules, owner: this.#reporter, files: [], decided }
  }

  /** Makes the change unless it is refused or undone, and tells it. */
  #change(
    mail: Voice,
    tag: Line,
    refusal: (Refusal & { against?: MessageId }) | null,
    make: () => void,
  ): void {
    const undoneBy = this.#undoing.by(mail)
    const asked = changeBy(mail, roleOf(this.#asker(mail), 'reporter'), namedBy(tag))
    if (!refusal && !undoneBy) make()
    const words = tag.reason
    this.history.push(withOutcome(asked, { refusal, words, effect: refusal === null, undoneBy }))
  }
}

const unknownSender: Refusal = { reason: 'the list does not know its sender' }

/** Anybody may report a bug. A stranger's first mail that sets another status with it knows more than a reporter can. */
const isReport = (sign: string | null, suspect: boolean) =>
  sign !== null && !(suspect && /^bug-status:(?!\s*new\b)/i.test(sign))

const isBugType = (word: string): word is Bug['type'] => word === 'bug' || word === 'task' || word === 'idea'

const labelled = (labels: readonly string[], { add, remove }: Extract<Line, { tag: 'Labels' }>): string[] =>
  [...new Set([...labels, ...add])]
    .filter(label => !remove.includes(label))
    .sort()
    .slice(0, 50)
