// A bug's status, by going through its thread in order. Its number is given by the log, not here.

import type { TagFact } from '../mail/facts.ts'
import { bugStatusRefusal, type Roster } from './authority.ts'
import { type Bug, type BugStatus, bugStatuses, type Change } from './topic.ts'
import type { Node } from './tree.ts'

/** `bug` is null when no mail of the thread says that it is one. */
export function bugOf(
  mails: readonly Node[],
  roster: Roster,
): { bug: Bug | null; title: string | null; history: Change[] } {
  const run = new Run(mails, roster)
  for (const mail of mails) for (const tag of mail.facts.tags) run.take(mail, tag)
  return { bug: run.isBug ? run.bug : null, title: run.title, history: run.history }
}

class Run {
  isBug: boolean
  bug: Bug = { type: 'bug', status: 'new', severity: null, labels: [] }
  title: string | null = null
  readonly history: Change[] = []
  readonly #reporter: Node | undefined
  readonly #roster: Roster

  constructor(mails: readonly Node[], roster: Roster) {
    this.#reporter = mails[0]
    this.#roster = roster
    this.isBug = mails[0]?.facts.bugSign != null
  }

  take(mail: Node, tag: TagFact): void {
    if (tag.tag === 'Bug-Status') this.#status(mail, tag)
    else if (tag.tag === 'Type') this.#type(mail, tag)
    else if (tag.tag === 'Severity') this.#set(mail, tag, { severity: tag.value.toLowerCase().slice(0, 40) })
    else if (tag.tag === 'Labels') this.#set(mail, tag, { labels: labelled(this.bug.labels, tag.value) })
    else if (tag.tag === 'Title') {
      this.title = tag.value.slice(0, 200)
      this.#record(mail, tag, tag.value, null, true)
    }
  }

  #status(mail: Node, tag: TagFact): void {
    const word = (tag.value.toLowerCase().match(/^[a-z-]+/) ?? [''])[0]
    if (!isBugStatus(word)) {
      this.#record(mail, tag, tag.value, `"${tag.value}" is no bug status`, false)
      return
    }
    const reporter = this.#reporter?.facts.sender ?? mail.facts.sender
    const refusal = bugStatusRefusal(word, mail.facts.sender, reporter, this.#roster)
    if (!refusal) {
      this.isBug = true
      this.bug = { ...this.bug, status: word }
    }
    this.#record(mail, tag, tag.value, refusal ?? tag.reason ?? null, !refusal)
  }

  #type(mail: Node, tag: TagFact): void {
    const type = tag.value.toLowerCase()
    const known = type === 'bug' || type === 'task' || type === 'idea'
    if (known) {
      this.isBug = true
      this.bug = { ...this.bug, type }
    } else if (type === 'discussion') this.isBug = false
    this.#record(
      mail,
      tag,
      tag.value,
      known || type === 'discussion' ? null : `"${tag.value}" is no type`,
      known || type === 'discussion',
    )
  }

  #set(mail: Node, tag: TagFact, change: Partial<Bug>): void {
    this.bug = { ...this.bug, ...change }
    this.#record(mail, tag, tag.value, tag.reason ?? null, true)
  }

  #record(mail: Node, tag: TagFact, value: string, reason: string | null, effect: boolean): void {
    this.history.push({
      mail: mail.id,
      who: mail.facts.sender,
      said: mail.said,
      what: tag.tag,
      value,
      reason,
      effect,
    })
  }
}

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
