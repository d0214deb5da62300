// What a program that reviews patches lists: remarks, each with how bad it is, whether the patch brought it, and where.
// No two programs write alike, so shape decides: list items with a severity at either end, items below a heading that
// names one, blocks of fields ("Severity: high"), rows of a table, or marks between quoted lines.
import { limits } from '../../base/limits.ts'
import type { FindingFact } from './facts.ts'
import { fileOf, type Marked, marked, type Origin, originOf, type Place, placeIn } from './finding-marks.ts'
import { namesSeverity, type SeverityWord, severityOf } from './severity.ts'
import { isTableRow, type Text } from './text.ts'

/** Empty where no finding can be read. A person's mail may hold such a list, too: whose it is is for the caller to know. */
export function findingsOf(text: Pick<Text, 'lines' | 'kinds'>): FindingFact[] {
  const lines = text.lines.slice(0, limits.findingLinesMax)
  const isRead = (at: number, line: string) => text.kinds[at] === 'own' || isTableRow(line)
  // Most answers name none.
  if (!lines.some((line, at) => isRead(at, line) && mayBegin.test(line) && namesSeverity(line.slice(0, 300))))
    return []
  const list = new Listing(lines)
  for (const [at, line] of lines.entries())
    if (isRead(at, line)) list.take(at, line.slice(0, 1_000))
    else list.gap()
  return list.result()
}

