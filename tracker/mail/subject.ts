// "[LTP] [PATCH net v3 2/5] x" -> version, number, total, title. What people write in brackets is looser than what
// `git format-patch` writes: `[PATCHv2 nf 1/2]`, `[PATCH nft 3/3,v2]`, `[v5,2/2]`, `RFC:[PATCH v1]`, `[PATH nf v3]`.
import { limits } from '../../base/limits.ts'
import type { SubjectFact } from './facts.ts'

/**
 * Reads a decoded subject. `version`, `number` and `total` are null when it says none; of two brackets that
 * disagree the first one that says a thing is believed. A bracket that `isDress` is the list's and says nothing.
 */
export function parseSubject(
  decoded: string,
  isDress: (bracket: string) => boolean = () => false,
): SubjectFact {
  const text = squeeze(decoded).slice(0, limits.subjectCharactersMax)
  const { brackets, rest, reply } = stripLead(text)
  const words = brackets.filter(inside => !isDress(inside)).flatMap(wordsOf)
  const marks = words.reduce(readWord, { ...noMarks, tags: [] })
  const titled = rest.match(versionInTitle)
  const title = titled ? squeeze(rest.replace(versionInTitle, ' ')) : rest
  return {
    text,
    title,
    key: titleKey(title),
    reply,
    tags: marks.tags,
    patch: marks.patch,
    rfc: marks.rfc,
    resend: marks.resend,
    pull: marks.pull,
    version: marks.version ?? (titled ? Number(titled[1]) : null),
    number: marks.number,
    total: marks.total,
  }
}

/** The words of the first bracket, where a list server puts its prefix. */
export function firstBracket(decoded: string): string | null {
  return stripLead(squeeze(decoded).slice(0, limits.subjectCharactersMax)).brackets[0] ?? null
}

const wordsOf = (bracket: string) => bracket.split(/[\s,;:[\]]+/).filter(Boolean)

/** A title for comparing: letters and digits in lower case, everything else one space. */
export function titleKey(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

// Reply words of the languages that mailers speak, with Outlook's counter: "Re[2]:", "AW:", "回复：".
const replyWord =
  /^(?:re|aw|fwd?|wg|sv|vs|vb|antw|odp|rif|tr|ynt|回复|答复|转发|回覆)(?:\[\d{1,3}\])?\s{0,3}[:：]\s{0,3}/i
const leadWord = /^(?:subject|rfc|resend|patch|v\d{1,3})\s{0,2}[:：]?\s{0,2}(?=\[)/i
const versionInTitle = /\s?[([]v(\d{1,3})[)\]]$/i

const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim()

interface Marks {
  patch: boolean
  rfc: boolean
  resend: boolean
  pull: boolean
  version: number | null
  number: number | null
  total: number | null
  tags: string[]
}
const noMarks = {
  patch: false,
  rfc: false,
  resend: false,
  pull: false,
  version: null,
  number: null,
  total: null,
}

/** Takes reply words and brackets off the front, whatever their order, and keeps what the brackets hold. */
function stripLead(text: string): { brackets: string[]; rest: string; reply: boolean } {
  const brackets: string[] = []
  let rest = text
  let reply = false
  for (let i = 0; i < limits.subjectBracketsMax; i++) {
    const re = rest.match(replyWord)
    const lead = rest.match(leadWord)
    const inside = bracket(rest)
    if (re) reply = true
    if (re) rest = rest.slice(re[0].length)
    else if (inside) {
      brackets.push(inside.text)
      rest = rest.slice(inside.end).trimStart()
    } else if (lead) {
      brackets.push(lead[0].replace(/[\s:：]{1,5}$/, ''))
      rest = rest.slice(lead[0].length)
    } else break
  }
  return { brackets, rest, reply }
}

/** The leading bracket with the brackets inside it: `[PATCH [net] 1/2]`. */
function bracket(text: string): { text: string; end: number } | null {
  if (text[0] !== '[') return null
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++
    if (text[i] === ']' && --depth === 0) return { text: text.slice(1, i), end: i + 1 }
  }
  return null
}

function readWord(marks: Marks, word: string): Marks {
  const version = word.match(/^(?:(?:patch|rfc|resend)[-_]?)?v[.-]?(\d{1,3})(?:[a-z]|\.\d{1,2})?$/i)
  const count = word.match(/^#?(\d{1,4})\/(?:v\d{1,3}[-_])?(\d{1,4})$/)
  if (/^(?:patch|path|ptach|pacth|patches)(?:$|[-_]?v\d|es$)/i.test(word)) marks.patch = true
  if (/^rfc/i.test(word)) marks.rfc = true
  if (/^(?:resend|resent|repost|resubmit)/i.test(word)) marks.resend = true
  if (/^(?:pull|pullreq|pull-request)$/i.test(word)) marks.pull = true
  if (version) marks.version ??= Number(version[1])
  else if (count) takeCount(marks, Number(count[1]), Number(count[2]))
  else if (!/^(?:patch|path|ptach|pacth|patches|rfc|resend|resent|repost|pull|git|request)$/i.test(word))
    marks.tags.push(word)
  return marks
}

function takeCount(marks: Marks, number: number, total: number): void {
  if (marks.total !== null) return
  marks.number = number
  marks.total = total
}
