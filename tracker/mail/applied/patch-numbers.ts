// Which patches of a series a sentence speaks of: those that it names ("1-2", "the first two"), and those that it leaves out
// ("all but 3"). What else is counted in such sentences ("3 patches", "2 weeks ago") names none.

import { mayTell } from './notice.ts'
import type { Statement } from './statements.ts'
import { verb } from './words.ts'

/** A sentence without what it leaves out, and what that is. */
export interface Told extends Statement {
  readonly written: string
  readonly except: readonly number[]
}

/**
 * "Applied all but 3", "the series except patch 2/5", "1-3, not 4": what is left says that the others are in, as if nothing
 * was left out. Behind the numbers the clause must end, so that "but 3 tests fail" leaves out nothing.
 */
export function withoutExceptions(statement: Statement): Told {
  const except: number[] = []
  const text = mayTell.test(statement.text)
    ? statement.text.replace(exception, (_, named: string) => {
        except.push(...numbersNamed(named))
        return ''
      })
    : statement.text
  return { ...statement, text, written: statement.text, except }
}

/** What a notice leaves out. "Applied, thanks. I dropped patch 3." says it in one of the next sentences. */
export function exceptionsOf(statements: readonly Told[], notice: Told): number[] {
  const at = statements.indexOf(notice)
  const dropped = statements
    .slice(at + 1, at + 4)
    .flatMap(({ text }) => numbersNamed(text.slice(0, 200).match(droppedPatches)?.[1] ?? ''))
  return [...notice.except, ...dropped].slice(0, exceptionsMax)
}

const exceptionsMax = 20

function numbersNamed(text: string): number[] {
  const words = text.match(/first|second|third|fourth|fifth|last/gi)
  if (!words) return ranges(text)
  return words.map(word => (/last/i.test(word) ? -1 : 1 + ordinalWords.indexOf(word.toLowerCase())))
}

/** The patches it names: "1-2", "2/4 and 3/4", or the list that b4 and patchwork's robot write, `[1/2] title` with its commit. */
export function numbersIn(line: string, behind: readonly string[]): number[] {
  const named = [patchNumbers, verbNumbers, numbersVerb].map(one => line.match(one)?.[1]).find(Boolean)
  if (named) return ranges(named)
  // "patches [1, 8]" may be these two or all between them: these two in any case.
  const bracketed = line.match(/\bapplied (?:patches )?\[(\d{1,3})(?:, ?(\d{1,3}))?\]/i)
  if (bracketed) return bracketed.slice(1).filter(Boolean).map(Number)
  const first = line
    .match(/\bfirst (\d{1,2}|two|three|four|five)(?= (?:patches|commits|to|into|for|in|on)\b|[.,;!]|$)/i)?.[1]
    ?.toLowerCase()
  if (first) return ranges(`1-${countWords.get(first) ?? first}`)
  const ordinals = line.match(ordinalPatches)?.[0].match(/first|second|third|fourth|fifth/gi)
  if (ordinals) return ordinals.map(word => 1 + ordinalWords.indexOf(word.toLowerCase()))
  const listed = behind.flatMap((text, index) => {
    const number = text.match(/^\s{0,4}(?:-\s)?\[(?:[^\]/]{0,60}[ ,])?(\d{1,4})\/\d{1,4}\]\s/)?.[1]
    const found = number && !/no (?:matching )?commit/i.test(`${text} ${behind[index + 1] ?? ''}`)
    return found ? [Number(number)] : []
  })
  return [...new Set(listed)]
}

/** "Both applied", "I merged the patchset": said below one patch, it speaks of the others too. */
export const speaksOfAll = new RegExp(
  `\\b(?:(?:both|all)(?: (?:of (?:them|it)|(?:the )?patches|commits))?|series|patch ?set|patches) (?:(?:is|are|was|were|has been|have been|now) )?${verb}|${verb} (?:them all|(?:(?:the|this|both|whole|all|entire) ){0,2}(?:both|all|series|patch ?set|patches))\\b`,
  'i',
)

