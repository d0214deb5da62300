// "[LTP] [PATCH net v3 2/5] x" -> version, number, total, title. What people write in brackets is looser than what
// `git format-patch` writes: `[PATCHv2 nf 1/2]`, `[PATCH nft 3/3,v2]`, `[v5,2/2]`, `RFC:[PATCH v1]`, `[PATH nf v3]`,
// `[PATCH1/3]`, `[PATCH 1 of 3]`, `[PATCH] (1/3) x`, `[PATCH 2 1/3]`, `【PATCH】x`, `PATCH v2 1/3: x`.
import { limits } from '../../base/limits.ts'
import { memoText } from '../../base/memo-text.ts'
import { wordsFor } from './client-words.ts'
import type { SubjectFact } from './facts.ts'

/**
 * Reads a decoded subject. `version`, `number` and `total` are null when it says none; of two brackets that
 * disagree the first one that says a thing is believed. A bracket that `isListBracket` is the list's and says nothing.
 * `answers`: the mail refers to another one, so that a word of one letter may be a reply word ("R:").
 */
export function parseSubject(
  decoded: string,
  isListBracket: (bracket: string) => boolean = () => false,
  answers = false,
): SubjectFact {
  const text = squeeze(decoded).slice(0, limits.subjectCharactersMax)
  const { brackets, rest: lead, reply } = stripLead(text, answers)
  const words = brackets.filter(inside => !isListBracket(inside)).flatMap(wordsOf)
  const marks = words.reduce(readWord, { ...noMarks, tags: [] })
  const rest = takeResent(marks, takeLooseCount(marks, lead))
  const { title, version } = takeTitleVersion(rest, marks.patch)
  const ending = marks.patch && marks.version === null && version === null ? endingOf(title) : null
  return {
    text,
    title,
    key: titleKey(title),
    deed: deedKey(title),
    reply,
    tags: marks.tags,
    patch: marks.patch,
    rfc: marks.rfc,
    resend: marks.resend,
    pull: marks.pull,
    version: marks.version ?? version,
    ...(marks.dotted === null ? {} : { dotted: marks.dotted }),
    ...(ending === null ? {} : { ending }),
    number: marks.number,
    total: marks.total,
  }
}

/** The words of the first bracket, where a list server puts its prefix. */
export function firstBracket(decoded: string): string | null {
  return stripLead(squeeze(decoded).slice(0, limits.subjectCharactersMax)).brackets[0] ?? null
}

/** Does a mail go on from elsewhere, by its subject ("Fwd: x", "[list] WG: x")? Words that some language answers with do not say so. */
export const isForward = (decoded: string): boolean =>
  forwardWord.test(
    squeeze(decoded)
      .slice(0, 200)
      .replace(/^(?:\[[^\]]{0,60}\]\s?){1,4}/, ''),
  )

