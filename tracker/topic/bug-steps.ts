// Bugs, tasks and ideas: what they are, where they stand and what they are planned for, by going through the lines of
// their thread, the patches and the commits that close them, in order. Their numbers are given by the log, not here.
import { ownReviews } from './answers.ts'
import { type BugInputs, Planned, type ThreadKind } from './bug.ts'
import { fixesOf } from './bug-fixes.ts'
import { bugLineHandler } from './bug-lines.ts'
import { takeInOrder, wordsAt } from './history.ts'
import type { Judging } from './judged.ts'
import { lostReason } from './lost.ts'
import { voicesFor } from './statement.ts'
import type { Bug, Change, Claim, Delegate, RemoteLines, Statement } from './topic.ts'
import type { Node } from './tree.ts'

export interface Planning {
  /** What a sign in the first mail or a line in an answer made of the thread; null when nobody said anything. */
  readonly decided: ThreadKind | null
  /** As the lines left it; it counts where the thread is a bug. */
  readonly bug: Bug
  readonly title: string | null
  readonly delegate: Delegate | null
  readonly history: readonly Change[]
  /** Bugs that its lines say it blocks, or that lines of other topics say it repeats. */
  readonly claims: readonly Claim[]
  /** What they say of other topics. */
  readonly statements: readonly RemoteLines[]
  /** Of which texts they spoke. */
  readonly judgings: readonly Judging[]
}

/** What a thread's lines are read with. */
export interface PlanningInputs extends BugInputs {
  /** What other topics say. */
  readonly statements: readonly Statement[]
}

/** A review of what nobody knows counts for nothing, and its sender is to know why. */
function lostReviews([first]: readonly Node[], planned: Planned): { at: number; take: () => void }[] {
  if (!first || !planned.isLost(first)) return []
  return ownReviews(first.facts).map(({ key, value }) => ({
    at: wordsAt(first),
    take: () =>
      planned.lines.tell(
        first,
        planned.roleOf(first),
        { what: 'review', value: `${key}: ${value}` },
        { refusal: { reason: lostReason } },
      ),
  }))
}

/** Goes through the thread's lines about bugs, in order. */
export function planningOf(mails: readonly Node[], inputs: PlanningInputs): Planning {
  const here = new Map(mails.map(mail => [mail.id, mail]))
  const others = voicesFor(inputs.statements, here)
  const planned = new Planned(here, others, inputs)
  const { lines } = planned
  const handler = bugLineHandler(planned)
  const speaking = [
    ...mails.filter(({ facts }) => facts.tags.length > 0 || facts.misses.length > 0),
    ...others,
  ]
  takeInOrder([
    ...lostReviews(mails, planned),
    ...speaking.map(mail => ({ at: wordsAt(mail), take: () => lines.take(mail, handler) })),
    ...fixesOf(here, inputs.statements, planned),
  ])
  const { decided, title, delegate } = planned
  const bug = { ...planned.bug, explicit: decided === 'bug' }
  const { history, claims, statements } = lines
  const judgings = planned.judgements.all
  return { decided, bug, title, delegate, history, claims, statements, judgings }
}
