// What counts as a review of a patch, and which check is the latest. Rows of lists, the matrix, the standing and the
// export ask here. A trailer that answers the cover speaks of all patches of that revision; one given on an earlier
// revision carries over while the patch is the same (equal patch-id), or while the author keeps it in the commit message,
// and else stays behind once the code changed; authors do not review their own patch. What stands in the commit message
// and nobody said here is shown, and counts for nothing.
import type { Person } from '../mail/facts.ts'
import { elderOf, wholePatches } from './compare.ts'
import { samePerson } from './person.ts'
import type { Check, Revision, Topic, TopicPatch, Trailer } from './topic.ts'

type Letter = 'R' | 'A' | 'T' | 'N'

export interface Review {
  readonly letter: Letter
  readonly key: string
  readonly who: Person
  readonly mail: Trailer['mail']
  readonly said: number
  /** The version it was given on, when that is an earlier one. */
  readonly from: number | null
  /** `carried`: the code changed, and its author kept it in the commit message. `message`: it stands there alone. */
  readonly counts: 'yes' | 'carried' | 'message' | 'code changed' | 'not the sender' | 'own'
}

/** Is the patch reviewed by it, where it is praise? */
export const isCounted = ({ counts }: Pick<Review, 'counts'>): boolean =>
  counts === 'yes' || counts === 'carried'

/** Does it stand in the matrix? */
export const isShown = (review: Pick<Review, 'counts'>): boolean =>
  isCounted(review) || review.counts === 'message'

/** How far a revision is reviewed. */
export interface ReviewCount {
  /** A partial reroll stands with the patches that it leaves as they were. */
  readonly patches: readonly TopicPatch[]
  /** How many of them hold a counting Reviewed-by or Acked-by. */
  readonly reviewed: number
  readonly unreviewed: readonly TopicPatch[]
  /** The reviews that say so, patch by patch. */
  readonly reviews: readonly Review[]
  /** Who praises one of them in its commit message, and nowhere here. */
  readonly named: readonly Person[]
}

export interface Reviewer {
  /** What tells two people of one name apart. */
  readonly key: string
  readonly person: Person
}

/** How many of `total` checks have the worst state among them. */
export interface CheckCount {
  readonly state: Check['state']
  readonly count: number
  readonly total: number
}

type Reviewed = Pick<Topic, 'revisions' | 'trailers'>
type Checked = Pick<Topic, 'revisions' | 'checks'>

const letters: Readonly<Record<string, Letter>> = {
  'reviewed-by': 'R',
  'acked-by': 'A',
  'tested-by': 'T',
  'nacked-by': 'N',
  'nak-by': 'N',
}

/** Everything said by trailer about this patch of a revision, oldest first; what its commit message says of others last. */
export function reviewsOf(topic: Reviewed, revision: Revision, patch: TopicPatch): Review[] {
  const said = topic.revisions
    .slice(0, topic.revisions.indexOf(revision) + 1)
    .flatMap(from => given(topic, from, revision, patch))
    .sort((a, b) => a.said - b.said)
  return patch.carries ? withCarried(topic, revision, patch, said) : said
}

/** What the commit message keeps of what was said here, and what it says of people who did not say it here. */
function withCarried(
  topic: Reviewed,
  revision: Revision,
  patch: TopicPatch,
  said: readonly Review[],
): Review[] {
  const carries = patch.carries ?? []
  const isKept = ({ letter, who }: Pick<Review, 'letter' | 'who'>) =>
    carries.some(one => letterOf(one.key) === letter && samePerson(one.who, who))
  const kept = said.map(review =>
    review.counts === 'code changed' && isKept(review) ? { ...review, counts: 'carried' as const } : review,
  )
  const others = carries.flatMap(({ key, who }): Review[] => {
    const letter = letterOf(key)
    const isHere = (one: Review) => one.letter === letter && samePerson(one.who, who)
    if (letter === undefined || kept.some(one => isHere(one) && isCounted(one))) return []
    const before = sayingBefore(topic, revision, { letter, who })
    if (before) return [before]
    return [{ letter, key, who, mail: patch.id, said: revision.said, from: null, counts: 'message' }]
  })
  return [...kept, ...others]
}

/** What this person said of an earlier revision, of a patch that has another name now. */
function sayingBefore(
  { revisions, trailers }: Reviewed,
  revision: Revision,
  { letter, who }: Pick<Review, 'letter' | 'who'>,
): Review | null {
  const trailer = trailers.findLast(
    one => one.counts && letterOf(one.key) === letter && samePerson(one.who, who) && one.said < revision.said,
  )
  const from =
    trailer &&
    revisions.find(
      ({ cover, patches }) => cover === trailer.on || patches.some(({ id }) => id === trailer.on),
    )
  if (!trailer || !from || from === revision) return null
  const { key, mail, said } = trailer
  return { letter, key, who: trailer.who, mail, said, from: from.version, counts: 'carried' }
}

