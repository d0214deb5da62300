// Whose turn it is and why, as one sentence. Every claim in it links to its mail; what is not known is not said.

import type { MessageId } from '../../base/ids.ts'
import type { Person } from '../mail/facts.ts'
import { dayWords as day, nameWords as name } from './day-words.ts'
import { listed } from './listed.ts'
import { lineVerbs, lookOf, patchesAre, patchIs } from './look.ts'
import { patchNumbers } from './patch-numbers.ts'
import { samePerson } from './person.ts'
import type { Review } from './reviews.ts'
import { postingAt } from './series.ts'
import type {
  Change,
  Check,
  Look,
  PatchState,
  Revision,
  Sentence,
  Standing,
  TopicPatch,
  Turn,
} from './topic.ts'
import type { Node } from './tree.ts'
import { type TurnAndWhy, turnOf, type Watched } from './turn.ts'

/** `revisions` oldest first, at least one; `mails` in order. */
export function patchsetStanding(watched: Watched, history: readonly Change[]): Standing {
  const newest = watched.revisions.at(-1)
  if (!newest) throw new Error('A patchset has no revision')
  const why = turnOf(watched, history)
  const told = toldStanding(watched, newest, why, history)
  return why.turn === 'nobody' ? told : { ...told, since: sinceOf(newest, why, watched, history) }
}

/** The latest thing that made it this one's turn: the posting, a line, the remark, the check, the last review. */
function sinceOf(
  newest: Revision,
  { turn, remark, failed, reviews }: TurnAndWhy,
  { mails }: Watched,
  history: readonly Change[],
): number {
  const set = history.findLast(change => change.effect && isAbout(change, newest))
  const failing = failed && mails.find(({ id }) => id === failed.mail)
  const reasons =
    turn === 'author'
      ? [remark?.said, failing?.said, set?.said]
      : [...(turn === 'maintainer' ? reviews.map(({ said }) => said) : []), set?.said]
  return Math.max(newest.said, ...reasons.filter(said => said !== undefined))
}

function toldStanding(
  watched: Watched,
  newest: Revision,
  why: TurnAndWhy,
  history: readonly Change[],
): Standing {
  const { turn } = why
  if (newest.state === 'mixed' || new Set(why.patches.map(patch => patch.state)).size > 1)
    return {
      ...lookOf('mixed'),
      sentence: inOne([
        ...mixedSentences(why, history),
        ...(turn === 'author' ? openWords(newest, why) : []),
      ]),
      turn,
    }
  const set = history.findLast(change => change.effect && isAbout(change, newest))
  const look = newest.state === 'new' ? waitingLook(turn) : lookOf(newest.state)
  if (set?.commit) return { ...look, sentence: landedSentence(newest, set), turn }
  if (set) return { ...look, sentence: setSentence(newest, set), turn }
  if (turn === 'nobody') return { ...look, sentence: [endedSentence(newest)], turn }
  return {
    ...look,
    sentence: waitSentence(newest, why, watched.mails),
    turn,
  }
}

/** It set the state of a patch, or of a pull request without any. */
const isAbout = ({ mail }: Change, { patches, stateBy }: Revision): boolean =>
  stateBy === mail || patches.some(patch => patch.stateBy === mail)

/** Nobody set a state: the turn says more than "New". */
function waitingLook(turn: Turn): Look {
  if (turn === 'maintainer') return { sign: '✓', word: 'Reviewed', tone: 'ok' }
  if (turn === 'author') return { sign: '✎', word: 'With the author', tone: 'warn' }
  return { sign: '◔', word: 'Needs review', tone: 'info' }
}

/** What its author has to answer or to mend. */
function openWords({ incomplete }: Revision, { remark, failed }: TurnAndWhy): Sentence[] {
  if (remark) return [remarkWords(remark)]
  if (failed) return [failedWords(failed)]
  return incomplete ? [[`${capital(incomplete)}.`]] : []
}

const remarkWords = (remark: Node): Sentence => [
  `${name(remark.facts.sender)} `,
  { text: 'commented', mail: remark.id },
  ` on ${day(remark.said)} and has no answer yet.`,
]

const failedWords = ({ context, mail }: Check): Sentence => [
  'The check ',
  { text: context, mail },
  ' failed.',
]

/** No mail and no commit is known that ended it. */
const endedSentence = ({ state, patches }: Revision): string =>
  state === 'mixed'
    ? 'Nothing is open.'
    : `${capital(objectOf(patches.length))} ${stateIs(state, patches.length)}.`

const stateIs = (state: PatchState, count: number) => (count > 1 ? patchesAre[state] : patchIs[state])

