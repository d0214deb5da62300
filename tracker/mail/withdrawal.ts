// "Please ignore this patch." Said by who posted it, it takes the patch back. Only short sentences that can mean nothing
// else: what a reviewer proposes to drop, and what one may ignore in a review, is neither.
import type { WithdrawalFact } from './facts.ts'

/** Looks among own lines of an answer, at sentences that begin on their line. */
export function withdrawalOf(lines: readonly string[]): WithdrawalFact | null {
  for (const [at, line] of lines.entries()) {
    const sentences = line
      .slice(0, 200)
      .trim()
      .split(/(?<=[.!?;])\s+/)
    const whole = endsSentence(lines[at - 1] ?? '') ? sentences : sentences.slice(1)
    const told = whole.find(sentence => !conditional.test(sentence) && takesBack.test(sentence))
    if (told) return { line: line.trim().slice(0, 200), all: /\b(?:series|patches|patch ?set)\b/i.test(told) }
  }
  return null
}

/** The line before leaves no sentence open: it is blank, a greeting, or has a stop. */
const endsSentence = (line: string) => /^\s*$|[.!?:;,]\s*$/.test(line.slice(-200))

const conditional = /\?|\b(?:if|unless|until|or|for now|maybe|perhaps)\b/i

const it =
  '(?:this|the|these|my)(?: whole| entire| v\\d{1,2})? (?:patch(?:es| ?set| series)?|series|version|revision|v\\d{1,2}|one)'
const takesBack = new RegExp(
  `^(?:(?:hi|hello|so|ok(?:ay)?|sorry|oops|i agree|please|pls|kindly|just|you (?:can|may))[\\s,]{1,3}){0,3}(?:${[
    `(?:ignore|disregard|discard|drop|forget(?: about)?) ${it}`,
    `(?:don't|do not) (?:consider|merge|apply|take|pick(?: up)?) ${it}`,
    `${it} (?:can|should|may|must) be (?:ignored|disregarded|discarded|dropped)`,
    `${it} (?:is|are) (?:withdrawn|retracted|obsolete)`,
    `i (?:hereby )?(?:withdraw|retract) ${it}`,
    `i(?:'m| am) (?:withdrawing|retracting|dropping) ${it}`,
    'self[- ]nack(?:ed)?',
  ].join(
    '|',
  )})(?=[.!,;]|$| any ?more\\b| any longer| at all| and | since | as | because | due to | in favou?r )`,
  'i',
)
