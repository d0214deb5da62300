// What is done right now is as good as done: "Applying, thanks.", "Queueing this for next."

import { clauseOf } from './statements.ts'
import { branchNames } from './where.ts'
import { thing } from './words.ts'

export const isDoing = (sentence: string): boolean => isDone(clauseOf(sentence)) && doing.test(sentence)

/** It asks nothing, and is no wish, plan or condition. */
export const isDone = (text: string): boolean => !notDone.test(text.replace(/\bthank you\b/gi, 'thanks'))

const notDone =
  /\?|\b(?:not|never|can|cannot|could|may|might|must|should|shall|will|would|going to|want(?:ed)?|like|hope|wish|plan|please|let's|let us|once|when|if|until|after|before|unless|needs?|waiting|someone|somebody|cleanly|on top|see|seen|gets?|got|getting|having|without|you|locally|branch)\b|n't\b|'(?:ll|d)\b/i

/** Behind "the first": which and how many. */
const counted =
  '(?:(?:one|two|three|four|five|\\d{1,2})(?: (?:patch(?:es)?|commits?|of (?:these|them)))?|patch(?:es)?|one|few(?: patches)?)'
const patchList = 'patch(?:es)? [\\d/, and-]{1,30}'
/** "Applying, thanks.", "Queueing this for next." tell what is done with it; what goes on behind them tells of something else. */
const doing = new RegExp(
  `^\\s{0,4}(?:(?:thanks?|thank you|thx|ok|okay|lgtm|great|nice|and|so|now)[\\s,.!]{1,3}){0,3}(?:(?:i'm|i am|we're|we are) )?(?:now )?(?:(?:applying|merging|queue?ing|pushing|committing)(?: up)?(?:${thing}| the (?:first|last) ${counted})|(?:picking|taking)(?: up)? (?:this(?: one)?|it|these|them|both|the series|${patchList}|the (?:first|last) ${counted}))(?: up)?(?: now)?(?: (?:to|into|for) (?:the |my )?(?:[\\w.+]{1,40}[-/][\\w.+/-]{1,60}|${branchNames.join('|')}|\\d{1,3}\\.\\d{1,3}))?(?: now)?(?:\\s?[.!;]|$|,? (?:thanks|thank you|thx|cheers)\\b|, (?:but |and )?(?:the (?:rest|others?|last|second|third)|\\[?#?\\d|patch)\\b)`,
  'i',
)
