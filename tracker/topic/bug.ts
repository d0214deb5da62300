// What a thread is and what is planned for it, as the lines about bugs leave it while its mails are gone through
// (bug-steps.ts), and who may change it.
import type { MessageId } from '../../base/ids.ts'
import type { Person } from '../mail/facts.ts'
import { nameOf } from '../mail/tag/value.ts'
import {
  type Asker,
  bugStatusRefusal,
  isBrought,
  planningRefusal,
  type Refusal,
  roleOf,
} from './authority.ts'
import { conflictWith } from './conflict.ts'
import { namedBy } from './history.ts'
import { Judgements, textRefusal } from './judged.ts'
import { type Line, Lines, type Ruling } from './lines.ts'
import { isLost } from './lost.ts'
import { samePerson } from './person.ts'
import type { BugNumbers } from './reference.ts'
import type { Rules } from './rules.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import { type Bug, type BugStatus, type Delegate, finalStatuses, type Role } from './topic.ts'
import type { Node } from './tree.ts'
import { undoingIn } from './undo.ts'

/** What lines make of a thread. */
export type ThreadKind = 'bug' | 'discussion' | 'spam'

/** What the lines of a thread are judged by. */
export interface BugInputs {
  readonly rules: Rules
  readonly numbers: BugNumbers
  /** It looks like spam: what its sender says of it counts for nothing. */
  readonly suspect: boolean
}

/** The line that set the status as it is told, and who wrote it; a commit and a patch that closes have no mail. */
interface Setting {
  readonly value: string
  readonly mail: SpeakingMail | null
  readonly role: Role | null
}

export class Planned {
  /** What a sign in the first mail or a line in an answer made of the thread; null when nobody said anything. */
  decided: ThreadKind | null
  bug: Bug
  title: string | null = null
  delegate: Delegate | null = null
  readonly lines: Lines
  readonly judgements = new Judgements()
  readonly #reporter: Person
  readonly #report: Node | undefined
  readonly #inputs: BugInputs
  #set: Setting = { value: 'new', mail: null, role: null }

  constructor(here: ReadonlyMap<MessageId, Node>, others: readonly SpeakingMail[], inputs: BugInputs) {
    const mails = [...here.values()]
    const first = mails[0]?.facts
    this.#report = mails[0]
    this.#reporter = first?.sender ?? { name: '', address: '' }
    this.#inputs = inputs
    this.decided = isReport(first?.bugSign ?? null, inputs.suspect) ? 'bug' : null
    const type = first?.subject.tags.map(tag => tag.toLowerCase()).find(isBugType) ?? 'bug'
    this.bug = { type, status: 'new', severity: null, labels: [], target: null, explicit: true }
    const undoing = undoingIn([...mails, ...others], mail => this.asker(mail))
    this.lines = new Lines(here, inputs.numbers, undoing)
  }

  /** A commit or an accepted patch sets the status. */
  setByFix(status: 'fixed' | 'reopened'): void {
    this.bug = { ...this.bug, status }
    this.#set = { value: status, mail: null, role: null }
  }

  /** A line sets the status, in its words. */
  setStatus(status: BugStatus, value: string, mail: SpeakingMail, role: Role): void {
    this.decided = 'bug'
    this.bug = { ...this.bug, status }
    this.#set = { value, mail, role }
  }

  /** It says what was said before, and the thread is a bug already. */
  isRepeated(value: string): boolean {
    return this.decided === 'bug' && this.#set.value === value
  }

  /** Nobody can tell what it answers: what it says of that would else be said of itself. */
  isLost({ id }: SpeakingMail): boolean {
    return this.#report?.id === id && isLost(this.#report)
  }

  /** Makes the change unless it is refused or undone, and tells it. */
  change(mail: SpeakingMail, tag: Line, refusal: Ruling['refusal'], make?: () => void): void {
    const role = this.roleOf(mail)
    if (!refusal && make) this.#judge(mail)
    if (!refusal && this.lines.stands(mail)) make?.()
    this.lines.tell(mail, role, namedBy(tag), { refusal, words: tag.reason })
  }

  /** It says what stands so already: should that be taken back, it is said of the same text. */
  repeat(mail: SpeakingMail, status: BugStatus): void {
    if (this.statusRefusal(status, mail) === null) this.#judge(mail)
  }

  #judge(mail: SpeakingMail): void {
    if (this.#report) this.judgements.add(mail, [this.#report])
  }

  roleOf(mail: SpeakingMail): Role {
    return roleOf(this.asker(mail), 'reporter')
  }

  statusRefusal(status: BugStatus, mail: SpeakingMail): Ruling['refusal'] {
    const asker = this.asker(mail)
    const refusal = this.#suspicion(mail) ?? bugStatusRefusal(status, asker) ?? this.#textRefusal(mail)
    if (refusal) return refusal
    const state = this.bug.status
    if (state === status || !finalStatuses.includes(state)) return null
    return conflictWith({ state, mail: this.#set.mail, role: this.#set.role }, asker)
  }

  planRefusal(mail: SpeakingMail, tag: Line): Refusal | null {
    return this.#suspicion(mail) ?? planningRefusal(nameOf(tag), this.asker(mail)) ?? this.#textRefusal(mail)
  }

  #textRefusal(mail: SpeakingMail): Refusal | null {
    return this.#report ? textRefusal(mail, this.#report) : null
  }

  /**
   * A sender whom the list does not know reaches no other topic. Whatever others say of this one: else what it hears
   * would decide what it hands on.
   */
  sendRefusal(mail: SpeakingMail): Refusal | null {
    return this.#inputs.suspect && this.roleOf(mail) === 'reporter' ? unknownSender : null
  }

  asker(mail: SpeakingMail): Asker {
    const decided = this.#set.role === 'maintainer' && finalStatuses.includes(this.bug.status)
    return { mail, rules: this.#inputs.rules, original: this.#report ?? mail, files: [], decided }
  }

  /** Spam that carries lines is still spam; a line of somebody else takes it out. */
  #suspicion(mail: SpeakingMail): Refusal | null {
    const own =
      this.#inputs.suspect &&
      !isBrought(mail) &&
      this.decided !== 'bug' &&
      samePerson(mail.facts.sender, this.#reporter)
    return own ? unknownSender : null
  }
}

const unknownSender: Refusal = { reason: 'the list does not know its sender' }

/** Anybody may report a bug. A stranger's first mail that sets another status with it knows more than a reporter can. */
const isReport = (sign: string | null, suspect: boolean) =>
  sign !== null && !(suspect && /^bug-status:(?!\s*new\b)/i.test(sign))

export const isBugType = (word: string): word is Bug['type'] =>
  word === 'bug' || word === 'task' || word === 'idea'
