// Whose turn is it with a patchset? From facts alone: a state somebody set, an unanswered remark, reviews of every
// patch, checks. Where the facts don't say, it needs review.
import type { MessageId } from '../../base/ids.ts'
import { isNod } from '../mail/nod.ts'
import { wholePatches } from './compare.ts'
import { samePerson } from './person.ts'
import { isPosting } from './series.ts'
import { type Check, finalStates, type Revision, type TopicPatch, type Trailer, type Turn } from './topic.ts'
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
  /** How many of the patches somebody else reviewed, there or with the same change before. */
  readonly reviewed: number
  /** The trailers that say so. */
  readonly reviews: readonly Trailer[]
  /** Did a person say anything about the newest revision? */
  readonly answered: boolean
}

export function turnOf({ revisions, mails, trailers, checks }: Watched): TurnAndWhy {
  const last = revisions.at(-1)
  if (!last) throw new Error('A patchset has no revision')
  const newest = { ...last, patches: wholePatches(revisions, last) }
  const byPatch = newest.patches.map(patch => reviewsOf(patch, newest, revisions, trailers))
  const reviewed = byPatch.filter(given => given.length > 0).length
  const answers = answersTo(newest, mails)
  const remark = openRemark(newest, answers)
  const failed = failedCheck(newest, checks)
  const reviews = trailers.filter(trailer => byPatch.some(given => given.includes(trailer)))
  const turn = whose(newest, reviewed, remark, failed)
  return { turn, patches: newest.patches, remark, failed, reviewed, reviews, answered: answers.length > 0 }
}

function whose(newest: Revision, reviewed: number, remark: Node | null, failed: Check | null): Turn {
  const states = newest.patches.map(patch => patch.state)
  if (states.length > 0 && states.every(state => finalStates.includes(state))) return 'nobody'
  if (states.includes('deferred') || states.includes('awaiting-upstream')) return 'nobody'
  if (states.includes('changes-requested') || newest.completeness === 'incomplete' || remark || failed)
    return 'author'
  return newest.patches.length > 0 && reviewed === newest.patches.length ? 'maintainer' : 'reviewer'
}

/**
 * The latest mail about the newest revision that says more than "thanks", when a person other than the author wrote it
 * and gave no trailer with it: the author has not answered. The author's own mail, or a trailer after it, ends the
 * waiting; a Nacked-by does not.
 */
function openRemark(newest: Revision, answers: readonly Node[]): Node | null {
  const own = (mail: Node) => samePerson(mail.facts.sender, newest.author)
  const last = answers.findLast(mail => own(mail) || !isNod(mail.facts.gist.replace(/\s--(?:\s.*)?$/s, '')))
  if (!last || own(last) || last.facts.applied || last.facts.gist === '') return null
  const gives = last.facts.trailers.some(({ key }) => /-by$/i.test(key) && !/^na(?:c?ked|k)-/i.test(key))
  return gives || last.facts.tags.some(tag => !tag.recorded) ? null : last
}

/** The mails of people below the newest revision's own. */
function answersTo(newest: Revision, mails: readonly Node[]): Node[] {
  const on = new Set<MessageId | null>([newest.cover, ...newest.patches.map(patch => patch.id)])
  return mails.filter(mail => !isPosting(mail) && !mail.facts.robot && postingAbove(mail, on))
}

function postingAbove(mail: Node, on: ReadonlySet<MessageId | null>): boolean {
  for (let at = mail.parent; at; at = at.parent) if (isPosting(at)) return on.has(at.id)
  return false
}

/** The latest word of each check counts. */
function failedCheck(newest: Revision, checks: readonly Check[]): Check | null {
  const on = new Set<MessageId | null>([newest.cover, ...newest.patches.map(patch => patch.id)])
  const latest = new Map(
    checks.filter(check => on.has(check.on)).map(check => [`${check.context} ${check.on}`, check]),
  )
  return [...latest.values()].find(check => check.state === 'fail') ?? null
}

/** Trailers on the patch, on its whole revision, or on an elder with the same patch-id. */
function reviewsOf(
  patch: TopicPatch,
  newest: Revision,
  revisions: readonly Revision[],
  trailers: readonly Trailer[],
): Trailer[] {
  const spoken = revisions.flatMap(revision => {
    const same = revision.patches.filter(
      one => one.id === patch.id || (one.patchId !== null && one.patchId === patch.patchId),
    )
    return same.length > 0 ? [{ ids: [...same.map(one => one.id), revision.cover], revision }] : []
  })
  const speaks = ({ on, whole }: Trailer) =>
    spoken.some(({ ids, revision }) => ids.includes(on) || (whole === true && holds(revision, on)))
  return trailers.filter(
    trailer =>
      trailer.counts &&
      /^(?:reviewed|acked)-by$/i.test(trailer.key) &&
      speaks(trailer) &&
      !samePerson(trailer.who, newest.author),
  )
}

const holds = ({ patches }: Revision, id: MessageId) => patches.some(patch => patch.id === id)
