// Bugs, tasks and ideas: what they are, where they stand and what they are planned for, by the lines of their thread.
// Their numbers are given by the log, not here.

import type { Person, TagFact } from '../mail/facts.ts'
import { bugStatusRefusal, planningRefusal, type Roster } from './authority.ts'
import { type Bug, type BugStatus, bugStatuses, type Change } from './topic.ts'
import type { Node } from './tree.ts'

export interface Planning {
  /** What a sign in the first mail or a line in an answer made of the thread; null when nobody said anything. */
  readonly decided: 'bug' | 'discussion' | 'spam' | null
  /** As the lines left it; it counts where the thread is a bug. */
  readonly bug: Bug
  readonly title: string | null
  readonly history: readonly Change[]
}

/** Goes through the thread's lines about bugs, in order. */
export function planningOf(mails: readonly Node[], roster: Roster): Planning {
  const run = new Run(mails, roster)
  for (const mail of mails) for (const tag of mail.facts.tags) run.take(mail, tag)
  const { decided, title, history } = run
  return { decided, bug: { ...run.bug, explicit: decided === 'bug' }, title, history }
}

class Run {
  decided: Planning['decided']
  bug: Bug
  title: string | null = null
  readonly history: Change[] = []
  readonly #reporter: Person
  readonly #roster: Roster

  constructor(mails: readonly Node[], roster: Roster) {
    const first = mails[0]?.facts
    this.#reporter = first?.sender ?? { name: '', address: '' }
    this.#roster = roster
    this.decided = first?.bugSign != null ? 'bug' : null
    const type = first?.subject.tags.map(tag => tag.toLowerCase()).find(isBugType) ?? 'bug'
    this.bug = { type, status: 'new', severity: null, labels: [], target: null, explicit: true }
  }

  take(mail: Node, tag: TagFact): void {
    // Said of another bug than this thread's.
    if (tag.bug !== undefined || tag.on !== undefined) return
    if (tag.tag === 'Bug-Status') this.#status(mail, tag)
    else if (tag.tag === 'Type') this.#type(mail, tag)
    else if (tag.tag === 'Severity') this.#set(mail, tag, { severity: tag.value.toLowerCase().slice(0, 40) })
    else if (tag.tag === 'Labels') this.#set(mail, tag, { labels: labelled(this.bug.labels, tag.value) })
    else if (tag.tag === 'Target')
      this.#set(mail, tag, { target: tag.value === 'none' ? null : tag.value.slice(0, 60) })
    else if (tag.tag === 'Title' && this.#set(mail, tag, {})) this.title = tag.value.slice(0, 200)
  }

  #status(mail: Node, tag: TagFact): void {
    const word = (tag.value.toLowerCase().match(/^[a-z-]+/) ?? [''])[0]
    if (!isBugStatus(word)) {
      this.#record(mail, tag, `"${tag.value}" is no bug status`, false)
      return
    }
    const refusal = bugStatusRefusal(word, mail.facts.sender, this.#reporter, this.#roster)
    if (!refusal) {
      this.decided = 'bug'
      this.bug = { ...this.bug, status: word }
    }
    this.#record(mail, tag, refusal ?? tag.reason ?? null, !refusal)
  }

  #type(mail: Node, tag: TagFact): void {
    const type = tag.value.toLowerCase()
    const known = isBugType(type) || type === 'discussion' || type === 'spam'
    const refusal = known
      ? planningRefusal(mail.facts.sender, this.#reporter, this.#roster)
      : `"${tag.value}" is no type`
    if (!refusal && isBugType(type)) this.bug = { ...this.bug, type }
    if (!refusal) this.decided = type === 'discussion' || type === 'spam' ? type : 'bug'
    this.#record(mail, tag, refusal ?? tag.reason ?? null, !refusal)
  }

  #set(mail: Node, tag: TagFact, change: Partial<Bug>): boolean {
    const refusal = planningRefusal(mail.facts.sender, this.#reporter, this.#roster)
    if (!refusal) this.bug = { ...this.bug, ...change }
    this.#record(mail, tag, refusal ?? tag.reason ?? null, !refusal)
    return !refusal
  }

  #record(mail: Node, tag: TagFact, reason: string | null, effect: boolean): void {
    const { id, facts, said } = mail
    this.history.push({ mail: id, who: facts.sender, said, what: tag.tag, value: tag.value, reason, effect })
  }
}

const isBugType = (word: string): word is Bug['type'] => word === 'bug' || word === 'task' || word === 'idea'

const isBugStatus = (word: string): word is BugStatus => (bugStatuses as readonly string[]).includes(word)

/** `+regression -needs-info`: signs add and take away. */
function labelled(labels: readonly string[], value: string): string[] {
  const set = new Set(labels)
  for (const word of value
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)) {
    if (word.startsWith('-')) set.delete(word.slice(1))
    else set.add(word.replace(/^\+/, '').slice(0, 40))
  }
  return [...set].sort().slice(0, 50)
}