export function reviewCount(topic: Reviewed, revision: Revision): ReviewCount {
  const patches = wholePatches(topic.revisions, revision)
  const praise = patches.map(patch =>
    reviewsOf(topic, revision, patch).filter(review => isPraise(review.letter)),
  )
  const byPatch = praise.map(reviews => reviews.filter(isCounted))
  const named = praise.flat().filter(({ counts }) => counts === 'message')
  return {
    patches,
    reviewed: byPatch.filter(reviews => reviews.length > 0).length,
    unreviewed: patches.filter((_, at) => byPatch[at]?.length === 0),
    reviews: byPatch.flat(),
    named: reviewersOf([named]).map(({ person }) => person),
  }
}

/** The people who reviewed a revision, in the order of their first word. */
export function reviewersOf(reviews: readonly (readonly Review[])[]): Reviewer[] {
  const people = new Map<string, Reviewer>()
  for (const review of reviews.flat().filter(isShown)) {
    const key = personKey(review.who)
    if (!people.has(key)) people.set(key, { key, person: review.who })
  }
  return [...people.values()]
}

export const personKey = (person: Person) => person.address || person.name.toLowerCase()

/** Those whose sender gives them in person; the others are somebody else's words. */
export const givenTrailers = ({ trailers }: Pick<Topic, 'trailers'>): Trailer[] =>
  trailers.filter(({ counts }) => counts)

/** Does it praise a patch, whichever? */
export const isReview = ({ key, counts }: Trailer): boolean => counts && isPraise(letterOf(key))

/** The latest checks of a patch: its own and those of its revision's cover; what is only claimed last, failed ones first. */
export const patchChecks = ({ checks }: Checked, { cover }: Revision, patch: TopicPatch): Check[] =>
  latestChecks(checks, [cover, patch.id])

/** The latest checks of a revision and of any of its patches, in the same order. */
export const revisionChecks = ({ revisions, checks }: Checked, revision: Revision): Check[] =>
  latestChecks(checks, [revision.cover, ...wholePatches(revisions, revision).map(({ id }) => id)])

/** Null without checks; they are in the order of `patchChecks`. */
export function countChecks(all: readonly Check[]): CheckCount | null {
  const checks = weightyChecks(all)
  const state = checks[0]?.state
  if (state === undefined) return null
  return { state, count: checks.filter(check => check.state === state).length, total: checks.length }
}

/** Where somebody is believed, what others claim weighs nothing. */
export function weightyChecks(checks: readonly Check[]): readonly Check[] {
  const believed = checks.filter(({ claimed }) => !claimed)
  return believed.length > 0 ? believed : checks
}

const letterOf = (key: string): Letter | undefined => letters[key.toLowerCase()]

const isPraise = (letter: Letter | undefined): boolean => letter === 'R' || letter === 'A'

/** What was said on the revision `from` and concerns the patch in the revision `to`. */
function given(topic: Reviewed, from: Revision, to: Revision, patch: TopicPatch): Review[] {
  const spoken = topic.trailers.filter(
    ({ on }) => on === from.cover || from.patches.some(({ id }) => id === on),
  )
  if (spoken.length === 0) return []
  const was = from === to || from.patches.includes(patch) ? patch : elderOf(from, patch)
  if (was === null) return []
  return spoken
    .filter(({ on, whole }) => whole || on === from.cover || on === was.id)
    .flatMap(trailer => {
      const letter = letterOf(trailer.key)
      if (letter === undefined) return []
      const { key, who, mail, said } = trailer
      const version = from === to ? null : from.version
      return [{ letter, key, who, mail, said, from: version, counts: counts(trailer, was, patch, to) }]
    })
}

function counts(
  trailer: Trailer,
  was: TopicPatch,
  patch: TopicPatch,
  { author }: Revision,
): Review['counts'] {
  if (!trailer.counts) return 'not the sender'
  // A Nacked-by of the author takes the patch back, and that is something new.
  if (letterOf(trailer.key) !== 'N' && [author, patch.author].some(one => samePerson(trailer.who, one)))
    return 'own'
  return was === patch || (was.patchId !== null && was.patchId === patch.patchId) ? 'yes' : 'code changed'
}

/** The last word of each program about each check on each of these mails. */
function latestChecks(checks: readonly Check[], mails: readonly (Check['on'] | null)[]): Check[] {
  const on = new Set(mails)
  const last = new Map(checks.filter(check => on.has(check.on)).map(check => [nameOf(check), check]))
  const order: readonly Check['state'][] = ['fail', 'warning', 'pending', 'success']
  return [...last.values()].sort(
    (a, b) =>
      Number(a.claimed ?? false) - Number(b.claimed ?? false) ||
      order.indexOf(a.state) - order.indexOf(b.state),
  )
}

/** What a program claims replaces nothing of another one, and nothing that is believed of it. */
const nameOf = ({ on, by, context, claimed }: Check) => `${claimed ?? false} ${on} ${by} ${context}`
