// Where a bug, a report or a discussion stands: what was decided last, and what it waits for.

import type { Person } from '../mail/facts.ts'
import { isNod } from '../mail/nod.ts'
import { dayWords as day, nameWords as name } from './day-words.ts'
import { kindWords } from './kind-words.ts'
import { lookOf } from './look.ts'
import { samePerson } from './person.ts'
import {
  type Bug,
  type BugStatus,
  type Change,
  type Delegate,
  finalStatuses,
  type Sentence,
  type Standing,
  type TopicKind,
} from './topic.ts'
import type { Node } from './tree.ts'

export interface StandingThread {
  readonly kind: TopicKind
  readonly bug: Bug | null
  readonly delegate: Delegate | null
  /** In order, the report first. */
  readonly mails: readonly Node[]
  readonly history: readonly Change[]
}

export function threadStanding(thread: StandingThread): Standing {
  const { kind, bug, mails } = thread
  if (mails.length === 0) throw new Error('A thread has no mail')
  if (bug)
    return {
      ...lookOf(bug.status),
      sentence: bugSentence(bug, thread),
      turn: null,
      ...waitOf(bug, thread),
    }
  return { sign: '○', word: kindWords[kind], tone: 'idle', sentence: answered(mails), turn: null }
}

/** Of an open bug: since when, and for whom; one that was asked for more waits for its reporter until he answers. */
function waitOf({ status }: Bug, thread: StandingThread): Pick<Standing, 'since' | 'waits'> {
  const { mails, history, delegate } = thread
  const [first] = mails
  if (!first || finalStatuses.includes(status)) return {}
  const set = history.findLast(change => change.effect && (change.what === 'Bug-Status' || change.commit))
  const since = set?.said ?? first.said
  if (status !== 'needs-info' || !set) return { since, ...(delegate ? { waits: delegate.person } : {}) }
  const answer = answerOf(thread, set)
  return answer ? { since: answer.said, waits: set.who } : { since, waits: first.facts.sender }
}

/** The last mail of the reporter since he was asked. */
const answerOf = ({ mails }: StandingThread, set: Change): Node | undefined =>
  mails.findLast(
    mail => mail.said > set.said && samePerson(mail.facts.sender, mails[0]?.facts.sender ?? nobody),
  )

const nobody: Person = { name: '', address: '' }

/** "3 answers, the latest by Ruth on 3 March 2026." */
function answered(mails: readonly Node[]): Sentence {
  const latest = mails.at(-1)
  if (!latest || mails.length === 1) return ['Nobody has answered yet.']
  return [
    mails.length === 2 ? '1 answer, by ' : `${mails.length - 1} answers, the latest by `,
    { text: name(latest.facts.sender), mail: latest.id },
    ` on ${day(latest.said)}.`,
  ]
}

function bugSentence(bug: Bug, thread: StandingThread): Sentence {
  const set = thread.history.findLast(
    change => change.effect && (change.what === 'Bug-Status' || change.commit),
  )
  const waits = waitWords(bug, thread, set)
  if (!set) return [...(thread.mails.length === 1 ? answered(thread.mails) : []), ...space(thread), ...waits]
  const decided = set.commit ? commitSentence(set) : setSentence(bug.status, set, thread)
  return waits.length > 0 ? [...decided, ' ', ...waits] : decided
}

const space = ({ mails }: StandingThread): Sentence => (mails.length === 1 ? [' '] : [])

const commitSentence = ({ what, value, said }: Change): Sentence => [
  what === 'reverted'
    ? `The fix was reverted in ${value} on ${day(said)}.`
    : `Fixed in ${value} on ${day(said)}.`,
]

/** "Ruth closed it as fixed in 1.4 on 3 March 2026." */
function setSentence(status: BugStatus, set: Change, thread: StandingThread): Sentence {
  const { who, mail, said, value } = set
  if (status === 'needs-info') return askedSentence(set, thread)
  const [verb, behind] = bugVerbs[status]
  // What stands behind the status in the line: "in 1.4", "#12".
  const rest = value.slice(status.length).trim()
  const more =
    rest === ''
      ? ''
      : status === 'duplicate'
        ? ` of ${rest}`
        : /^(?:in|by|with) /.test(rest)
          ? ` ${rest}`
          : ''
  return [`${name(who)} `, { text: verb, mail }, `${behind}${behind ? more : ''} on ${day(said)}.`]
}

