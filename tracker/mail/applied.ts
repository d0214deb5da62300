// "Applied, thanks." A person who says so in an own line of an answer states a fact about the patch; a question
// ("has this been applied?"), a wish and a plan do not.
import type { AppliedFact } from './facts.ts'

/** Looks among said lines of an answer; null when nothing of the kind is said. */
export function appliedOf(subject: string, lines: readonly string[]): AppliedFact | null {
  const notice = lines.findIndex(line => noticeIn(line) !== null || commitLine.test(line))
  const at = notice < 0 ? lines.findIndex((_, index) => passingAt(lines, index) !== null) : notice
  if (at < 0) return null
  const text = notice < 0 ? (passingAt(lines, at) ?? '') : (lines[at] ?? '')
  const line = text.trim().slice(0, 200)
  // Below a signature's dashes stand the fingerprints of keys.
  const signature = lines.findIndex((below, index) => index > at && /^-- ?$/.test(below))
  const behind = lines.slice(at, signature < 0 ? at + 200 : Math.min(signature, at + 200))
  const commit = behind.join('\n').match(commitId)?.[1] ?? null
  const numbers = numbersIn(line, behind)
  const part = numbers.length > 0 || /^re: \(subset\)/i.test(subject) || /\b(?:first|last|some)\b/i.test(line)
  const all = !part && speaksOfAll.test(noticeIn(text) ?? text)
  return {
    commit,
    line,
    ...(notice < 0 ? { passing: true as const } : {}),
    ...(part ? { part: true as const } : {}),
    ...(all ? { all: true as const } : {}),
    ...(numbers.length > 0 ? { numbers } : {}),
  }
}

/** A line with the rest of its sentence: at most two more, up to a blank one. */
function sentenceFrom(lines: readonly string[], at: number): string {
  const some = lines.slice(at, at + 3).map(line => line.trim().slice(0, 200))
  const end = some.indexOf('')
  return (end < 0 ? some : some.slice(0, end)).join(' ')
}

const commitLine = /^Commit-ID:\s{1,5}[0-9a-f]{10,40}/

/** The patches it names: "patches 1-3", or the list that b4 and patchwork's robot write, `[1/2] title` with its commit. */
function numbersIn(line: string, behind: readonly string[]): number[] {
  const named = line.match(
    /\bpatch(?:es)?\s{1,3}#?(\d{1,3}(?:\s{0,2}(?:,|and|&|-|to|\.\.)\s{0,2}\d{1,3}){0,20})\b/i,
  )?.[1]
  if (named) return ranges(named)
  // "patches [1, 8]" may be these two or all between them: these two in any case.
  const bracketed = line.match(/\bapplied (?:patches )?\[(\d{1,3})(?:, ?(\d{1,3}))?\]/i)
  if (bracketed) return bracketed.slice(1).filter(Boolean).map(Number)
  const first = line.match(/\bfirst (\d{1,2}|two|three|four|five) (?:patches|commits)\b/i)?.[1]?.toLowerCase()
  if (first) return ranges(`1-${countWords.get(first) ?? first}`)
  const listed = behind.flatMap((text, index) => {
    const number = text.match(/^\s{0,4}(?:-\s)?\[(?:[^\]/]{0,60}[ ,])?(\d{1,4})\/\d{1,4}\]\s/)?.[1]
    const found = number && !/no (?:matching )?commit/i.test(`${text} ${behind[index + 1] ?? ''}`)
    return found ? [Number(number)] : []
  })
  return [...new Set(listed)]
}

const countWords = new Map([
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
])

function ranges(text: string): number[] {
  const pieces = text.split(/\s{0,2}(?:,|and|&)\s{0,2}/i)
  return pieces.flatMap(piece => {
    const [from = 0, to = from] = (piece.match(/\d{1,3}/g) ?? []).map(Number)
    return Array.from({ length: Math.min(Math.max(0, to - from), 100) + 1 }, (_, i) => from + i)
  })
}