/** A line that names a severity begins with a sign, a number, a place, or a word and its sign. */
const mayBegin =
  /^\s{0,12}(?:[^A-Za-z\s>]|[A-Z][A-Za-z-]{2,14}(?:[\s*_]{0,3}(?:[:–—(\d-]|$)|\s(?:severity|issue|finding|remark|priority))|[A-Z]{3,9}\s|severity\b|\S{1,120}:\d)/

interface Item {
  severity: SeverityWord | null
  /** In brackets, or named as a severity. */
  plain: boolean
  origin: Origin | null
  place: Place | null
  text: string
  readonly at: number
  readonly indent: number
  readonly number: number | null
  /** A mark alone between the lines that it speaks of; the same is mostly listed above. */
  readonly inline: boolean
}

/** What leads a line: a bullet, a number, both, or nothing. */
interface Lead {
  readonly indent: number
  readonly bullet: boolean
  readonly heading: boolean
  readonly number: number | null
  readonly rest: string
}

class Listing {
  readonly #lines: readonly string[]
  readonly #items: Item[] = []
  #section: Pick<Item, 'severity' | 'origin'> = { severity: null, origin: null }
  #current: Item | null = null
  /** The next line may go on with the text of the last. */
  #open = false
  /** The mail speaks as a review does. */
  #reviews = false

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  take(at: number, line: string): void {
    if (/^\s*(?:[-=_*]{2,}\s*)?$/.test(line)) this.#open = false
    else if (!this.#field(at, line) && !this.#row(at, line) && !this.#heading(line) && !this.#item(at, line))
      this.#goOn(line)
  }

  /** Lines of somebody else end what was said before them. */
  gap(): void {
    this.#open = false
    this.#current = null
  }

  result(): FindingFact[] {
    const reviews =
      this.#reviews || this.#items.some(({ severity, plain }) => severity && (plain || !severity.weak))
    const read = this.#items.filter(
      ({ severity, text }) => severity && /\p{L}/u.test(text) && (reviews || !severity.weak),
    )
    const listed = read.filter(({ inline }) => !inline)
    const kept = (listed.length > 0 ? listed : read).slice(0, limits.findingsMax)
    const numbers = new Set(kept.map(({ number }) => number))
    const numbered = numbers.size === kept.length && !numbers.has(null)
    return kept.map((item, index) => this.#fact(item, numbered ? item.number : index + 1))
  }

  #fact({ severity, origin, place, text, inline, at }: Item, number: number | null): FindingFact {
    const file = place ?? (inline ? quotedFile(this.#lines, at) : null)
    return {
      number: number ?? 0,
      severity: severity?.severity ?? 'low',
      word: severity?.word ?? '',
      origin,
      file: file?.file ?? null,
      line: file?.line ?? null,
      text: tidy(text),
    }
  }

  #add(item: Item): true {
    this.#items.push(item)
    this.#current = item
    this.#open = true
    return true
  }

  /** `Severity: High`, "**File:** lid.c:42", several of them in one line. */
  #field(at: number, line: string): boolean {
    const { number, rest } = leadOf(line)
    const fields = fieldsIn(number === null ? line : rest)
    if (fields.length === 0) return false
    if (number !== null) this.#add({ ...this.#blank(at, line), number })
    const severity = fields
      .map(({ name, value }) => (isSeverityName(name) ? severityIn(value) : null))
      .find(Boolean)
    if (severity && (!this.#current || this.#current.severity))
      this.#add({ ...this.#blank(at, line), severity, plain: true })
    const item = this.#current
    if (
      !item ||
      (!severity && fields.some(({ name }) => !isPlaceName(name)) && !item.severity && item.number === null)
    )
      return false
    for (const { name, value } of fields) setField(item, name, value)
    this.#open = false
    return true
  }

  #blank(at: number, line: string): Item {
    const { origin } = this.#section
    const indent = line.search(/\S/)
    return {
      severity: null,
      plain: false,
      origin,
      place: null,
      text: '',
      at,
      indent,
      number: null,
      inline: false,
    }
  }

  /** `| 1 | High | lid.c:42 | the lock leaks |`. */
  #row(at: number, line: string): boolean {
    const cells = line.split('|').map(undressed)
    const filled = cells.filter(cell => cell !== '')
    if (filled.length < 3) return false
    const severity = filled.map(severityIn).find(Boolean)
    if (!severity) return true
    const rest = filled.filter(cell => severityIn(cell) === null)
    const number = rest.find(cell => /^#?\d{1,3}$/.test(cell))?.replace('#', '')
    const place =
      rest.map(cell => (/\s/.test(cell) ? null : (placeIn(cell) ?? fileOf(cell)))).find(Boolean) ?? null
    const origin =
      rest.map(cell => (cell.length < 30 ? originOf(cell) : null)).find(Boolean) ?? this.#section.origin
    const text = rest.toSorted((a, b) => b.length - a.length)[0] ?? ''
    this.#add({
      ...this.#blank(at, line),
      severity,
      plain: true,
      origin,
      place,
      text,
      number: number ? Number(number) : null,
    })
    this.#open = false
    return true
  }

  /** "New issues:", `## Critical (2)`, "Pre-existing, high:"; any other heading ends such a section. */
  #heading(line: string): boolean {
    const { heading, number, rest } = leadOf(line)
    const colon = /:[*_\s]*$/.test(rest)
    if (
      number !== null ||
      (!colon && !heading && !/^\s{0,3}(?:\*\*|__|==|--\s\S)/.test(line)) ||
      rest.length > 80
    )
      return this.#lone(line)
    const words = undressed(undressed(rest).replace(/\(\d{1,3}\)$/, ''))
    const severity = severityIn(words)
    const origin = severity ? originOf(words) : words.length <= 60 ? originOf(words) : null
    if (/\breview|\bfindings?\b/i.test(words)) this.#reviews = true
    if (severity) this.#section = { severity, origin: origin ?? this.#section.origin }
    else if (colon || origin !== null) this.#section = { severity: null, origin }
    else return false
    this.#open = false
    return (severity !== null || origin !== null) && !/^[-*+•]/.test(line.trim())
  }

  /** "High severity" alone in its line. */
  #lone(line: string): boolean {
    if (this.#open || /^[\s]*[[(]/.test(line)) return false
    const severity = severityIn(undressed(line))
    if (!severity) return false
    this.#section = { ...this.#section, severity }
    return true
  }

  #item(at: number, line: string): boolean {
    const lead = leadOf(line)
    const found = marked(lead.rest)
    const leads = lead.bullet || lead.number !== null || lead.heading
    const below = this.#current !== null && lead.indent > this.#current.indent
    if (!isItem(found, leads, lead.rest) && (!leads || below)) return false
    const severity = found.severity ?? (leads ? this.#section.severity : null)
    const inline = !leads && found.plain && found.text === ''
    return this.#add({
      severity,
      plain: found.plain,
      origin: found.origin ?? this.#section.origin,
      place: found.place,
      text: found.text,
      at,
      indent: lead.indent,
      number: lead.number,
      inline,
    })
  }

  #goOn(line: string): void {
    const item = this.#current
    if (/\breview(?:ed|er)?\b|\bfindings?\b|\bremarks?\b|\bstatic[ -]analy|\bAI\b|\bLLM\b/i.test(line))
      this.#reviews = true
    if (item?.severity && item.text === '') this.#open = true
    if (!item || !this.#open || item.text.length > textMax) return
    const more = marked(line)
    item.text = `${item.text} ${line.trim()}`.trim()
    item.place ??= more.place
    item.origin ??= more.origin
  }
}

const textMax = 300