/** A verb and what follows it. */
const bugVerbs: Record<BugStatus, readonly [string, string]> = {
  new: ['opened it', ''],
  confirmed: ['confirmed it', ''],
  'needs-info': ['asked for more information', ''],
  fixed: ['closed it', ' as fixed'],
  wontfix: ['closed it', ' as one that will not be fixed'],
  invalid: ['closed it', ' as no bug'],
  worksforme: ['closed it', ' as one that could not be seen again'],
  duplicate: ['closed it', ' as a duplicate'],
  reopened: ['reopened it', ''],
}

/** "Ruth asked Ines, who reported it, for more information on 3 March 2026: “Which version is it?”" */
function askedSentence({ who, mail, said }: Change, { mails }: StandingThread): Sentence {
  const reporter = mails[0]?.facts.sender
  const whom = reporter && !samePerson(reporter, who) ? ` ${name(reporter)}, who reported it,` : ''
  const question = questionIn(mails.find(({ id }) => id === mail))
  return [
    `${name(who)} `,
    { text: 'asked', mail },
    `${whom} for more information on ${day(said)}${question ? `: “${question}”` : '.'}`,
  ]
}

/** The first question of its first words, else those; without the lines that were meant for us. */
function questionIn(mail: Node | undefined): string {
  if (!mail) return ''
  const { gist, tags } = mail.facts
  const rest = tags
    .reduce((text, { line }) => text.replace(line.replace(/\s+/g, ' ').trim().slice(0, 200), ''), gist)
    .replace(/\s+/g, ' ')
    .trim()
  if (isNod(rest)) return ''
  const asked = rest.split(/(?<=[.!?])\s/u).find(sentence => sentence.endsWith('?')) ?? rest
  return asked.length > questionShownMax ? `${asked.slice(0, questionShownMax).trimEnd()}…` : asked
}

const questionShownMax = 160

/** What an open bug waits for. */
function waitWords(bug: Bug, thread: StandingThread, set: Change | undefined): Sentence {
  const { mails } = thread
  const latest = mails.at(-1)
  switch (bug.status) {
    case 'new': {
      const waits = `It waits for ${helper(thread)} to ${bug.type === 'bug' ? 'confirm' : 'take'} it`
      if (mails.length === 1 || !latest) return [`${waits}.`]
      const which = mails.length === 2 ? 'the only answer' : `the latest of ${mails.length - 1} answers`
      return [
        `${waits}; ${which} is by `,
        { text: name(latest.facts.sender), mail: latest.id },
        ` of ${day(latest.said)}.`,
      ]
    }
    case 'confirmed':
    case 'reopened':
      return [`It waits for ${fixWords(bug, thread, set)}.`]
    case 'needs-info':
      return reporterWords(thread, set)
    case 'fixed':
    case 'wontfix':
    case 'invalid':
    case 'worksforme':
    case 'duplicate':
      return []
    default:
      return bug.status satisfies never
  }
}

const helper = ({ delegate }: StandingThread): string => (delegate ? name(delegate.person) : 'somebody')

function fixWords(bug: Bug, { delegate }: StandingThread, set: Change | undefined): string {
  const fix = bug.type === 'bug' ? (set?.what === 'reverted' ? 'another fix' : 'a fix') : 'somebody to do it'
  return delegate ? (bug.type === 'bug' ? `${fix} by ${name(delegate.person)}` : name(delegate.person)) : fix
}

/** Whether the reporter answered since he was asked. */
function reporterWords(thread: StandingThread, set: Change | undefined): Sentence {
  const reporter: Person | undefined = thread.mails[0]?.facts.sender
  if (!reporter || !set || samePerson(reporter, set.who)) return []
  const answer = answerOf(thread, set)
  return answer
    ? [
        `${name(reporter)} `,
        { text: 'answered', mail: answer.id },
        ` on ${day(answer.said)}: it waits for ${name(set.who)}.`,
      ]
    : [`It waits for ${name(reporter)}.`]
}