const number = '\\[?#?\\d{1,3}(?:\\/\\d{1,3})?\\]?'
const moreNumbers = `(?:\\s{0,2}(?:,|and|&|\\+|-|–|to|through|\\.\\.){1,2}\\s{0,2}(?:and )?${number}){0,20}`
const numberList = `${number}${moreNumbers}`
const patchNumbers = new RegExp(`\\bpatch(?:es)?\\s{1,3}(${numberList})(?![\\w/])`, 'i')
const clauseEnd =
  '(?=$|[,.;:!)]|\\s(?:to|into|in|on|are|is|were|was|have|has|applied|merged|pushed|queued|with|for|as|thanks|because|which|since|now|yet|though)\\b)'
const ordinalNamed =
  '(?:first|second|third|fourth|fifth|last)(?:(?:,| and|, and) (?:the )?(?:first|second|third|fourth|fifth|last)){0,4}(?: patch(?:es)?| one)?'
const leavesOut =
  '(?:not|except(?:ing)?(?: for)?|excluding|apart from|aside from|other than|minus|without|save(?: for)?|dropped|dropping|skipped|skipping|left out|leaving out)'
const exception = new RegExp(
  `[,;]?\\s{0,2}\\(?(?:(?:but|and|only|i) ){0,2}(?:${leavesOut}|but) (?:the )?(?:patch(?:es)? )?(${numberList}|${ordinalNamed})\\)?${clauseEnd}`,
  'gi',
)
/** Behind the notice a bare number may count something else. */
const droppedPatches = new RegExp(
  `^(?:(?:but|and|only|i|i've|i have|have|all|everything) ){0,3}(?:${leavesOut}|but) (?:the )?((?:patch(?:es)? )${numberList}|\\d{1,3}\\/\\d{1,3}${moreNumbers}|${ordinalNamed} patch(?:es)?)(?![\\w/])`,
  'i',
)
/** "Applied 3 patches" and "queued 2 weeks ago" count something else. */
const verbNumbers = new RegExp(
  `\\b(?:appl(?:ied|ying)|push(?:ed|ing)|merg(?:ed|ing)|queue?(?:d|ing)(?: up)?|committ(?:ed|ing)|pick(?:ed|ing)(?: up)?|pulled|took|tak(?:en|ing)|added|accepted)\\s{1,3}(${numberList})(?=$|[,.;:!)]|\\s(?:to|into|in|on|with|for|as|thanks|because|but|only|now|already|from|so)\\b)`,
  'i',
)
/** "1 and 2 applied", "#1 and #2 are pushed": a list that begins the sentence. */
const numbersVerb = new RegExp(
  `^\\s{0,4}(?:(?:ok|okay|thanks|so|only|just|both)[\\s,.!]{1,3}){0,3}(${numberList}) (?:(?:is|are|was|were|have|has|been|now|both) ){0,3}(?:applied|pushed|merged|queued|committed|picked|pulled)\\b`,
  'i',
)

const ordinalWords = ['first', 'second', 'third', 'fourth', 'fifth']
const ordinalPatches =
  /(?:applied|pushed|merged|queued|picked|pulled|took|taken|added)(?: up)?(?: only| just)?(?: the)? (?:(?:first|second|third|fourth|fifth)(?:,| and|, and)? ){1,5}(?:patch(?:es)?|one)\b/i

const countWords = new Map([
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
])

function ranges(text: string): number[] {
  const pieces = text
    .replace(/\/\d{1,3}/g, '')
    .split(/\s{0,2}(?:,|and|&|\+)\s{0,2}/i)
    .filter(piece => /\d/.test(piece))
  return pieces.flatMap(piece => {
    const [from = 0, to = from] = (piece.match(/\d{1,3}/g) ?? []).map(Number)
    return Array.from({ length: Math.min(Math.max(0, to - from), 100) + 1 }, (_, i) => from + i)
  })
}
