// A notice beside something else: "thanks for your review, merged!", "I added the missing file and pushed", "anyway, I've
// applied it now". An author who says so may mean what he was advised to do.
import { isDoing, isDone } from './doing.ts'
import { isOthersWork } from './others-work.ts'
import type { Statement } from './statements.ts'
import { saysTaken } from './taken.ts'

export const isPassing = ({ text }: Statement): boolean =>
  !isOthersWork(text) &&
  (saysTaken(text) ||
    (isDone(text) && [clause, second, onTheWay].some(one => one.test(text))) ||
    isDoing(text))

// A clause that ends with the verb and what it speaks of, or a second verb behind something that the sender did.
const did = '(?:applied|pushed|merged|queued|committed)'
const object =
  '(?: (?:it|them|both|all|this(?: one)?|these(?: two)?|(?:(?:the|this|both|whole|all|entire) ){1,2}(?:patch(?:es|set)?|patch set|series)))?'
const ending =
  '(?: now| already| with .{1,120}|,? (?:many )?thanks?\\b.{0,40}|,? thank you\\b.{0,40})?(?: \\(.{1,80}\\))?[.!~,]{0,3}$'
const doer =
  "(?:(?:i|we)(?:'ve| have)? (?:(?:just|already|now|also|finally|help) )?|(?:(?:the|this|both|whole|all|entire) ){0,2}(?:patch(?:es|set)?|patch set|series) (?:(?:is|was|are|were|has been|have been) )?)?"
const clause = new RegExp(
  `(?:^|[,:;!] )(?:(?:fyi|btw|anyway|nevertheless|yep|so|and|then|done|also)[, ]{1,2})?${doer}${did}${object}${ending}`,
  'i',
)
const second = new RegExp(
  `(?:\\bi(?:'ve| have)?\\b.{1,160}|(?:^|, )\\w{2,12}ed\\b.{0,60}) (?:and|then) ${did}${object}${ending}`,
  'i',
)
/** "Fixed the typo while applying." */
const onTheWay =
  /^(?:i |i've |i have |and )?(?:fixed|changed|tweaked|adjusted|reworded|dropped|removed|amended|edited|added|corrected|folded|squashed)\b.{0,100} (?:while|upon|on) (?:applying|merging|committing|pushing|queue?ing)(?: (?:it|this|them|these|the (?:patch(?:es)?|series)))?(?=$|[.,;!)]| thanks\b)/i
