// The lines of a topic's mails, and what comes of them. What those about a bug and those about patches have in common:
// one that speaks of another topic goes there, the others are obeyed here, and the history tells of each.
import type { MessageId } from '../../base/ids.ts'
import type { MissFact, TagFact } from '../mail/facts.ts'
import type { Spoken } from '../mail/tag/value.ts'
import type { Refusal } from './authority.ts'
import { changeBy, type Named, type Outcome, withOutcome } from './history.ts'
import { type BugNumbers, elsewhere } from './reference.ts'
import { heardAs, heardHere, type SpeakingMail } from './speaking-mail.ts'
import { Statements, sentChange } from './statement.ts'
import type { Change, Claim, Role } from './topic.ts'
import type { Node } from './tree.ts'
import type { Undoing } from './undo.ts'

/** A line that means something. */
export type Line = Spoken<TagFact>

export type LineOf<Name extends Line['tag']> = Extract<Line, { readonly tag: Name }>

/** What a kind of topic does with a line. */
export interface LineHandler {
  /** Does what a line about this topic asks for, and tells what came of it. */
  obey(mail: SpeakingMail, tag: Line): void
  /** Tells why a line about another topic does not go there. */
  refuse(mail: SpeakingMail, tag: Line, refusal: Refusal): void
  /** Tells of a line that is not understood. */
  miss(mail: SpeakingMail, named: Named, refusal: Refusal): void
  /** Why a mail reaches no other topic. */
  sendRefusal?(mail: SpeakingMail): Refusal | null
}

/** A canonical tag with a value that means nothing is told as what it is. */
function missesOf(own: Node | undefined): readonly MissFact[] {
  if (!own) return []
  const { misses, tags } = own.facts
  return misses.filter(({ line }) => !tags.some(tag => tag.line === line))
}

/** What comes of a request: it has its effect when nothing refuses it, unless that is a part of it only. */
export type Ruling = Pick<Outcome, 'refusal' | 'words'> & { readonly effect?: boolean }

export class Lines {
  readonly history: Change[] = []
  readonly claims: Claim[] = []
  /** The topic's own mails. */
  readonly here: ReadonlyMap<MessageId, Node>
  readonly numbers: BugNumbers
  readonly undoing: Undoing
  readonly #statements = new Statements()

  constructor(here: ReadonlyMap<MessageId, Node>, numbers: BugNumbers, undoing: Undoing) {
    this.here = here
    this.numbers = numbers
    this.undoing = undoing
  }

  /** What they say of other topics. */
  get statements() {
    return this.#statements.all
  }

  take(mail: SpeakingMail, handler: LineHandler): void {
    for (const tag of mail.facts.tags) {
      if (tag.tag === 'Recorded') continue
      const other = elsewhere(tag, mail.said, this.here, this.numbers)
      if (other === null) handler.obey(heardAs(mail, tag), tag)
      else this.#send(heardAs(mail, tag), tag, other, handler)
    }
    for (const { line, nearest } of missesOf(this.here.get(mail.id))) {
      const meant = nearest === null ? '' : `; perhaps "${nearest}" was meant`
      const reason = `this line is not understood${meant}`
      handler.miss(heardHere(mail), { what: 'not understood', value: line.slice(0, 200) }, { reason })
    }
  }

  /** Does the mail's word count still: nobody took it back? */
  stands(mail: SpeakingMail): boolean {
    return this.undoing.by(mail) === undefined
  }

  /** The next line of the history. */
  tell(
    mail: SpeakingMail,
    role: Role,
    named: Named,
    { refusal, words, effect = refusal === null }: Ruling,
  ): void {
    const undoneBy = this.undoing.by(mail)
    this.history.push(withOutcome(changeBy(mail, role, named), { refusal, words, effect, undoneBy }))
  }

  /** To the topic that it speaks of; what came from another one goes no further. */
  #send(
    mail: SpeakingMail,
    tag: Line,
    other: Exclude<ReturnType<typeof elsewhere>, null>,
    handler: LineHandler,
  ): void {
    const own = this.here.get(mail.id)
    if (!own) return
    const undone = this.undoing.by(mail)
    const refusal =
      'reason' in other
        ? other
        : (handler.sendRefusal?.(mail) ?? this.#statements.send(heardHere(own), tag, other.id, undone))
    if (refusal) handler.refuse(mail, tag, refusal)
    else if ('id' in other) this.history.push(sentChange(own, tag, other.id, undone))
  }
}