/** In a web address (`/c/`, `?id=`, `commit/`), behind "commit", or a hash standing alone. git writes them in lower case. */
const commitId =
  /(?:\b[Cc]ommit(?:-[Ii][Dd])?:?\s{1,6}|\/c\/|\/commit\/(?:\?id=)?|\?id=|(?:^|\s)(?=\d{0,39}[a-f]))([0-9a-f]{10,40})\b(?![@-]|\.\w)/m

const verb = '(?:applied|pushed|merged|queued(?: up)?|committed|picked(?: up)?|pulled|upstreamed)'
// What may stand before the verb in such a line: thanks, pronouns, "patchset", "series", an adverb.
const before =
  "(?:(?:hi|hello|thanks?(?: you)?|thx|great|good|ok(?:ay)?|fine|nice|both|all|whole|the|this|these|that|it|them|patch(?:es|set)?s?|series|commits?|and|now|just|finally|already|i|i've|i have|we|we've|have|has|had|been|was|were|is|are|therefore|so|thus|first|rest|of|with|minor|obvious|fixed|fixups?|changed|tweak(?:s|ed)?|lgtm|also|then|went ahead|v\\d{1,2}|\\d{1,2}(?:-|/|,|\\.\\.)?\\d{0,2})[\\s,.!:;-]{1,4}){0,8}"
const said = new RegExp(`^\\s{0,4}${before}${verb}(?:[\\s,.!:;)]|$)`, 'i')
const notSo =
  /\?|\b(?:not|n't|never|can be|could be|to be|should be|will be|would be|once|when|if|until|after|before|unless|needs?|waiting|someone|cleanly|on top of|applied to all)\b/i

/** The sender's own work, not the patch: "I just pushed a new commit", "I've applied the global change". */
const otherThing = new RegExp(
  `${verb} (?:an? |another |upstream |the latest |the (?:\\w{2,20} )?changes? |(?:my|his|her|their) )`,
  'i',
)

/** "Both applied", "I merged the patchset": said below one patch, it speaks of the others too. */
const speaksOfAll = new RegExp(
  `\\b(?:(?:both|all)(?: (?:of (?:them|it)|(?:the )?patches|commits))?|series|patch ?set|patches) (?:(?:is|are|was|were|has been|have been|now) )?${verb}|${verb} (?:them all|(?:(?:the|this|both|whole|all|entire) ){0,2}(?:both|all|series|patch ?set|patches))\\b`,
  'i',
)

/** The statement that says so. */
function noticeIn(line: string): string | null {
  const sentences = line.slice(0, 200).split(/(?<=[.!?;])\s+/)
  // "Thanks. Applied." is one statement; what follows it is another.
  const statements = sentences.map((_, index) => sentences.slice(0, index + 1).join(' '))
  return statements.find(one => said.test(one) && !notSo.test(one) && !otherThing.test(one)) ?? null
}

// In passing: "thanks for your review, merged!", "I added the missing file and pushed", "anyway, I've applied it now". A
// clause that ends with the verb and what it speaks of, or a second verb behind something that the sender did.
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
const notDone =
  /\?|\b(?:not|never|can|cannot|could|may|might|must|should|shall|will|would|going to|want(?:ed)?|like|hope|wish|plan|please|let's|let us|once|when|if|until|after|before|unless|needs?|waiting|someone|somebody|cleanly|on top|see|seen|gets?|got|getting|having|without|you|locally|branch)\b|n't\b|'(?:ll|d)\b/i

const passingAt = (lines: readonly string[], at: number) => passingIn(sentenceFrom(lines, at))

function passingIn(text: string): string | null {
  const sentences = text.split(/(?<=[.!?;])\s+/)
  const trimmed = sentences.map(sentence => sentence.trim())
  return (
    trimmed.find(
      one =>
        !notDone.test(one.replace(/\bthank you\b/gi, 'thanks')) && (clause.test(one) || second.test(one)),
    ) ?? null
  )
}
