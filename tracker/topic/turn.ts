// Whose turn is it with a patchset? From facts alone: a state somebody set, an unanswered remark, reviews of every
// patch, checks. Where the facts don't say, it needs review.
import type { MessageId } from '../../base/ids.ts'
import type { Person } from '../mail/facts.ts'
import { isNod } from '../mail/nod.ts'
import { samePerson } from './person.ts'
import { type Review, reviewCount, revisionChecks, weightyChecks } from './reviews.ts'
import { isPosting, postingAt } from './series.ts'
import {
  type Change,
  type Check,
  finalStates,
  type Revision,
  type TopicPatch,
  type Trailer,
  type Turn,
} from './topic.ts'
import type { Node } from './tree.ts'

export interface Watched {
  readonly revisions: readonly Revision[]
  /** The patchset's mails, in order. */
  readonly mails: readonly Node[]
  readonly trailers: readonly Trailer[]
  readonly checks: readonly Check[]
}

export interface TurnAndWhy {
  readonly turn: Turn
  /** Of the newest revision; a partial reroll stands with the patches that it leaves as they were. */
  readonly patches: readonly TopicPatch[]
  /** The remark that waits for the author. */
  readonly remark: Node | null
  /** The check that failed. */
  readonly failed: Check | null
  /** How many of the patches somebody else reviewed. */
  readonly reviewed: number
  /** The others. */
  readonly unreviewed: readonly TopicPatch[]
  readonly reviews: readonly Review[]
  /** Who praises it in a commit message, and nowhere here. */
  readonly named: readonly Person[]
  /** Did a person say anything about the newest revision? */
  readonly answered: boolean
}

export function turnOf(watched: Watched, history: readonly Change[]): TurnAndWhy {
  const last = watched.revisions.at(-1)
  if (!last) throw new Error('A patchset has no revision')
  const { patches, reviewed, unreviewed, reviews, named } = reviewCount(watched, last)
  const newest = { ...last, patches }
  const answers = answersTo(newest, watched.mails)
  const remark = openRemark(newest, answers, history)
  const failed = weightyChecks(revisionChecks(watched, last)).find(({ state }) => state === 'fail') ?? null
  const turn = whose(newest, reviewed, remark, failed)
  const answered = answers.length > 0
  return { turn, patches, remark, failed, reviewed, unreviewed, reviews, named, answered }
}

function whose(newest: Revision, reviewed: number, remark: Node | null, failed: Check | null): Turn {
  const states: readonly Revision['state'][] =
    newest.patches.length > 0 ? newest.patches.map(patch => patch.state) : [newest.state]
  if (states.every(isFinal)) return 'nobody'
  if (states.includes('deferred') || states.includes('awaiting-upstream')) return 'nobody'
  if (states.includes('changes-requested') || newest.completeness === 'incomplete' || remark || failed)
    return 'author'
  return newest.patches.length > 0 && reviewed === newest.patches.length ? 'maintainer' : 'reviewer'
}

const isFinal = (state: Revision['state']) => state !== 'mixed' && finalStates.includes(state)

/**
 * The latest mail about the newest revision that says more than "thanks", when a person other than the author wrote it
 * and neither set a state nor gave a trailer with it: the author has not answered. The author's own mail, a state or a
 * trailer after it ends the waiting; a Nacked-by does not, nor do lines that plan, or that have no effect.
 */
function openRemark(newest: Revision, answers: readonly Node[], history: readonly Change[]): Node | null {
  const own = (mail: Node) => samePerson(mail.facts.sender, newest.author)
  const sets = (mail: Node) =>
    mail.facts.tags.length > 0 &&
    history.some(({ mail: by, effect, state }) => by === mail.id && effect && state !== undefined)
  const last = answers.findLast(mail => own(mail) || sets(mail) || saysMore(mail))
  if (!last || own(last) || sets(last) || last.facts.applied || last.facts.gist === '') return null
  const gives = last.facts.trailers.some(({ key }) => /-by$/i.test(key) && !/^na(?:c?ked|k)-/i.test(key))
  return gives ? null : last
}

/** Than "thanks", and than tags. A mail without words gives trailers. */
function saysMore({ facts: { gist, tags } }: Node): boolean {
  const rest = tags.reduce(
    (words, { line }) => words.replace(line.replace(/\s+/g, ' ').trim().slice(0, 200), ''),
    gist,
  )
  return tags.length > 0 ? /\p{L}/u.test(rest) && !isNod(rest) : !isNod(gist.replace(/\s--(?:\s.*)?$/s, ''))
}

/** The mails of people below the newest revision's own; who reports checks is a program, known or not. */
function answersTo(newest: Revision, mails: readonly Node[]): Node[] {
  const on = new Set<MessageId | null>([newest.cover, ...newest.patches.map(patch => patch.id)])
  const isBelowThem = (mail: Node) => {
    const posting = postingAt(mail)
    return posting !== null && on.has(posting.id)
  }
  return mails.filter(
    mail =>
      !isPosting(mail) &&
      !mail.automatic &&
      !mail.facts.robot &&
      mail.facts.checks.length === 0 &&
      isBelowThem(mail),
  )
}
