// The titles that a letter lists, as a cover letter does of its patches: git's shortlog, or the items of a list as people write
// one. What stands there may be anything; it says something only beside patches that have these titles (topic/listed-cover.ts).
import { limits } from '../../base/limits.ts'
import { parseSubject } from './subject.ts'

/** For comparing, at most `listedTitlesMax`. `lines`: what the sender wrote himself. */
export function listedTitles(lines: readonly string[]): readonly string[] {
  const own = lines.slice(0, limits.listedTitleLinesMax).map(line => line.slice(0, lineMax).trimEnd())
  const counted = own.flatMap((line, at) => shortlogBelow(line, own, at))
  if (counted.length > 0) return keysOf(counted).slice(0, limits.listedTitlesMax)
  const items = keysOf(itemsIn(own).toSorted((a, b) => Number(isShaped(b)) - Number(isShaped(a))))
  // Whose lines are so many shows a log or a table.
  return items.length > limits.listedTitlesMax ? [] : items
}

const keysOf = (items: readonly string[]): string[] => [...new Set(items.map(keyOf).filter(isTitle))]

/** "pump: oil it" is likelier a title than what else is listed; the first ones are those that patches are found by (likeness.ts). */
const isShaped = (item: string): boolean => /^(?!https?:)[^\s:]{1,40}(?:\([^\s)]{1,20}\))?: \S/.test(item)

/** Longer lines are prose: titles of real patches end at 120 characters, with what people write before and behind them at 200. */
const lineMax = 300

/** "PATCH 1/3: x" and "[PATCH 1/3] x (new in v2)" are "x". */
const keyOf = (item: string): string => parseSubject(item.replace(remark, '')).key
const remark = /\s[([](?:new|unchanged|no changes?|changed|updated|same|resend|was)\b[^)\]]{0,60}[)\]]$/i

/** One word is none: "Thanks". */
const isTitle = (key: string): boolean =>
  key.length <= titleMax && (key.includes(' ') || /[^\0-\x7f]{2}/.test(key))
const titleMax = 200

/** "Ines Example (3):" and the lines below it until a blank one; git folds a long title to a deeper indent. */
function shortlogBelow(line: string, lines: readonly string[], at: number): string[] {
  const count = Number(line.match(shortlogHead)?.[1] ?? 0)
  const titles: string[] = []
  let indent = 0
  for (let next = at + 1; count > 0 && next < lines.length; next++) {
    const below = lines[next] ?? ''
    if (below === '') break
    const deep = below.search(/\S/)
    if (titles.length > 0 && deep > indent) titles.push(`${titles.pop()} ${below.trim()}`)
    else if (titles.push(below.trim()) === 1) indent = deep
  }
  // Another number is of something else: "Changes in bar (2024):".
  return titles.length === count ? titles : []
}
const shortlogHead = /^\S[^:]{0,100} \((\d{1,4})\):$/

/** Behind a bullet, a number or a commit's id, indented, or in a paragraph of their own below a colon. */
function itemsIn(lines: readonly string[]): string[] {
  const paragraphs = paragraphsOf(lines)
  return paragraphs.flatMap((paragraph, at) => {
    const introduced = /[:：]$/.test(paragraphs[at - 1]?.at(-1) ?? '')
    const first = paragraph.findIndex(line => /[:：]$/.test(line))
    return paragraph.flatMap((line, place) => {
      if (line.length > titleMax || noItem.test(line)) return []
      const marked = line.match(itemMark)
      if (marked) return line.slice(marked[0].length)
      const below = introduced || (first >= 0 && place > first)
      return below || /^(?:\s{2,8}|\t)\S/.test(line) ? line.trim() : []
    })
  })
}

function paragraphsOf(lines: readonly string[]): string[][] {
  const paragraphs: string[][] = [[]]
  for (const line of lines) {
    if (line === '') paragraphs.push([])
    else paragraphs.at(-1)?.push(line)
  }
  return paragraphs.filter(({ length }) => length > 0)
}

const itemMark =
  /^\s{0,8}(?:[-*+•·‣▪–]\s{1,4}|[(#]{0,2}\d{1,3}[.)]\s{1,4}|(?:patch(?:es)? |commit )?[[(#]{0,2}\d{1,3}(?:\/| of )\d{1,3}[\])]?\s?[:.–-]?\s{1,4}|patch #?\d{1,3}\s?[:.–-]\s{1,4}|[0-9a-f]{7,40}\s{1,4}(?=\S)|(?=\[[^\]]{0,60}PATCH))/i
/** Lines of a diffstat, of a quoted header, an address. */
const noItem =
  /\s\|\s{1,8}(?:\d|Bin\b)|^\s{0,8}(?:create|delete|rename|copy) mode\b|\d files? changed\b|^\s{0,8}https?:\/\/\S+$|^[A-Z][A-Za-z-]{1,30}-by: /
