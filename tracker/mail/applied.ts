// "Applied, thanks." A person who says so in an own line of an answer states a fact about the patch; a question
// ("has this been applied?"), a wish and a plan do not.
import type { AppliedFact } from './facts.ts'

/** Looks among said lines of an answer; null when nothing of the kind is said. */
export function appliedOf(subject: string, lines: readonly string[]): AppliedFact | null {
  const at = lines.findIndex(line => saysApplied(line) || /^Commit-ID:\s{1,5}[0-9a-f]{10,40}/.test(line))
  if (at < 0) return null
  const line = (lines[at] ?? '').trim().slice(0, 200)
  const behind = lines.slice(at, at + 200)
  const commit = behind.join('\n').match(commitId)?.[1] ?? null
  const numbers = numbersIn(line, behind)
  const part = numbers.length > 0 || /^re: \(subset\)/i.test(subject) || /\b(?:first|last|some)\b/i.test(line)
  return {
    commit,
    line,
    ...(part ? { part: true as const } : {}),
    ...(numbers.length > 0 ? { numbers } : {}),
  }
}

/** The patches it names: "patches 1-3", or the list that b4 and patchwork's robot write, `[1/2] title` with its commit. */
function numbersIn(line: string, behind: readonly string[]): number[] {
  const named = line.match(
    /\bpatch(?:es)?\s{1,3}#?(\d{1,3}(?:\s{0,2}(?:,|and|&|-|to|\.\.)\s{0,2}\d{1,3}){0,20})\b/i,
  )?.[1]
  if (named) return ranges(named)
  const listed = behind.flatMap((text, index) => {
    const number = text.match(/^\s{0,4}(?:-\s)?\[(?:[^\]/]{0,60}[ ,])?(\d{1,4})\/\d{1,4}\]\s/)?.[1]
    const found = number && !/no (?:matching )?commit/i.test(`${text} ${behind[index + 1] ?? ''}`)
    return found ? [Number(number)] : []
  })
  return [...new Set(listed)]
}

function ranges(text: string): number[] {
  const pieces = text.split(/\s{0,2}(?:,|and|&)\s{0,2}/i)
  return pieces.flatMap(piece => {
    const [from = 0, to = from] = (piece.match(/\d{1,3}/g) ?? []).map(Number)
    return Array.from({ length: Math.min(Math.max(0, to - from), 100) + 1 }, (_, i) => from + i)
  })
}

/** In a web address (`/c/`, `?id=`, `commit/`), behind "commit", or a hash standing alone. */
const commitId =
  /(?:\bcommit(?:-id)?:?\s{1,6}|\/c\/|\/commit\/(?:\?id=)?|\?id=|(?:^|\s)(?=\d{0,39}[a-f]))([0-9a-f]{10,40})\b(?![@-]|\.\w)/im

const verb = '(?:applied|pushed|merged|queued(?: up)?|committed|picked(?: up)?|pulled|upstreamed)'
// What may stand before the verb in such a line: thanks, pronouns, "patchset", "series", an adverb.
const before =
  "(?:(?:hi|hello|thanks?(?: you)?|thx|great|good|ok(?:ay)?|fine|nice|both|all|whole|the|this|these|that|it|them|patch(?:es|set)?s?|series|commits?|and|now|just|finally|already|i|i've|i have|we|we've|have|has|had|been|was|were|is|are|therefore|so|thus|first|rest|of|with|minor|obvious|fixed|fixups?|changed|tweak(?:s|ed)?|lgtm|also|then|went ahead|v\\d{1,2}|\\d{1,2}(?:-|/|,|\\.\\.)?\\d{0,2})[\\s,.!:;-]{1,4}){0,8}"
const said = new RegExp(`^\\s{0,4}${before}${verb}(?:[\\s,.!:;)]|$)`, 'i')
const notSo =
  /\?|\b(?:not|n't|never|can be|could be|to be|should be|will be|would be|once|when|if|until|after|before|unless|needs?|waiting|someone|cleanly|on top of|applied to all)\b/i

function saysApplied(line: string): boolean {
  const sentences = line.slice(0, 200).split(/(?<=[.!?;])\s+/)
  return sentences.some((_, index) => {
    // "Thanks. Applied." is one statement; what follows it is another.
    const statement = sentences.slice(0, index + 1).join(' ')
    return said.test(statement) && !notSo.test(statement)
  })
}
