// The sentences by which somebody says that a patch is in: "Applied, thanks.", "Added to misc-next". A question, a wish, a
// plan, and the work of an author or a tester have the same words.

import { isDoing } from './doing.ts'
import { isOtherObject } from './object.ts'
import { isOthersWork } from './others-work.ts'
import { clauseOf, type Statement } from './statements.ts'
import { isTaken, takenWords } from './taken.ts'
import { branch } from './where.ts'
import { put, thing, verb } from './words.ts'

/** The sender says that it is in; what he did besides ("Good catch. I've applied it now.") is said in passing. */
export function isNotice({ text, lead }: Statement, subject: string): boolean {
  if (commitLine.test(text)) return true
  if (text.includes('?') || notSo.test(clauseOf(text)) || looksAt.test(text) || toSomebody.test(text))
    return false
  if (isOthersWork(text)) return false
  if (isTaken(text) || isDoing(text)) return true
  if (inBranch.test(text.replace(thanksFor, ''))) return true
  // "Thanks. Applied." is one statement.
  const whole = lead === '' ? text : `${lead} ${text}`
  const behind = whole.match(tellsApplied)?.[1]
  return (
    behind !== undefined && !notSo.test(lead) && !otherThing.test(whole) && !isOtherObject(behind, subject)
  )
}

/** Most mails hold none of the words, and are not read further. */
export const mayBeNotice = (line: string): boolean =>
  mayTell.test(line.slice(0, 300)) || (line.length < takenMax && mayBeTaken.test(line))

export const mayTell =
  /\b(?:applied|pushed|merged|queued|committed|picked|pulled|upstreamed|added|put|placed|taken|took|landed|staged|integrated|included|cherry-picked|backported|installed|checked in|stored|moved|now in|already in|applying|queue?ing|merging|pushing|committing|picking|taking|accepted|is in|are in|it's in|Commit-ID)\b/i
/** A sentence of these is short, and is looked for in short lines only. */
const mayBeTaken = new RegExp(takenWords, 'i')
const takenMax = 80

const commitLine = /^Commit-ID:\s{1,5}[0-9a-f]{10,40}/

// What may stand before the verb in such a line: thanks, pronouns, "patchset", "series", an adverb.
const before =
  "(?:(?:(?:hi|hello|thanks?(?: you)?)(?: [^\\s,.!]{2,20}(?=,))?|thx|great|done|your (?:patch(?:es|set)?|series|changes?|fix(?:es)?|pull request|pr)|pull request|good|ok(?:ay)?|fine|nice|perfect|both|all|whole|the|this|these|that|it|them|patch(?:es|set)?s?|series|commits?|and|now|just|finally|already|i|i've|i have|we|we've|have|has|had|been|was|were|is|are|therefore|so|thus|first|rest|of|with|minor|obvious|fixed|fixups?|changed|tweak(?:s|ed)?|lgtm|also|then|went ahead|reviewed|acked|accepted|approved|&|v\\d{1,2}|\\[?#?\\d{1,3}(?:(?:-|/|,|\\+|\\.\\.)#?\\d{0,3})?\\]?)[\\s,.!:;-]{1,4}){0,8}"
const inBranch = new RegExp(
  `^\\s{0,4}${before}(?:${put}${thing}(?: up| now)? (?:in|into|to|onto|on)|(?:is|are|it's|they're)(?: now| already)? (?:in|on)) ${branch}`,
  'i',
)
const tellsApplied = new RegExp(`^\\s{0,4}${before}${verb}((?:[\\s,.!:;)].*)?)$`, 'is')
const notSo =
  /\?|\b(?:not|n't|never|can be|could be|to be|should be|will be|would be|once|when|if|until|after|before|unless|needs?|waiting|someone|cleanly|on top of|locally|queued behind|applied to all|to (?:test|try|check|see|reproduce|build))\b/i

/** The sender's own work, not the patch: "I just pushed a new commit", "I've applied the global change". */
const otherThing = new RegExp(
  `${verb} (?:an? |another |upstream |the latest |the (?:\\w{2,20} )?changes? |(?:my|his|her|their) )`,
  'i',
)

/** What he changed on the way is told to somebody: "Thanks Leo, I merged it with the larger limit". */
const toSomebody = new RegExp(
  `^thanks?(?: you)? [^\\s,.!]{2,20}, i(?:'ve| have)? ${verb} (?:it|them|this) with `,
  'i',
)

/** "It's in the lid branch in my private repo" says where to look at it; nothing was taken. */
const looksAt =
  /^(?:it's|it is|they're|they are|this is|that's) .{1,120}\b(?:private|personal|scratch) (?:\w{1,12} )?(?:branch|tree|repo(?:sitory)?|fork|clone|server)\b/i

/** "Thanks for the patch, pushed to misc-next": a branch behind it leaves no doubt what was pushed. */
const thanksFor =
  /^(?:many )?(?:thanks?|thank you|thx) for (?:the|your|this|these|all) [\w &/'-]{1,60}[,.!] /i
