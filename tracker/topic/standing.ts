// Whose turn it is and why, as one sentence. Every claim in it links to its mail; what is not known is not said.

import { months } from '../../base/months.ts'
import type { Person } from '../mail/facts.ts'
import { lookOf, patchesAre, patchIs } from './look.ts'
import { samePerson } from './person.ts'
import type { Review } from './reviews.ts'
import type {
  Bug,
  Change,
  Look,
  PatchState,
  Revision,
  Sentence,
  Standing,
  TopicKind,
  TopicPatch,
  Turn,
} from './topic.ts'
import type { Node } from './tree.ts'
import { type TurnAndWhy, turnOf, type Watched } from './turn.ts'

/** `revisions` oldest first, at least one; `mails` in order. */
export function patchsetStanding(watched: Watched, history: readonly Change[]): Standing {
  const newest = watched.revisions.at(-1)
  if (!newest) throw new Error('A patchset has no revision')
  const why = turnOf(watched)
  const { turn } = why
  if (newest.state === 'mixed' || new Set(why.patches.map(patch => patch.state)).size > 1)
    return { ...lookOf('mixed'), sentence: mixedSentence(why.patches), turn }
  const set = history.findLast(change => change.effect && isAbout(change, newest))
  const look = newest.state === 'new' ? waitingLook(turn) : lookOf(newest.state)
  if (set?.commit) return { ...look, sentence: landedSentence(newest, set), turn }
  if (set) return { ...look, sentence: setSentence(newest.state, set), turn }
  if (turn === 'nobody') return { ...look, sentence: [`${look.word}.`], turn }
  return {
    ...look,
    sentence: [...waitSentence(newest, why, watched.mails), ...incompleteSentence(newest)],
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

const incompleteSentence = (newest: Revision): Sentence =>
  newest.incomplete ? [` ${capital(newest.incomplete)}.`] : []

/** For bugs, reports and discussions; `mails` in order. */
export function threadStanding(
  kind: TopicKind,
  bug: Bug | null,
  mails: readonly Node[],
  history: readonly Change[],
): Standing {
  const first = mails[0]
  const latest = mails.at(-1)
  if (!first || !latest) throw new Error('A thread has no mail')
  const set = history.findLast(change => change.effect && (change.what === 'Bug-Status' || change.commit))
  if (bug && set) {
    if (set.commit) return { ...lookOf(bug.status), sentence: closedSentence(set), turn: null }
    return {
      ...lookOf(bug.status),
      sentence: [`${name(set.who)} said `, { text: set.value, mail: set.mail }, ` on ${day(set.said)}.`],
      turn: null,
    }
  }
  const answered: Sentence =
    mails.length === 1
      ? ['Nobody has answered yet.']
      : [
          `${mails.length - 1} ${mails.length === 2 ? 'answer' : 'answers'}, the latest by `,
          { text: name(latest.facts.sender), mail: latest.id },
          ` on ${day(latest.said)}.`,
        ]
  if (bug) return { ...lookOf(bug.status), sentence: answered, turn: null }
  const word = kind === 'report' ? 'Report' : 'Discussion'
  return { sign: '○', word, tone: 'idle', sentence: answered, turn: null }
}

function setSentence(state: PatchState, set: Change): Sentence {
  const turn = state === 'changes-requested' ? 'Waiting for the author. ' : ''
  if (set.what === 'withdrawn')
    return [`${name(set.who)} `, { text: 'withdrew it', mail: set.mail }, ` on ${day(set.said)}.`]
  if (set.what === 'applied') {
    const place = set.value.match(/^(.{1,80}) \(said, not seen\)$/)?.[1]
    const where = place ? ` to ${place}` : ''
    return [`${name(set.who)} `, { text: 'applied it', mail: set.mail }, `${where} on ${day(set.said)}.`]
  }
  const words = state.replaceAll('-', ' ')
  return [`${turn}${name(set.who)} said `, { text: words, mail: set.mail }, ` on ${day(set.said)}.`]
}

/** "Landed in main as 1a2b3c4d5e6f (v1.2) on 3 March 2026." */
function landedSentence({ patches }: Revision, { what, value, reason, said }: Change): Sentence {
  const on = ` on ${day(said)}`
  if (what === 'reverted') return [`Waiting for the author. Reverted in ${value}${on}.`]
  const all = patches.length === 1 ? 'Landed' : `All ${patches.length} patches landed, the last`
  const again = what === 'landed again' ? ' again' : ''
  return [`${all}${again} in ${value}${on}${reason === null ? '' : `, ${reason}`}.`]
}

const closedSentence = ({ what, value, said }: Change): Sentence => [
  what === 'reverted'
    ? `The fix was reverted in ${value} on ${day(said)}.`
    : `Fixed in ${value} on ${day(said)}.`,
]

/** Why it is whose turn; the mail that says so is behind the words. */
function waitSentence(newest: Revision, why: TurnAndWhy, mails: readonly Node[]): Sentence {
  const { remark, failed, reviewed, reviews } = why
  const total = why.patches.length
  const count =
    total === 1
      ? ''
      : reviewed === total
        ? total === 2
          ? ' both patches'
          : ` all ${total} patches`
        : ` ${reviewed} of ${total} patches`
  const parts: Sentence[] = []
  if (reviewed > 0) parts.push([...reviewersWords(reviews, count, mails), ' '])
  if (remark)
    parts.push([
      `${name(remark.facts.sender)} `,
      { text: 'commented', mail: remark.id },
      ` on ${day(remark.said)} and has no answer yet.`,
    ])
  else if (failed) parts.push(['The check ', { text: failed.context, mail: failed.mail }, ' failed.'])
  else if (reviewed === 0) parts.push(unreviewed(newest, why.answered))
  else if (reviewed < total) parts.push(['The rest waits for review.'])
  else parts.push(['Nothing is open.'])
  return parts.flat()
}

function reviewersWords(given: readonly Review[], count: string, mails: readonly Node[]): Sentence {
  const reviews = given.toSorted((a, b) => a.said - b.said)
  const last = reviews.at(-1)
  const names = reviewersOf(reviews, mails).map(name)
  const people =
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(' and ')
  return last ? [`${people} `, { text: 'reviewed', mail: last.mail }, `${count || ' it'}.`] : []
}

/**
 * Each person once, as the mails name him: a reviewer types his name into a trailer by hand, now with his company behind it
 * and now without capitals, and who counts as a reviewer is its sender.
 */
function reviewersOf(reviews: readonly Review[], mails: readonly Node[]): Person[] {
  const senders = new Map(mails.map(({ id, facts }) => [id, facts.sender]))
  const people: Person[] = []
  for (const { mail, who } of reviews) {
    const person = senders.get(mail) ?? who
    if (!people.some(other => samePerson(other, person))) people.push(person)
  }
  return people
}

/** Nobody reviewed it; somebody may have answered all the same. */
function unreviewed({ version }: Revision, answered: boolean): Sentence {
  const it = version > 1 ? `v${version}` : 'it'
  return [answered ? `No review of ${it} has been given yet.` : `Nobody has answered ${it} yet.`]
}

function mixedSentence(patches: readonly TopicPatch[]): Sentence {
  const counts = [...Map.groupBy(patches, patch => patch.state)]
  const parts = counts.map(([state, some], index): Sentence => {
    const words = some.length === 1 ? patchIs[state] : patchesAre[state]
    const by = some.findLast(patch => patch.stateBy !== null)?.stateBy
    const joint = index === 0 ? '' : index === counts.length - 1 ? ' and ' : ', '
    return [`${joint}${some.length} `, by ? { text: words, mail: by } : words]
  })
  return [`Of ${patches.length} patches, `, ...parts.flat(), '.']
}

const name = (person: { name: string; address: string }) => person.name || person.address || 'Somebody'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** "16 March 2026", UTC. */
function day(said: number): string {
  const date = new Date(said)
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}