/** Without the signs that dress a line: stars, rules, a colon. */
function undressed(text: string): string {
  let [from, end] = [0, text.length]
  while (from < end && dress.test(text.charAt(from))) from++
  while (end > from && dress.test(text.charAt(end - 1))) end--
  return text.slice(from, end)
}
const dress = /[\s*_`=#:–—-]/

const tidy = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/^[\s:*_–—-]{1,20}|[\s*_]{1,20}$/g, '')
    .slice(0, textMax)

/** A severity that can be meant: with a bullet or number, in brackets, behind a place, or a plain word and its colon. */
const isItem = ({ severity, plain, place }: Marked, leads: boolean, rest: string): boolean =>
  severity !== null && (leads || plain || place !== null || (!severity.weak && leadsWithWord.test(rest)))

const leadsWithWord = /^(?:[*_\s]|(?:\p{Extended_Pictographic}|\uFE0F))*[A-Z]\w+[*_]{0,2}\s{0,2}[:–—-]/u

function leadOf(line: string): Lead {
  const indent = Math.max(0, line.search(/\S/))
  const [head = '', bullet, hashes] =
    line.slice(indent).match(/^(?:([-*+•·‣–—]\s{1,4})|(#{1,6}\s{1,3}))?(?:\*\*|__)?/) ?? []
  const rest = line.slice(indent + head.length)
  const [numbered = '', a, b, c, d] =
    rest.match(
      /^(?:(?:finding|issue|remark|problem|comment|concern|defect|bug|item|point)\s{0,2}#?(\d{1,3})\b|#(\d{1,3})\b|\(?(\d{1,3})[.)]|\[?[A-Z]?(\d{1,3})\][:.]?)(?:\*\*|__)?\s{0,2}[:.)–—-]?(?=\s|$|[*[(])/i,
    ) ?? []
  const number = a ?? b ?? c ?? d
  return {
    indent,
    bullet: bullet !== undefined,
    heading: hashes !== undefined,
    number: number === undefined ? null : Number(number),
    rest: rest.slice(numbered.length).trim(),
  }
}

/** A cell, a field or a heading that is a severity and nothing else. */
function severityIn(words: string): SeverityWord | null {
  const some = words
    .replace(/[\p{Extended_Pictographic}*_`[\]()]|\uFE0F/gu, ' ')
    .split(/[\s,/]+|-(?=severity)/i)
    .filter(
      word =>
        word !== '' &&
        !/^(?:severity|priority|level|impact|risk|issues?|findings?|remarks?|bugs?|problems?|concerns?|defects?|comments?|new|pre-existing|existing|\d{1,3})$/i.test(
          word,
        ),
    )
  return some.length === 1 ? severityOf(some[0] ?? '') : null
}

interface Field {
  readonly name: string
  readonly value: string
}

const fieldNames =
  'severity|priority|level|impact|file|path|location|where|place|lines?|origin|status|scope|introduced|pre-existing|new|description|summary|title|problem|message|text|details?'
const fieldShape = new RegExp(
  `^(?:[-*+•]\\s{1,4})?(?:\\*\\*|__)?(${fieldNames})(?:\\*\\*|__)?\\s{0,3}[:=](?:\\*\\*|__)?\\s{0,9}(\\S.{0,600})$`,
  'i',
)
const fieldBreak = new RegExp(
  `\\s{0,3}[|;,]\\s{1,3}(?=(?:\\*\\*|__)?(?:${fieldNames})(?:\\*\\*|__)?\\s{0,3}[:=])`,
  'i',
)

/** All that a line says as fields; none where a part of it is something else. */
function fieldsIn(line: string): Field[] {
  if (!/[:=]/.test(line)) return []
  const parts = line.trim().split(fieldBreak)
  const fields = parts.flatMap(part => {
    const [, name, value] = part.match(fieldShape) ?? []
    return name && value ? [{ name: name.toLowerCase(), value: undressed(value) }] : []
  })
  return fields.length === parts.length ? fields : []
}

const isSeverityName = (name: string) => /^(?:severity|priority|level|impact)$/.test(name)
const isPlaceName = (name: string) => /^(?:file|path|location|where|place|lines?)$/.test(name)

function setField(item: Item, name: string, value: string): void {
  if (isSeverityName(name)) {
    item.severity ??= severityIn(value.split(/[,(]/)[0] ?? '')
    item.plain = true
    item.origin ??= originOf(value)
  } else if (/^lines?$/.test(name)) {
    if (item.place && /^\d{1,7}/.test(value)) item.place = { ...item.place, line: Number.parseInt(value, 10) }
  } else if (isPlaceName(name))
    item.place = placeIn(value) ?? fileOf(value.split(/\s/)[0] ?? '') ?? item.place
  else if (/^(?:origin|status|scope)$/.test(name)) item.origin = originOf(value) ?? item.origin
  else if (/^(?:introduced|pre-existing|new)$/.test(name)) item.origin = originSaid(name, value)
  else if (item.text === '') item.text = value
}

/** "Introduced: no", "Pre-existing: yes". */
const originSaid = (name: string, value: string): Origin =>
  (name === 'pre-existing') === /^(?:no\b|false\b|not\b)/i.test(value) ? 'new' : 'pre-existing'

/** The file whose diff is quoted last above a line. */
function quotedFile(lines: readonly string[], at: number): Place | null {
  for (let above = at - 1; above >= 0; above--) {
    const file = lines[above]?.slice(0, 400).match(/^[>\s]{1,6}\+\+\+ b\/(\S{1,200})/)?.[1]
    if (file) return { file, line: null }
  }
  return null
}
