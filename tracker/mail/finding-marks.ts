// The marks on a line of a review that a program wrote: how bad (`[High]`, `nit:`, "(severity: low)"), whether the patch
// brought it ("pre-existing"), and where it is (`lid.c:42`, "lid.c, line 42"). What is left is the text.
import { type SeverityWord, severityOf } from './severity.ts'

export type Origin = 'new' | 'pre-existing'

export interface Place {
  readonly file: string
  readonly line: number | null
}

interface Marks {
  severity: SeverityWord | null
  origin: Origin | null
  place: Place | null
  /** The severity is in brackets, or named as one: it can mean nothing else. */
  plain: boolean
}

export interface Marked extends Marks {
  readonly text: string
}

/** The marks at both ends of a line, and what stands between them. */
export function marked(line: string): Marked {
  const marks: Marks = { severity: null, origin: null, place: null, plain: false }
  let text = undecorated(line)
  for (let round = 0; round < marksMax; round++) {
    const rest = afterMark(text, marks)
    if (rest === null) break
    text = undecorated(rest)
  }
  text = beforeMark(text, marks)
  return { ...marks, place: marks.place ?? placeIn(text), origin: marks.origin ?? originInProse(text), text }
}

const marksMax = 6

const undecorated = (text: string) => text.replace(/^(?:[\s*_`~]|(?:\p{Extended_Pictographic}|\uFE0F))+/u, '')

/** What follows a mark; null where no mark leads. */
function afterMark(text: string, marks: Marks): string | null {
  const [whole, inside] =
    text.match(/^[[(<{]([^\][(){}<>]{1,80})[\])>}][*_`~]{0,3}\s{0,3}[:–—-]?(?=\s|$|[[(*_`])/) ?? []
  if (whole !== undefined) return takeWords(inside ?? '', marks, true) ? text.slice(whole.length) : null
  return afterWord(text, marks) ?? afterPlace(text, marks)
}

/** `High:`, `severity: high -`, `**Minor** (pre-existing):`, `HIGH   lid.c`. */
function afterWord(text: string, marks: Marks): string | null {
  const [whole, named, words] =
    text.match(
      /^(severity\s{0,2}[:=]?\s{0,2})?([A-Za-z][\w-]{1,15}(?:[ /,-]{1,2}[A-Za-z][\w-]{1,15}){0,2})[*_`~]{0,3}(?:\s{0,2}\([^()]{1,30}\))?[*_`~]{0,3}\s{0,2}(?:[:–—|]|-\s|\s{2}|\t)/i,
    ) ?? []
  if (whole === undefined || words === undefined) return null
  const inside = whole.match(/\(([^()]{1,30})\)/)?.[1] ?? ''
  return takeWords(`${words} ${inside}`, marks, named !== undefined) ? text.slice(whole.length) : null
}

/** `lid.c:42:`, `lid.c:42:7`, `lid.c`. */
function afterPlace(text: string, marks: Marks): string | null {
  if (marks.place) return null
  const [word = ''] = text.match(/^[^\s[(]{1,220}/) ?? []
  const place = placeOf(word) ?? (/[:*`]$/.test(word) ? fileOf(word) : null)
  if (!place) return null
  marks.place = place
  return text.slice(word.length).replace(/^[\s:–—-]{1,4}/, '')
}

/** "(high)", "[severity: low, new]" at the end. */
function beforeMark(text: string, marks: Marks): string {
  const [whole, inside] = text.slice(-90).match(/\s?[[(]([^\][()]{1,80})[\])][*_`~]{0,3}\.?$/) ?? []
  if (whole === undefined || !takeWords(inside ?? '', marks, true)) return text
  return beforeMark(text.slice(0, text.length - whole.length), marks)
}

/** Takes the words of a mark when all of them are such words; a second severity is none. */
function takeWords(inside: string, marks: Marks, plain: boolean): boolean {
  const found: Marks = { severity: null, origin: null, place: null, plain }
  const whole = placeIn(inside)
  const words = inside
    .split(/[\s,;/|:=·]+|\s-\s|(?<=[a-z])-(?=(?:severity|priority|risk)\b)/i)
    .filter(Boolean)
  if (whole && words.length <= 4) found.place = whole
  else {
    const rest = words.filter(word => {
      found.severity ??= severityOf(word)
      return severityOf(word) === null && !filler.test(word)
    })
    found.origin = rest.length > 0 ? originOf(rest.join(' ')) : null
    if ((!found.severity && !found.origin) || rest.length > 5 || (rest.length > 0 && !found.origin))
      return false
    if (found.severity && marks.severity) return false
  }
  marks.severity ??= found.severity
  marks.plain ||= plain && found.severity !== null
  marks.origin ??= found.origin
  marks.place ??= found.place
  return true
}

const filler =
  /^(?:severity|priority|level|impact|risk|issues?|findings?|remarks?|bugs?|problems?|concerns?|defects?|the|an?|is|introduced|p\d)$/i

/** Whether the patch brought it, in the words of a mark or a heading. */
export function originOf(words: string): Origin | null {
  if (older.test(words)) return 'pre-existing'
  return /\bnew(?:ly)?\b|\bintroduced\b|\bregressions?\b|\b(?:added|caused|from|by|in) this (?:patch|series|change|commit)\b/i.test(
    words,
  )
    ? 'new'
    : null
}
const older =
  /\bpre-?exist|\balready (?:there|present|in|before)\b|\bexist(?:ed|ing|s already)\b|\b(?:there|present|tree|code) before\b|\bbefore (?:this|the) (?:patch|series|change)\b|\bnot (?:introduced|caused|added|new|from|by)\b|\bold(?:er)?\b|\blegacy\b/i

/** In prose many things are new; only plain words tell. */
function originInProse(text: string): Origin | null {
  if (
    /\bpre-?existing\b|\bnot (?:introduced|caused|added) by (?:this|the) (?:patch|series|change|commit)\b|\b(?:was|were) (?:already )?there before\b/i.test(
      text,
    )
  )
    return 'pre-existing'
  return /\b(?:introduced|caused|added) by (?:this|the) (?:patch|series|change|commit)\b|\bnew (?:in|with) this (?:patch|series|change|commit)\b/i.test(
    text,
  )
    ? 'new'
    : null
}

/** The first place that a text names with its line. */
export function placeIn(text: string): Place | null {
  const words = text.slice(0, placeCharactersMax).split(/[\s"'`()[\]<>,;*]+/)
  for (const [at, word] of words.entries()) {
    const found = placeOf(word)
    if (found) return found
    const file = fileOf(word)
    const [line, number] = words
      .slice(at + 1, at + 4)
      .filter(next => !/^(?:at|in|on|near|around)$/i.test(next))
    if (file && /^lines?:?$/i.test(line ?? '') && /^\d{1,7}/.test(number ?? ''))
      return { ...file, line: Number.parseInt(number ?? '', 10) }
  }
  return null
}

const placeCharactersMax = 400

function placeOf(word: string): Place | null {
  const [, path = '', line = ''] =
    word.match(/^`?([\w.+@/-]{1,200})(?::|#L)(\d{1,7})(?:[:–-]L?\d{1,7}){0,2}[:.,`*]{0,3}$/) ?? []
  return looksLikeFile(path) ? { file: path, line: Number(line) } : null
}

/** A file without a line. */
export function fileOf(word: string): Place | null {
  const [, path = ''] = word.match(/^`?([\w.+@/-]{1,200}?)[:.,`*]{0,3}$/) ?? []
  return looksLikeFile(path) ? { file: path, line: null } : null
}

/** With an ending, or of a name that has none as a rule. */
const looksLikeFile = (path: string) =>
  /(?:^|\/)(?:[\w+@-][\w.+@-]{0,99}\.[A-Za-z][\w+]{0,7}|Makefile|Kconfig|Kbuild|Dockerfile|README)$/.test(
    path,
  ) && !/^(?:www\.|\/\/)|^e\.g$|^i\.e$/i.test(path)
