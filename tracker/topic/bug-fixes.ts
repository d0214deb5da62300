// What fixes a bug without a line that says so: an accepted patch that closes it, a commit that does, and what takes the
// commit back.
import type { MessageId } from '../../base/ids.ts'
import type { Planned } from './bug.ts'
import type { Step } from './history.ts'
import { commitOf, eventsOf, type Landing, type LandingEvent, stepPlace } from './landing.ts'
import type { Closing, Statement } from './topic.ts'
import type { Node } from './tree.ts'

/** What other topics and the branches have to say of a thread with these mails. */
export function fixesOf(
  here: ReadonlyMap<MessageId, Node>,
  statements: readonly Statement[],
  planned: Planned,
): Step[] {
  const closings = closingsIn(statements, here).map(closing => ({
    at: closing.said,
    take: () => close(closing, planned),
  }))
  return [...closings, ...commitSteps([...here.values()], planned)]
}

/** The commits that close a mail's bug. */
export const closingOf = (mail: Node): Landing[] => mail.landed.filter(({ how }) => how === 'closes')

/** The accepted patches that close a bug with these mails. */
const closingsIn = (statements: readonly Statement[], here: ReadonlyMap<MessageId, Node>): Closing[] =>
  statements
    .filter(one => one.what === 'closing')
    .filter(({ target }) => here.has(target))
    .sort((a, b) => (a.mail < b.mail ? -1 : 1))

/** The commits that close a bug with these mails, and those that take them back. */
function commitSteps(mails: readonly Node[], planned: Planned): Step[] {
  const closed = new Map(mails.flatMap(mail => closingOf(mail).map(landing => [landing, mail.id])))
  return eventsOf([...closed.keys()], mails[0]?.said ?? 0).map(event => ({
    at: event.at,
    take: () => land(closed.get(event.landing), event, planned),
  }))
}

/** A patch that closes it was accepted. */
function close({ mail, sender, said, title }: Closing, planned: Planned): void {
  if (planned.bug.status === 'fixed') return
  planned.setByFix('fixed')
  planned.lines.history.push({
    mail,
    who: sender,
    said,
    what: 'Bug-Status',
    value: 'fixed',
    state: 'fixed',
    reason: `its fix "${title}" was accepted`,
    effect: true,
  })
}

/** A commit that closes the bug fixes it; what takes the last of them back reopens it. */
function land(mail: MessageId | undefined, event: LandingEvent, planned: Planned): void {
  if (mail === undefined) return
  const back = event.what === 'reverted'
  const effect = !back || (!event.elsewhere && planned.bug.status === 'fixed')
  if (effect) planned.setByFix(back ? 'reopened' : 'fixed')
  planned.lines.history.push({
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
