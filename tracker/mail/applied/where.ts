// Where a patch was put: a word that is shaped like a branch, or what people call theirs. A path, a list and the docs are
// none.
import { put, thing } from './words.ts'

/** The branch that a notice names. */
export const branchIn = (text: string): string | undefined => (text.match(putTo) ?? text.match(toBranch))?.[1]

/** A tree of one's own: of a maintainer the place where it goes on from, of an author where he works. */
export const isOwnTree = (sentence: string): boolean => ownTree.test(sentence)

/** Any one of them; each may be a pattern itself. */
const anyOf = (words: readonly string[]) => `(?:${words.join('|')})`
const listed = (words: string) => words.split(' ')

export const branchNames = listed(
  'main master trunk devel(?:op(?:ment)?)? dev next staging testing stable mainline upstream head queue tree repo(?:sitory)?',
)
/** Behind "to" they are no branch, whatever follows. */
const neverBranches = listed(
  'changelog cc mr pr message log code way same top todo docs? tests? list wiki faq v\\d it this that them series patch commit everyone me you us',
)
const filePath = `\\S{0,60}\\.${anyOf(listed('c h py ts js rs go txt md rst sh html'))}\\b`
const branchWord = anyOf([
  // "the -mm tree", "the -mm mm-unstable branch", "-next".
  '-(?:mm|next|stable|tip|fixes|rc\\d{0,2}|rt|current|devel|testing|unstable|queue|misc)(?: [\\w-]{2,30}(?= (?:branch|tree)))?',
  // With a dash or a slash in it.
  '[\\w.+]{1,40}[-/][\\w./+-]{1,60}',
  ...branchNames,
  // A release.
  '\\d{1,3}\\.\\d{1,3}[\\w.]{0,10}',
  '[\\w.+]{2,40}(?= branch\\b)',
  '(?:patch|merge|commit|misc) queue',
  '[a-z][\\w+]{1,30}(?= now[.,!])',
  // Any word that ends the sentence.
  `(?!${anyOf(neverBranches)}\\b)[a-z][\\w+]{2,30}(?=[.!]?$|, thank)`,
])
const kindBehind = `(?:${anyOf(listed('branch tree queue repo(?:sitory)?').map(word => ` ${word}`))}(?! ?list))?`
const otherBehind = ` ${anyOf(['list', 'docs?', 'file', 'page', 'section', 'table', 'series', 'kernel config'])}`
/** The branch is its only group. */
export const branch = `(?:the |my |our |its )?[\`'"]?((?!${filePath})${branchWord}${kindBehind})[\`'"]?(?!${otherBehind})(?=$|[\\s.,;:!)])`

/** Where it was put: right behind the verb any such word, further on only one that can mean nothing else. */
const putTo = new RegExp(
  `\\b(?:${put}${thing}(?: up| now)? (?:in|into|to|onto|on|for)|\\b(?:is|are|it's|they're)(?: now| already)? (?:in|on)) ${branch}`,
  'i',
)
const toBranch =
  /\b(?:to|into|onto|in|on) (?:the |my |our |its )?[`'"]?((?!\S{0,60}\.(?:c|h|py|ts|js|rs|go|txt|md|rst|sh|html)\b)(?:[\w.+]{1,40}[-/][\w./+-]{1,60}|main|master|trunk|mainline|[\w.+]{2,40} (?:branch|tree)\b))(?=$|[`'"\s.,;:!)])/i

const ownTree =
  /\b(?:to|into|onto|in|on) my (?:own )?(?!queue\b|list\b)[\w./-]{1,40}(?: (?:branch|tree|fork|repo(?:sitory)?))?/i
