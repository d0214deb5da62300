// A thread without patches of its own -> a bug, a robot's report or a discussion. Here only explicit signs make a
// bug; a guess needs the whole list's profile.
import { answersOf, topicMail } from './answers.ts'
import type { Roster } from './authority.ts'
import { bugOf } from './bug.ts'
import { threadStanding } from './standing.ts'
import type { Topic, TopicKind } from './topic.ts'
import type { Node } from './tree.ts'

/** `mails` in order of said time; the first one names the topic. */
export function threadTopicOf(mails: readonly Node[], roster: Roster): Topic {
  const first = mails[0]
  if (!first) throw new Error('A thread has no mail')
  const { bug, history, title } = bugOf(mails, roster)
  const kind = bug ? 'bug' : kindOf(first)
  return {
    kind,
    id: first.id,
    title: title ?? (first.facts.subject.title || '(no subject)'),
    author: first.facts.sender,
    state: bug?.status ?? null,
    revisions: [],
    ...answersOf(mails),
    // "Applied" speaks of a patch, and there is none here.
    applied: [],
    bug,
    mails: mails.map(mail => topicMail(mail, mail === first && kind !== 'discussion' ? 'report' : 'reply')),
    history,
    standing: threadStanding(kind, bug, mails, history),
    said: first.said,
    lastSaid: mails.at(-1)?.said ?? first.said,
    problems: first.ghost ? ['The mail this thread answers never came to this list'] : [],
  }
}

const reporters = new Set(['syzbot-report', 'lkp', 'lkft'])

function kindOf(first: Node): TopicKind {
  return first.facts.robot && reporters.has(first.facts.robot) ? 'report' : 'discussion'
}