/** "it", "both patches", "all 5 patches". */
const objectOf = (count: number): string =>
  count < 2 ? 'it' : count === 2 ? 'both patches' : `all ${count} patches`

/** "Ruth accepted both patches on 3 March 2026." */
function setSentence(newest: Revision, set: Change): Sentence {
  const [verb, behind] = setVerbs(newest, set)
  const place = set.what === 'applied' ? set.value.match(/^(.{1,80}) \(said, not seen\)$/)?.[1] : undefined
  const where = place ? ` ${newest.pullRequest ? 'into' : 'to'} ${place}` : ''
  const waits = newest.state === 'changes-requested' ? ', and no newer version has come yet' : ''
  return [
    `${name(set.who)} `,
    { text: verb, mail: set.mail },
    `${behind}${where} on ${day(set.said)}${waits}.`,
  ]
}

function setVerbs(
  { state, pullRequest, patches }: Revision,
  { what, mail }: Change,
): readonly [string, string] {
  const own = patches.filter(({ stateBy }) => stateBy === mail).length
  const rest = own > 0 && own < patches.length
  const object = rest
    ? `the last ${own === 1 ? '' : `${own} `}of ${patches.length} patches`
    : objectOf(patches.length)
  if (what === 'applied') return [pullRequest ? 'pulled' : 'applied', ` ${object}`]
  if (what === 'withdrawn') return ['withdrew', ` ${object}`]
  return state === 'mixed' ? ['spoke', ` of ${object}`] : lineVerbs[state](object)
}

/** "Landed in main as 1a2b3c4d5e6f (v1.2) on 3 March 2026." */
function landedSentence({ patches }: Revision, { what, value, reason, said }: Change): Sentence {
  const on = ` on ${day(said)}`
  if (what === 'reverted') return [`Reverted in ${value}${on}, and no newer version has come yet.`]
  const all = patches.length < 2 ? 'Landed' : `${capital(objectOf(patches.length))} landed, the last`
  const again = what === 'landed again' ? ' again' : ''
  return [`${all}${again} in ${value}${on}${reason === null ? '' : `, ${reason}`}.`]
}

/** Why it is whose turn; the mail that says so is behind the words. */
function waitSentence(newest: Revision, why: TurnAndWhy, mails: readonly Node[]): Sentence {
  const { remark, failed, reviewed, reviews, turn } = why
  const total = why.patches.length
  const parts: Sentence[] = []
  if (reviewed > 0)
    parts.push(
      reviewersWords(
        reviews,
        reviewed === total ? objectOf(total) : `${reviewed} of ${total} patches`,
        mails,
      ),
    )
  if (remark) parts.push(isByReviewer(remark, reviews, mails) ? laterWords(remark) : remarkWords(remark))
  else if (failed) parts.push(failedWords(failed))
  else if (reviewed === 0) parts.push(unreviewed(newest, why))
  else if (reviewed < total)
    parts.push([total - reviewed === 1 ? 'The other one waits for review.' : 'The others wait for review.'])
  else if (turn === 'maintainer')
    parts.push([
      newest.state === 'new' ? `${total < 2 ? 'It is' : 'They are'} ready to apply.` : 'Nothing is open.',
    ])
  if (newest.incomplete) parts.push([`${capital(newest.incomplete)}.`])
  return inOne(parts)
}

const inOne = (parts: readonly Sentence[]): Sentence =>
  parts.flatMap((part, index) => (index === 0 ? part : [' ', ...part]))

/** He alone reviewed it, too. */
function isByReviewer({ facts }: Node, reviews: readonly Review[], mails: readonly Node[]): boolean {
  if (reviews.length === 0) return false
  const [first, ...others] = reviewersOf(reviews, mails)
  return first !== undefined && others.length === 0 && samePerson(first, facts.sender)
}

const laterWords = ({ id, said }: Node): Sentence => [
  'A later ',
  { text: 'comment', mail: id },
  ` of ${day(said)} has no answer yet.`,
]

function reviewersWords(given: readonly Review[], count: string, mails: readonly Node[]): Sentence {
  const reviews = given.toSorted((a, b) => a.said - b.said)
  const last = reviews.at(-1)
  const shown = shownNames(reviewersOf(reviews, mails))
  return last ? [`${listed(shown)} `, { text: 'reviewed', mail: last.mail }, ` ${count}.`] : []
}

function shownNames(people: readonly Person[]): string[] {
  const names = people.map(name)
  return names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
}

/**
 * Each person once, as the mails name him: a reviewer types his name into a trailer by hand, now with his company behind it
 * and now without capitals, and who counts as a reviewer is its sender.
 */
