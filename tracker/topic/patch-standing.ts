// Where one patch of a series stands: the sentence of its own page. That of the series stands on the page of the series.
import { dayWords, nameWords } from './day-words.ts'
import { listed } from './listed.ts'
import { lineVerbs, lookOf, patchIs } from './look.ts'
import type { ReviewThread } from './patch-review.ts'
import { isCounted, patchChecks, type Review, reviewersOf, reviewsOf, weightyChecks } from './reviews.ts'
import {
  type Change,
  finalStates,
  type Look,
  type Revision,
  type Sentence,
  type Topic,
  type TopicPatch,
} from './topic.ts'

export interface PatchStanding extends Look {
  readonly sentence: Sentence
}

/** `open`: the comments on it that have no answer. */
export function patchStanding(
  topic: Topic,
  revision: Revision,
  patch: TopicPatch,
  open: readonly ReviewThread[],
): PatchStanding {
  const set = topic.history.findLast(change => change.effect && change.mail === patch.stateBy)
  const landed = patch.landed?.findLast(({ turns }) => turns.length % 2 === 0)
  if (landed && patch.state === 'accepted')
    return {
      ...lookOf('accepted'),
      sentence: [
        `Landed in ${landed.branch} as ${landed.commit.slice(0, 12)}${landed.release ? ` (${landed.release})` : ''}.`,
      ],
    }
  if (finalStates.includes(patch.state))
    return {
      ...lookOf(patch.state),
      sentence: set ? setSentence(patch, set) : [`It ${patchIs[patch.state]}.`],
    }
  const waits = waiting(topic, revision, patch, open)
  if (patch.state === 'new') return waits
  return {
    ...lookOf(patch.state),
    sentence: [...(set ? setSentence(patch, set) : [`It ${patchIs[patch.state]}.`]), ' ', ...waits.sentence],
  }
}

/** "Ruth accepted it on 3 March 2026." */
function setSentence({ state }: TopicPatch, { who, mail, said, what }: Change): Sentence {
  const [verb, behind] = what === 'applied' ? (['applied', ' it'] as const) : lineVerbs[state]('it')
  return [`${nameWords(who)} `, { text: verb, mail }, `${behind} on ${dayWords(said)}.`]
}

/** Nobody decided it: an open comment first, then a failed check, then who reviewed it. */
function waiting(
  topic: Topic,
  revision: Revision,
  patch: TopicPatch,
  open: readonly ReviewThread[],
): PatchStanding {
  const praise = reviewsOf(topic, revision, patch).filter(
    review => isCounted(review) && (review.letter === 'R' || review.letter === 'A'),
  )
  const failed = weightyChecks(patchChecks(topic, revision, patch)).find(({ state }) => state === 'fail')
  const [first] = open
  const reviewed = praise.length > 0 ? [...reviewedWords(praise), ' '] : []
  const author = nameWords(revision.author)
  if (first) {
    const { author: by, mail: id, said } = first.first
    const others = open.length === 1 ? '' : ` and ${open.length - 1} more`
    return {
      ...withAuthor,
      sentence: [
        ...reviewed,
        `It waits for ${author}: the `,
        { text: 'comment', mail: id },
        ` of ${nameWords(by)} of ${dayWords(said)}${others} ${open.length === 1 ? 'has' : 'have'} no answer yet.`,
      ],
    }
  }
  if (failed)
    return {
      ...withAuthor,
      sentence: [
        ...reviewed,
        `It waits for ${author}: the check `,
        { text: failed.context, mail: failed.mail },
        ' failed.',
      ],
    }
  if (praise.length > 0)
    return { sign: '✓', word: 'Reviewed', tone: 'ok', sentence: [...reviewed, 'Nothing is open here.'] }
  return {
    sign: '◔',
    word: 'Needs review',
    tone: 'info',
    sentence: ['Nobody has reviewed this patch yet.'],
  }
}

const withAuthor: Look = { sign: '✎', word: 'With the author', tone: 'warn' }

function reviewedWords(reviews: readonly Review[]): Sentence {
  const names = reviewersOf([reviews]).map(({ person }) => nameWords(person))
  const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  const last = reviews.at(-1)
  return last ? [`${listed(shown)} `, { text: 'reviewed', mail: last.mail }, ' it.'] : []
}
