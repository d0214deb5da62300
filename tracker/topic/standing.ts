// Whose turn it is and why, as one sentence. Every claim in it links to its mail; what is not known is not said.

import type { MessageId } from '../../base/ids.ts'
import type { Answers } from './answers.ts'
import { samePerson } from './person.ts'
import { isPosting } from './series.ts'
import type { Bug, BugStatus, Change, PatchState, Revision, Sentence, Standing, TopicKind } from './topic.ts'
import type { Node } from './tree.ts'

/** `revisions` oldest first, at least one; `mails` in order. */
export function patchsetStanding(
  revisions: readonly Revision[],
  mails: readonly Node[],
  answers: Answers,
  history: readonly Change[],
): Standing {
  const newest = revisions.at(-1)
  if (!newest) throw new Error('A patchset has no revision')
  const set = history.findLast(change => change.effect && change.what !== 'superseded')
  if (newest.state === 'mixed') return { tone: 'info', word: 'Mixed', sentence: mixedSentence(newest) }
  const [tone, word] = patchWords[newest.state]
  if (set && newest.patches.some(patch => patch.stateBy === set.mail))
    return { tone, word, sentence: setSentence(newest.state, set) }
  const incomplete = newest.incomplete ? [` ${capital(newest.incomplete)}.`] : []
  return { tone, word, sentence: [...reviewSentence(newest, mails, answers), ...incomplete] }
}

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
  const set = history.findLast(change => change.effect && change.what === 'Bug-Status')
  if (bug && set) {
    const [tone, word] = bugWords[bug.status]
    return {
      tone,
      word,
      sentence: [`${name(set.who)} said `, { text: set.value, mail: set.mail }, ` on ${day(set.said)}.`],
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
  if (bug) return { tone: bugWords[bug.status][0], word: bugWords[bug.status][1], sentence: answered }
  return { tone: 'idle', word: kind === 'report' ? 'Report' : 'Discussion', sentence: answered }
}

const patchWords: Record<PatchState, readonly [Standing['tone'], string]> = {
  new: ['info', 'New'],
  'under-review': ['info', 'Under review'],
  'needs-ack': ['warn', 'Needs ack'],
  'changes-requested': ['warn', 'Changes requested'],
  accepted: ['ok', 'Accepted'],
  rejected: ['bad', 'Rejected'],
  rfc: ['info', 'RFC'],
  deferred: ['idle', 'Deferred'],
  'awaiting-upstream': ['info', 'Awaiting upstream'],
  superseded: ['idle', 'Superseded'],
  'not-applicable': ['idle', 'Not applicable'],
  withdrawn: ['idle', 'Withdrawn'],
}

const bugWords: Record<BugStatus, readonly [Standing['tone'], string]> = {
  new: ['info', 'New'],
  confirmed: ['warn', 'Confirmed'],
  'needs-info': ['warn', 'Needs info'],
  fixed: ['ok', 'Fixed'],
  wontfix: ['idle', 'Will not fix'],
  invalid: ['idle', 'Invalid'],
  worksforme: ['idle', 'Works for me'],
  duplicate: ['idle', 'Duplicate'],
  reopened: ['warn', 'Reopened'],
}

function setSentence(state: PatchState, set: Change): Sentence {
  const turn = state === 'changes-requested' ? 'Waiting for the author. ' : ''
  const said = set.what === 'applied' ? 'applied' : state.replaceAll('-', ' ')
  return [`${turn}${name(set.who)} said `, { text: said, mail: set.mail }, ` on ${day(set.said)}.`]
}

/** Who looked at the newest revision; nobody is an answer too. */
function reviewSentence(newest: Revision, mails: readonly Node[], answers: Answers): Sentence {
  const on = new Set([newest.cover, ...newest.patches.map(patch => patch.id)])
  const given = answers.trailers.filter(
    trailer => trailer.counts && on.has(trailer.on) && /^(?:reviewed|acked|tested)-by$/i.test(trailer.key),
  )
  const first = given[0]
  if (!first) return answeredSentence(newest, on, mails)
  const whole = given.some(trailer => trailer.on === newest.cover)
  const patches = new Set(given.map(trailer => trailer.on)).size
  const count =
    whole || patches === newest.patches.length
      ? 'all of it'
      : `${patches} of ${newest.patches.length} patches`
  const names = [...new Set(given.map(trailer => name(trailer.who)))]
  const people =
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  return ['Reviewed: ', { text: count, mail: first.mail }, ` by ${people}.`]
}

/** No review yet; but did somebody else answer this revision? */
function answeredSentence(
  newest: Revision,
  on: ReadonlySet<MessageId | null>,
  mails: readonly Node[],
): Sentence {
  const answer = mails.findLast(
    mail =>
      !isPosting(mail) &&
      !mail.facts.robot &&
      !samePerson(mail.facts.sender, newest.author) &&
      answers(mail, on),
  )
  const nobody =
    newest.version > 1 ? `Nobody has reviewed v${newest.version} yet.` : 'Nobody has reviewed it yet.'
  if (!answer) return [nobody]
  const link = { text: 'answered', mail: answer.id }
  return [
    `${name(answer.facts.sender)} `,
    link,
    ` on ${day(answer.said)}; no review of ${newest.version > 1 ? `v${newest.version}` : 'it'} has been given yet.`,
  ]
}

function answers(mail: Node, on: ReadonlySet<MessageId | null>): boolean {
  for (let at = mail.parent; at; at = at.parent) if (isPosting(at)) return on.has(at.id)
  return false
}

function mixedSentence(newest: Revision): Sentence {
  const counts = Map.groupBy(newest.patches, patch => patch.state)
  return [
    `Of ${newest.patches.length} patches ${[...counts].map(([state, patches]) => `${patches.length} ${patches.length === 1 ? 'is' : 'are'} ${state.replaceAll('-', ' ')}`).join(', ')}.`,
  ]
}

const name = (person: { name: string; address: string }) => person.name || person.address || 'Somebody'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** "16 March 2026", UTC. */
function day(said: number): string {
  const date = new Date(said)
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}