function reviewersOf(reviews: readonly Review[], mails: readonly Node[]): Person[] {
  const given = new Set(reviews.map(({ mail }) => mail))
  const senders = new Map(
    mails.filter(({ id }) => given.has(id)).map(({ id, facts }) => [id, facts.sender] as const),
  )
  const people: Person[] = []
  for (const { mail, who } of reviews) {
    const person = senders.get(mail) ?? who
    if (!people.some(other => samePerson(other, person))) people.push(person)
  }
  return people
}

/** Nobody reviewed it; somebody may have answered all the same. */
function unreviewed({ version }: Revision, { answered, named, patches }: TurnAndWhy): Sentence {
  const it = version > 1 ? `v${version}` : 'it'
  const nobody = `Nobody has ${answered ? 'reviewed' : 'answered'} ${it}`
  if (named.length === 0) return [`${nobody} yet.`]
  const messages = patches.length === 1 ? 'its commit message names' : 'its commit messages name'
  return [
    `${nobody} here yet; ${messages} ${listed(shownNames(named))} as ${named.length === 1 ? 'a reviewer' : 'reviewers'}.`,
  ]
}

/** "Of 4 patches, 2 are accepted and 1 is rejected. Patch 3 waits for a reviewer." */
function mixedSentences(why: TurnAndWhy, history: readonly Change[]): Sentence[] {
  const waiting = new Map(why.patches.map(patch => [patch, waitOf(patch, why, history)]))
  const settled = why.patches.filter(patch => waiting.get(patch) === null)
  const groups = Map.groupBy(
    why.patches.filter(patch => !settled.includes(patch)),
    patch => JSON.stringify(waiting.get(patch)),
  )
  return [
    ...(settled.length > 0 ? [settledSentence(settled, why.patches.length)] : []),
    ...[...groups.values()].map((some): Sentence => {
      const wait = some[0] && waiting.get(some[0])
      const [verb, behind, mail] = wait ?? ['waits', '', null]
      const words = some.length === 1 ? verb : verb.replace(/^waits/, 'wait').replace(/^is/, 'are')
      const whom = some.length === 1 ? behind : behind.replace(/ it$/, ' them')
      const numbers = capital(patchNumbers(some.map(({ number }) => number)))
      return [`${numbers} `, mail ? { text: words, mail } : words, `${whom}.`]
    }),
  ]
}

/** A verb, whom the patch waits for, and the mail that says so. */
type Wait = readonly [verb: string, whom: string, mail: MessageId | null]

/** Null for one that waits for nobody here. */
function waitOf(patch: TopicPatch, why: TurnAndWhy, history: readonly Change[]): Wait | null {
  const { state, stateBy } = patch
  const by = history.findLast(({ effect, mail }) => effect && mail === stateBy)?.who
  const author = name(patch.author)
  switch (state) {
    case 'changes-requested':
      return ['waits for changes', ` by ${author}`, stateBy]
    case 'under-review':
      return by ? ['waits', ` for ${name(by)}, who reviews it`, stateBy] : ['is under review', '', stateBy]
    case 'needs-ack':
      return ['waits for an ack', '', stateBy]
    case 'rfc':
      return ['waits for comments', '', stateBy]
    case 'new':
      if (why.remark && isAsked(patch, why.remark, why.patches))
        return ['waits for an answer', ` of ${author}`, why.remark.id]
      return why.unreviewed.includes(patch)
        ? ['waits for a reviewer', '', null]
        : ['waits to be applied', '', null]
    case 'accepted':
    case 'rejected':
    case 'deferred':
    case 'awaiting-upstream':
    case 'superseded':
    case 'not-applicable':
    case 'withdrawn':
      return null
    default:
      return state satisfies never
  }
}

/** The remark is about it, or about all of them, below the cover. */
function isAsked(patch: TopicPatch, remark: Node, patches: readonly TopicPatch[]): boolean {
  const on = postingAt(remark)?.id
  return on === patch.id || !patches.some(({ id }) => id === on)
}

/** "Of 4 patches, 2 are accepted and 1 is rejected." */
function settledSentence(patches: readonly TopicPatch[], total: number): Sentence {
  const groups = [...Map.groupBy(patches, ({ state }) => state)]
  const parts = groups.map(([state, some], index): Sentence => {
    const words = some.length === 1 ? patchIs[state] : patchesAre[state]
    const by = some.findLast(patch => patch.stateBy !== null)?.stateBy
    const joint = index === 0 ? '' : index === groups.length - 1 ? ' and ' : ', '
    return [`${joint}${some.length} `, by ? { text: words, mail: by } : words]
  })
  return [`Of ${total} patches, `, ...parts.flat(), '.']
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
