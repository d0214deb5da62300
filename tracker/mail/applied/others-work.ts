// Sentences with the words of a notice that tell of work on the patch: nobody took it.
import { verb } from './words.ts'

export const isOthersWork = (sentence: string): boolean => othersWork.some(one => one.test(sentence))

/**
 * The work of an author, of a tester, and of one who took it back: "picked up Ruth's tags", "merged the two loops in v3",
 * "with this applied I see no warning", "I applied it and it boots", "I had it queued but dropped it".
 */
const othersWork = [
  /\b(?:applied|merged|squashed|folded) (?:(?:it|them|this|these|both|that) )?(?:(?:in|into|to|with) (?:one|a single|each other|patch(?:es)? #?\d|the (?:previous|first|next|other|same) )|with the (?:previous|first|next|other) )/i,
  /\bpicked up (?:\S{1,30} ){0,4}(?:tags?|trailers?|r-?bs?|acks?|\w{1,12}-by(?:'?s)?)(?![\w-])/i,
  new RegExp(
    `${verb} (?:[\\w'-]{1,20} ){0,8}in (?:v\\d{1,2}(?![\\w.])|(?:the |my )?(?:next|new) (?:version|revision|spin|round))`,
    'i',
  ),
  new RegExp(
    `${verb} the (?:two|three|last two|first two) (?!patch|commit|series)[a-z]{3,20} (?:in|into|to) `,
    'i',
  ),
  new RegExp(`^with (?:this|that|these|those|both|it|your|the|all)(?: \\w{1,15}){0,3} ${verb}`, 'i'),
  new RegExp(
    `${verb}\\b.{0,80} and (?:(?:it|this|everything|all|the \\w{1,20}) (?:still |now |all )?(?:works?|worked|boots?|booted|builds?|built|compiles?|compiled|fix(?:es|ed)|fails?|failed|passe[sd]|runs?|ran)|(?:tested|booted|built|ran) (?:it |them )?(?:on|with))\\b`,
    'i',
  ),
  new RegExp(
    `${verb}\\b.{0,80} but (?:i |i've |then |later |have |had ){0,3}(?:dropped|reverted|unqueued|backed) (?:it|this|them|both)\\b`,
    'i',
  ),
  /\bpushed (?:v\d{1,2}|(?:the|my) (?:branch|changes)) (?:to|on|in) my /i,
]
