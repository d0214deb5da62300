// Who said what about which patch of a revision: the cells of the matrix and the rows below a commit message.
// A trailer that answers the cover speaks of all patches of that revision; one given on an earlier revision carries
// over while the patch is the same (equal patch-id) and stays behind once the code changed.
import type { Person } from '../mail/facts.ts'
import type { Revision, Topic, TopicPatch, Trailer } from './topic.ts'

export interface Review {
  readonly letter: string
  readonly key: string
  readonly who: Person
  readonly mail: Trailer['mail']
  readonly said: number
  /** The version it was given on, when that is an earlier one. */
  readonly from: number | null
  readonly counts: 'yes' | 'code changed' | 'not the sender'
}

export interface Reviewer {
  /** What tells two people of one name apart. */
  readonly key: string
  readonly person: Person
}

type Reviewed = Pick<Topic, 'revisions' | 'trailers'>

const letters: Readonly<Record<string, string>> = {
  'reviewed-by': 'R',
  'acked-by': 'A',
  'tested-by': 'T',
  'nacked-by': 'N',
  'nak-by': 'N',
}

/** Everything said by trailer about this patch, oldest first. */
export function reviewsOf(topic: Reviewed, revision: Revision, patch: TopicPatch): Review[] {
  return topic.revisions
    .filter(other => other === revision || other.said < revision.said)
    .flatMap(other => given(topic, other, revision, patch))
    .sort((a, b) => a.said - b.said)
}

/** The people who reviewed a revision, in the order of their first word. */
export function reviewersOf(reviews: readonly (readonly Review[])[]): Reviewer[] {
  const people = new Map<string, Reviewer>()
  for (const review of reviews.flat().filter(({ counts }) => counts === 'yes')) {
    const key = personKey(review.who)
    if (!people.has(key)) people.set(key, { key, person: review.who })
  }
  return [...people.values()]
}

export const personKey = (person: Person) => person.address || person.name.toLowerCase()

/** How many patches of the revision hold a counting Reviewed-by or Acked-by. */
export const reviewedCount = (topic: Reviewed, revision: Revision): number =>
  revision.patches.filter(patch =>
    reviewsOf(topic, revision, patch).some(({ letter, counts }) => counts === 'yes' && 'RA'.includes(letter)),
  ).length

function given(topic: Reviewed, from: Revision, to: Revision, patch: TopicPatch): Review[] {
  const elder =
    from === to ? patch : from.patches.find(other => isSame(other, patch) || other.title === patch.title)
  if (elder === undefined) return []
  return topic.trailers.flatMap(trailer => {
    const letter = letters[trailer.key.toLowerCase()]
    const all = trailer.whole && from.patches.some(({ id }) => id === trailer.on)
    if (letter === undefined || !(all || trailer.on === elder.id || trailer.on === from.cover)) return []
    const { key, who, mail, said } = trailer
    return [
      {
        letter,
        key,
        who,
        mail,
        said,
        from: from === to ? null : from.version,
        counts: counts(trailer, elder, patch),
      },
    ]
  })
}

function counts(trailer: Trailer, elder: TopicPatch, patch: TopicPatch): Review['counts'] {
  if (!trailer.counts) return 'not the sender'
  return elder === patch || isSame(elder, patch) ? 'yes' : 'code changed'
}

const isSame = (a: TopicPatch, b: TopicPatch) => a.patchId !== null && a.patchId === b.patchId