const wordsOf = (bracket: string) =>
  (mayBeSpaced.test(bracket) ? bracket.replace(spacedCount, '$1/$2') : bracket)
    .replace(bareVersion, '$1 v$2$3 ')
    .replace(spelledVersion, 'v$1')
    .split(/[\s,;:[\](){}"]+/)
    .filter(Boolean)

const mayBeSpaced = /\s\/|\/\s|\sof\s/i
/** `take 2`, `rev2`, `version #3`, `V 2`, as people count who do not use git's option. */
const spelledVersion =
  /\b(?:take|ver|version|rev|revision|round|try|v(?=[\s.]))[\s.#-]{0,2}(\d{1,2})\b(?![./]\d)/gi
/**
 * `PATCH 2 1/3`, `PATCH2 1/3`, `PATCH r2`: beside a count another number can only say which time. Alone it may be the place
 * in a series.
 */
const bareVersion =
  /\b((?:patch|rfc)\s{0,2})(?:#?(\d{1,2})\s{1,2}(?=#?\d{1,4}(?:\s?\/\s?|\sof\s)\d)|(?<=\s)r(\d{1,2})(?![\w.-]))/gi
/** `1 of 3` as Mercurial writes it, `1 / 3`. */
const spacedCount = /(?<![\d.])(\d{1,4}(?:\.\d)?)\s{0,2}(?:\/|\bof\b)\s{0,2}(\d{1,4})(?!\d)/gi

/** A title for comparing: letters and digits in lower case, everything else one space. */
export function titleKey(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** A title without the version at its end: "tidy the room, v7", "tidy the room (V2)"; null where it has none. */
export function plainTitle(title: string): { title: string; version: number | null } {
  const found = title.match(/^(.{1,400}?)[\s,;:([-]{1,4}v\.?\s?(\d{1,3})[)\]]?$/i)
  return found ? { title: found[1] ?? '', version: Number(found[2]) } : { title, version: null }
}

/** The same without the subsystem that leads it. */
export const deedKey = (title: string): string => titleKey(title.replace(subsystem, '')) || titleKey(title)

const alternatives = (words: readonly string[]) => [...words].sort((a, b) => b.length - a.length).join('|')
const replyWords = [...new Set([...wordsFor('reply'), ...wordsFor('forward')])]
const lead = (words: readonly string[]) =>
  new RegExp(
    `^(?:${alternatives(words)})(?:\\[\\d{1,3}\\]|\\(\\d{1,3}\\)|\\^\\d{1,3})?\\s{0,3}[:：]\\s{0,3}`,
    'iu',
  )

const forwardWord = lead(wordsFor('forward').filter(word => !wordsFor('reply').includes(word)))

// With a counter as some clients write it: "Re[2]:", "Re(2):". A short word that begins titles, too ("r: fix the build",
// "pre: ..."), is one only in an answer or right before a bracket.
const isPlain = (word: string) => plainWords.has(word) || /[^a-z]/i.test(word)
const plainWords = new Set('re aw fw fwd wg sv vs vb antw antwort odp rif tr ynt'.split(' '))
const replyWord = lead(replyWords.filter(isPlain))
const ambiguousReplyWord = lead(replyWords.filter(word => !isPlain(word)))
const leadWord = /^(?:subject|rfc|resend|patch|v\d{1,3})\s{0,2}[:：]?\s{0,2}(?=\[)/i
/**
 * "PATCH v2 1/3: x", "RFC PATCH: x": git's words without its brackets. In small letters "patch: x" is the name of a
 * program, unless a version or a count stands beside it.
 */
const bareMark =
  /^(?:(?:RFC[ /]?)?PATCH(?:[ -]?(?:RFC|RESEND))?(?=\s?:\s|[ -]v\d|v\d|[ -]\d)|patch(?=[ -]?v\d|[ -]\d{1,4}\/\d))(?:[ -]?[vV]\d{1,3})?(?:[ -]?\d{1,4}(?:\/|\sof\s)\d{1,4}(?:\s?:)?|\s?:)\s{1,3}/
/** "net: phy: x", "[bpf] x": the words that lead a title and that all patches to a place share. */
const subsystem = /^(?:(?:\[[^\]]{1,60}\]|[^\s:][^:]{0,40}:)\s+){1,5}/
/** "(v2)" behind a title; "[V8]" there is a name. A patch's title may end ", v2" as well. */
const versionInTitle = /\s?[([](?:v|(?:take|version|ver\.?|rev\.?|try|round) ?#?)(\d{1,3})[)\]]$/
const bareVersionInTitle = /(?:[,;]|\s--?|\s[–—])\s?(?:v|(?:take|version|ver\.?|rev\.?) ?#?)(\d{1,2})$/
/** Before the title: "[PATCH] v2: Title". */
const leadingVersion = /^v(\d{1,2})\s?:\s/i
/** Behind the subsystem, as on the lists of GCC: "[PATCH] c++, v2: Title". */
const versionInSubsystem = /^([^:]{1,40}), ?v(\d{1,2})(?=: )/
/** What a mail gateway writes before a subject: `**SPAM**`, `{Spam?}`, `[EXT]`, `EXTERNAL:`; stars before a bracket always. */
const gatewayMark =
  /^(?:[*{[(_]{1,10}\s?(?:spam|junk|ext|external|externe|extern|caution|suspected spam|possible spam)(?:[ -](?:e-?mail|mail|sender|message|source|suspected))?\b[^\w[]{1,12}|(?:ext|external|caution|suspected spam|spam)\s?:\s?(?=\[|(?:re|aw|sv|fwd?)\s?:)|\*{2,9}[^*[\]]{1,40}\*{2,9}\s?(?=\[))/i
/**
 * In an answer, a word of no language that we know before a bracket, where a gateway's mark may stand between: "ATB: [PATCH]
 * x". "Ping:" says something of its own.
 */
const unknownReplyWord =
  /^(?!(?:Ping|PING|Question|Reminder|FYI)\b)\p{Lu}\p{L}{0,11}\s?[:：]\s?(?=[[*{(_\p{Lu}])/u

const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim()

interface Marks {
  patch: boolean
  rfc: boolean
  resend: boolean
  pull: boolean
  version: number | null
  dotted: number | null
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
  dotted: null,
  number: null,
  total: null,
}

/**
 * Takes reply words and brackets off the front, whatever their order, and keeps what the brackets hold. Behind a bracket
 * that says patch, number or version a title begins: `[PATCH] fw: x`.
 */
function stripLead(text: string, answers = false): { brackets: string[]; rest: string; reply: boolean } {
  const brackets: string[] = []
  let rest = text
  let reply = false
  let posted = false
  for (let i = 0; i < limits.subjectBracketsMax; i++) {
    const mark = rest.match(gatewayMark)
    const inside = bracket(rest)
    const re = inside || posted ? null : replyWordOf(rest, answers)
    const word = inside ? null : (rest.match(leadWord) ?? (posted ? null : rest.match(bareMark)))
    if (mark && mark[0].length < rest.length) rest = rest.slice(mark[0].length).trimStart()
    else if (re) {
      reply = true
      rest = rest.slice(re.length)
    } else if (inside) {
      brackets.push(inside.text)
      posted ||= isPosted(inside.text)
      rest = rest.slice(inside.end).replace(/^\s{0,3}[:：]?\s{0,3}/, '')
    } else if (word) {
      const words = word[0].replace(/[\s:：]{1,5}$/, '')
      brackets.push(words)
      posted ||= isPosted(words)
      rest = rest.slice(word[0].length)
    } else break
  }
  return { brackets, rest, reply }
}

function replyWordOf(text: string, answers: boolean): string | null {
  const plain = text.match(replyWord)?.[0]
  if (plain) return plain
  const unknown = answers && !leadWord.test(text) && text.match(unknownReplyWord)?.[0]
  if (unknown && text.slice(unknown.length).replace(gatewayMark, '').startsWith('[')) return unknown
  const word = text.match(ambiguousReplyWord)?.[0]
  return word && (answers || text[word.length] === '[') ? word : null
}

/** Of one bracket, which many subjects share: "LTP", "PATCH v2 1/3". */
const isPosted = memoText((bracket: string): boolean => {
  const { patch, version, number } = wordsOf(bracket).reduce(readWord, { ...noMarks, tags: [] })
  return patch || version !== null || number !== null
}, 1_000)

/** Of "add the API v2": 2. */
function endingOf(title: string): number | null {
  const version = Number(title.match(/\S\sv(\d{1,2})$/i)?.[1] ?? 0)
  return version > 1 ? version : null
}

function takeTitleVersion(title: string, patch: boolean): { title: string; version: number | null } {
  const before = patch ? title.match(leadingVersion) : null
  if (before) return { title: title.slice(before[0].length), version: Number(before[1]) }
  const behind = title.match(versionInTitle) ?? (patch ? title.match(bareVersionInTitle) : null)
  if (behind) return { title: squeeze(title.slice(0, behind.index)), version: Number(behind[1]) }
  const within = patch ? title.match(versionInSubsystem) : null
  if (!within) return { title, version: null }
  return { title: `${within[1]}${title.slice(within[0].length)}`, version: Number(within[2]) }
}

/** `[PATCH] (1/3) x`, `[PATCH] 1/3: x`, `[PATCH] x (1/3)`: the count stands outside the bracket that says patch. */
function takeLooseCount(marks: Marks, rest: string): string {
  if (!marks.patch || marks.number !== null) return rest
  const found =
    rest.match(/^\(?(\d{1,4})\s?(?:\/|of)\s?(\d{1,4})(?:\)\s?:?|\s?:)\s/i) ??
    rest.match(/\s[([](\d{1,4})\/(\d{1,4})[)\]]$/)
  if (!found || Number(found[1]) > Number(found[2])) return rest
  takeCount(marks, Number(found[1]), Number(found[2]))
  return squeeze(rest.replace(found[0], ' '))
}

/** "[PATCH] x (resend)" */
function takeResent(marks: Marks, title: string): string {
  const found = marks.patch ? title.match(/\s?[([](?:resend|resent|repost)[)\]]$/i) : null
  if (!found) return title
  marks.resend = true
  return squeeze(title.slice(0, found.index))
}

/** The leading bracket with the brackets inside it: `[PATCH [net] 1/2]`. */
function bracket(text: string): { text: string; end: number } | null {
  const close = wideBrackets.get(text[0] ?? '')
  const end = close === undefined ? -1 : text.indexOf(close)
  if (end > 0) return { text: text.slice(1, end), end: end + 1 }
  if (text[0] !== '[') return null
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++
    if (text[i] === ']' && --depth === 0) return { text: text.slice(1, i), end: i + 1 }
  }
  return null
}

/** As keyboards in China, Japan and Korea write them. */
const wideBrackets = new Map([
  ['【', '】'],
  ['［', '］'],
  ['〔', '〕'],
])

function readWord(marks: Marks, word: string): Marks {
  const glued = word.match(/^(patch|(?:patch[-_])?v\d{1,3}|rfc)[-_/]?(\d{1,4}(?:\.\d)?\/\d{1,4})$/i)
  if (glued) return [glued[1] ?? '', glued[2] ?? ''].reduce(readWord, marks)
  const version =
    word.match(/^(?:(?:patch|rfc|resend)[-_]?)?v[.-]?(\d{1,3})[a-z]?$/i) ?? word.match(/^rfc[-_]?(\d{1,2})$/i)
  const dotted = word.match(/^v(\d{1,3})\.\d{1,2}$/i)
  // `1/3v2`, `1/v2-3`
  const count = word.match(/^[#(]?(\d{1,4}(?:\.\d)?)\/(?:v\d{1,3}[-_])?(\d{1,4})\)?(?:v(\d{1,3}))?$/i)
  if (/^(?:patch|path|ptach|pacth|patches)(?:$|[-_]?v\d|es$)/i.test(word)) marks.patch = true
  if (/^rfc/i.test(word)) marks.rfc = true
  if (/^(?:resend|resent|repost|resubmit)/i.test(word) || sentAgain.test(word)) marks.resend = true
  if (/^(?:pull|pullreq|pull-request)$/i.test(word)) marks.pull = true
  if (version) marks.version ??= Number(version[1])
  else if (count) {
    takeCount(marks, Number(count[1]), Number(count[2]))
    if (count[3]) marks.version ??= Number(count[3])
  } else if (dotted) {
    marks.dotted ??= Number(dotted[1])
    marks.tags.push(word)
  } else if (
    !sentAgain.test(word) &&
    !/^(?:patch|path|ptach|pacth|patches|rfc|resend|resent|repost|pull|git|request)$/i.test(word)
  )
    marks.tags.push(word)
  return marks
}

/** As much as RESEND: the same change on a newer base. */
const sentAgain = /^(?:re-?based?|updated?|re-?spin|re-?spun|refresh(?:ed)?)$/i

function takeCount(marks: Marks, number: number, total: number): void {
  if (marks.total !== null) return
  marks.number = number
  marks.total = total
}
