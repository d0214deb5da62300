// "Applied, thanks." A person who says so in an own line of an answer states a fact about the patch; a question
// ("has this been applied?"), a wish and a plan do not.
import type { AppliedFact } from './facts.ts'

/** Looks among said lines of an answer; null when nothing of the kind is said. */
export function appliedOf(lines: readonly string[]): AppliedFact | null {
  const at = lines.findIndex(saysApplied)
  if (at < 0) return null
  const near = lines.slice(at, at + 12).join(' ')
  const commit =
    near.match(/(?:commit:?\s{1,6}|\/c(?:ommit)?\/(?:\?id=)?|^\s*|\s)([0-9a-f]{10,40})\b(?![.@-])/)?.[1] ??
    null
  return { commit, line: (lines[at] ?? '').trim().slice(0, 200) }
}

const verb = '(?:applied|pushed|merged|queued(?: up)?|committed|picked(?: up)?|pulled|upstreamed)'
// What may stand before the verb in such a line: thanks, pronouns, "patchset", "series", an adverb.
const before =
  "(?:(?:hi|hello|thanks?(?: you)?|thx|great|good|ok(?:ay)?|fine|nice|both|all|whole|the|this|these|that|it|them|patch(?:es|set)?s?|series|commits?|and|now|just|finally|already|i|i've|i have|we|we've|have|has|had|been|was|were|is|are|therefore|so|thus|first|rest|of|with|minor|obvious|fixed|fixups?|changed|tweak(?:s|ed)?|lgtm|also|then|went ahead|v\\d{1,2}|\\d{1,2}(?:-|/|,|\\.\\.)?\\d{0,2})[\\s,.!:;-]{1,4}){0,8}"
const said = new RegExp(`^\\s{0,4}${before}${verb}(?:[\\s,.!:;)]|$)`, 'i')
const notSo =
  /\?|\b(?:not|n't|never|can be|could be|to be|should be|will be|would be|once|when|if|until|after|before|unless|needs?|waiting|someone|cleanly|on top of|applied to all)\b/i

function saysApplied(line: string): boolean {
  const text = line.slice(0, 200)
  return said.test(text) && !notSo.test(text)
}
