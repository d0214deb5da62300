// A thread without patches of its own -> a bug, a robot's report, an announcement, spam or a discussion. What a
// person said of it comes first, then its explicit signs, then the guess.
import { traitsOf } from '../mail/robots.ts'
import { answersOf, notesIn, topicMail } from './answers.ts'
import { closingOf } from './bug-fixes.ts'
import { type Planning, planningOf } from './bug-steps.ts'
import { type Guess, guessOf } from './guess.ts'
import type { Judging } from './judged.ts'
import type { KnownPeople } from './known-people.ts'
import type { Outside } from './outside.ts'
import type { BugNumbers } from './reference.ts'
import type { Rules } from './rules.ts'
import { threadStanding } from './thread-standing.ts'
import type { Topic, TopicKind } from './topic.ts'
import type { Node } from './tree.ts'

/** `mails` in order of said time; the first one names the topic. */
export function threadTopicOf(
  mails: readonly Node[],
  rules: Rules,
  known: KnownPeople,
  { statements, numbers }: Outside,
): { topic: Topic; judgings: readonly Judging[] } {
  const guess = guessOf(
    mails.filter(({ note }) => !note),
    known,
  )
  const planning = planningOf(mails, {
    rules,
    numbers,
    statements,
    suspect: guess.suspect,
  })
  return { topic: topicOf(mails, planning, guess, numbers), judgings: planning.judgings }
}

function topicOf(all: readonly Node[], planning: Planning, guess: Guess, numbers: BugNumbers): Topic {
  const mails = all.filter(({ note }) => !note)
  const first = mails[0]
  if (!first) throw new Error('A thread has no mail')
  const kind = kindOf(first, planning, guess)
  const closing = mails.flatMap(closingOf)
  const bug = kind === 'bug' ? planning.bug : null
  const answers = answersOf(all, numbers)
  return {
    kind,
    id: first.id,
    title: planning.title ?? (first.facts.subject.title || '(no subject)'),
    author: first.facts.sender,
    state: bug?.status ?? null,
    revisions: [],
    ...answers,
    claims: [...answers.claims, ...planning.claims],
    // "Applied" speaks of a patch, and there is none here.
    applied: [],
    bug,
    ...(bug && planning.delegate ? { delegate: planning.delegate } : {}),
    candidate: kind === 'discussion' && planning.decided === null ? guess.candidate : null,
    mails: mails.map(mail => topicMail(mail, mail === first && kind !== 'discussion' ? 'report' : 'reply')),
    ...notesIn(all),
    history: planning.history,
    ...(planning.statements.length > 0 ? { statements: planning.statements } : {}),
    ...(closing.length > 0 ? { landed: closing } : {}),
    standing: threadStanding({ kind, bug, delegate: planning.delegate, mails, history: planning.history }),
    said: first.said,
    lastSaid: mails.at(-1)?.said ?? first.said,
    problems: first.ghost ? ['The mail this thread answers never came to this list'] : [],
  }
}

function kindOf(first: Node, { decided }: Planning, guess: Guess): TopicKind {
  if (decided) return decided
  return (first.facts.robot && traitsOf(first.facts.robot).begins) ?? guess.kind
}
