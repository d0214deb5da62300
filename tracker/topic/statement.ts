// What a mail says of another topic: `Bug-Status: #12 fixed` in any thread, a mail to `12-done@`. The topic that holds the
// mail decides nothing. It hands on all that the other one must know to judge the lines as if they stood in its own
// thread; that one may lie in another cluster, so this is a value between two folds. What was handed on is never handed
// on again.
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { TagFact } from '../mail/facts.ts'
import type { Spoken } from '../mail/tag/value.ts'
import type { Refusal } from './authority.ts'
import { namedBy } from './history.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import type { Change, RemoteLines, Statement, Undone } from './topic.ts'
import { above, type Node } from './tree.ts'

/** Gathers what a topic says of others while its lines are gone through. */
export class Statements {
  readonly #found = new Map<string, RemoteLines>()

  get all(): readonly RemoteLines[] {
    return [...this.#found.values()]
  }

  /** Null when the line goes on its way. */
  send(mail: Node, tag: TagFact, target: MessageId, undone: Undone | undefined): Refusal | null {
    // Whoever asks for a run of the checks asks where the patch is.
    if (tag.tag === 'CI') return { reason: 'it speaks of a mail of another topic' }
    const key = `${mail.id} ${target}`
    const found = this.#found.get(key)
    if (!found && this.#found.size >= limits.statementsOutMax)
      return { reason: `more than ${limits.statementsOutMax} mails of this topic speak of other topics` }
    const tags = [...(found?.tags ?? []), { ...tag, on: target }]
    this.#found.set(key, { ...(found ?? linesOf(mail, target, undone)), tags })
    return null
  }
}

const linesOf = (mail: Node, target: MessageId, undone: Undone | undefined): Omit<RemoteLines, 'tags'> => ({
  what: 'lines',
  target,
  mail: mail.id,
  sender: mail.facts.sender,
  said: mail.said,
  counts: mail.counts,
  verdict: mail.verdict,
  robot: mail.facts.robot,
  namedCommit: mail.namedCommit,
  above: aboveOf(mail),
  ...(undone ? { undone } : {}),
})

function aboveOf(mail: Node): MessageId[] {
  const ids: MessageId[] = []
  for (const at of above(mail)) if (ids.push(at.id) === limits.statementAboveMax) break
  return ids
}

/** The line in the history of the topic that hands it on: what came of it is told over there. */
export const sentChange = (mail: Node, tag: Spoken<TagFact>, target: MessageId, undone?: Undone): Change => ({
  mail: mail.id,
  who: mail.facts.sender,
  said: mail.said,
  ...namedBy(tag),
  reason: null,
  effect: false,
  sent: { target, ...(tag.bug === undefined ? {} : { bug: tag.bug }) },
  ...(undone ? { undone } : {}),
})

/** The mails of other topics that speak of the one with these mails, in order of said time. */
export function voicesFor(
  statements: readonly Statement[],
  here: ReadonlyMap<MessageId, Pick<Node, 'said'>>,
): SpeakingMail[] {
  const meant = statements
    .filter(one => one.what === 'lines')
    .filter(({ target, mail }) => here.has(target) && !here.has(mail))
  return [...Map.groupBy(meant.sort(confirmedFirst), ({ mail }) => mail).values()]
    .slice(0, limits.statementsInMax)
    .map(ofOneMail => voiceOf(ofOneMail, here))
    .sort((a, b) => a.said - b.said || (a.id < b.id ? -1 : 1))
}

/** Of too many those are heard that nobody can forge by the hundred, then the earliest. */
function confirmedFirst(a: RemoteLines, b: RemoteLines): number {
  return (
    Number(isUnconfirmed(a)) - Number(isUnconfirmed(b)) ||
    a.said - b.said ||
    compare(a.mail, b.mail) ||
    compare(a.target, b.target)
  )
}

export const isUnconfirmed = (one: Statement): boolean => one.what === 'lines' && one.verdict.grade === 'C'

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** As an answer is, it is said no earlier than what it speaks of. */
function voiceOf(
  lines: readonly RemoteLines[],
  here: ReadonlyMap<MessageId, Pick<Node, 'said'>>,
): SpeakingMail {
  const [first] = lines
  if (!first) throw new Error('A mail without a statement')
  const { mail, sender, robot, counts, verdict, namedCommit, above, undone } = first
  const said = Math.max(first.said, ...lines.map(({ target }) => here.get(target)?.said ?? 0))
  const tags = lines.flatMap(one => one.tags)
  return {
    id: mail,
    said,
    counts,
    verdict,
    namedCommit,
    facts: { sender, robot, tags },
    parent: null,
    above,
    ...(undone ? { undone } : {}),
  }
}
