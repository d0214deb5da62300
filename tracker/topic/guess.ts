// What a thread without explicit signs is: spam, an announcement, a bug by two signs, a candidate by one. Measured on
// hand-labelled archives; a guess never sends mail, and a moderator's or maintainer's `Type:` line overrules it.

import { isEstablished, type KnownPeople } from './known-people.ts'
import { answersSomething } from './lost.ts'
import { samePerson } from './person.ts'
import type { Node } from './tree.ts'

export interface Guess {
  readonly kind: 'spam' | 'announcement' | 'bug' | 'discussion'
  /** Somebody unknown whom nobody answered and who speaks of nothing known here: his lines count for nothing. */
  readonly suspect: boolean
  /** Why it may be a bug all the same, for a person to judge. */
  readonly candidate: string | null
  /** Did the answer depend on whom the list knows? Then it is asked again when that changes. */
  readonly ofStranger: boolean
}

/** `mails` in order; the first one is judged. */
export function guessOf(mails: readonly Node[], known: KnownPeople): Guess {
  const [first] = mails
  const signals = first?.facts.signals
  if (!first || !signals || first.facts.robot)
    return { kind: 'discussion', suspect: false, candidate: null, ofStranger: false }
  const answered = mails.some(mail => !samePerson(mail.facts.sender, first.facts.sender))
  const strange = looksStrange(first)
  if (strange && !answered && !isEstablished(first, known)) {
    const kind = answersSomething(first) || signals.asks ? 'discussion' : 'spam'
    return { kind, suspect: true, candidate: null, ofStranger: true }
  }
  if (signals.announcement && !signals.question)
    return { kind: 'announcement', suspect: false, candidate: null, ofStranger: strange }
  return { ...bugGuess(first), suspect: false, ofStranger: strange }
}

/** No word of the trade in it (or one and nothing of a bug), or a script that nearly nobody on the list reads. */
function looksStrange(first: Node): boolean {
  const signals = first.facts.signals
  if (!signals || signals.announcement) return false
  if (signals.technical === 0) return signals.bug.length < 2
  if (signals.technical === 1) return signals.bug.length === 0 && !signals.question
  return signals.foreign > 0.3 && signals.technical < 4
}

/**
 * Two signs; who asks for help or puts a question needs the plain mark of a bug, and who proposes something a trace. A
 * full report (a title that names the problem, a trace, and how it came) is one, whatever it asks for at its end.
 */
function bugGuess(first: Node): Pick<Guess, 'kind' | 'candidate'> {
  const signals = first.facts.signals
  const signs = signals?.bug ?? []
  const has = (sign: string) => signs.includes(sign)
  const full = has('words') && has('trace') && has('phrase') && !signals?.question
  const asks =
    (signals?.question && !has('words') && !has('trace')) ||
    (signals?.proposal && !has('trace')) ||
    (signals?.help && !full)
  if (signs.length >= 2 && (!asks || signs.includes('tag'))) return { kind: 'bug', candidate: null }
  return {
    kind: 'discussion',
    candidate: signs[0] ? candidateWords[signs[0] as keyof typeof candidateWords] : null,
  }
}

const candidateWords = {
  tag: 'its subject is marked as a bug',
  words: 'its subject speaks of a problem',
  trace: 'it holds a trace or a failure message',
  phrase: 'its text speaks like a report',
} as const
