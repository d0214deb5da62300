// The canonical lines: `Patch-Status: 2/5 accepted -- applied to main`. A name, perhaps what it is narrowed to, a value,
// perhaps a reason. A value that can only be prose ("Type: application/pdf", "CI: green again") makes no tag.
import { messageId } from '../../../base/ids.ts'
import { type TagName, tagNames } from '../../../base/state-words.ts'
import type { TagFact, TagLine } from '../facts.ts'
import { findingLine } from './finding.ts'
import { valueMiss } from './misses.ts'
import { type OwnLine, oneLine, type Reading, wrappedBelow } from './reading.ts'
import { valuesOf } from './value.ts'

const byName = new Map<string, TagName>(tagNames.map(name => [name.toLowerCase(), name]))
const shape = /^([A-Za-z][A-Za-z-]{1,20}):(?:[ \t]{1,20}(\S.{0,1000}))?$/

export function tagOnLine(lines: readonly OwnLine[], index: number): Reading | null {
  const line = lines[index]?.line.trimEnd() ?? ''
  const match = (findingLine(line) ?? line).slice(0, 1100).match(shape)
  const tag = byName.get((match?.[1] ?? '').toLowerCase())
  if (!match || !tag) return null
  const below = tag === 'Title' ? wrappedBelow(lines, index) : null
  const text = below === null ? (match[2] ?? '') : `${match[2] ?? ''} ${below}`
  const reading = readTag(tag, text, line)
  return reading && { ...reading, lines: below === null ? 1 : 2 }
}

/** What the value of a canonical tag says; null when the line is no tag, though it has the name of one. */
export function readTag(tag: TagName, text: string, line: string): Omit<Reading, 'lines'> | null {
  const { narrowed, rest } = narrowing(tag, text.trim())
  if (rest === '') return null
  const [value = '', ...reason] = tag === 'Title' ? [rest] : rest.split(/\s--\s/)
  const where = { ...narrowed, line: oneLine(line) }
  const values = valuesOf(tag, oneLine(value))
  const why = reason.length > 0 ? { reason: oneLine(reason.join(' -- ')) } : {}
  if (values) return { tags: values.map((one): TagFact => ({ ...one, ...why, ...where })) }
  const miss = valueMiss(tag, oneLine(value), where.line)
  // The history shows a state that nobody knows; any other line with a strange value was hardly meant as a tag.
  const name = tag === 'Patch-Status' || tag === 'Bug-Status' ? tag : null
  if (!miss && !name) return null
  const unclear: TagFact[] = name ? [{ tag: 'Unclear', name, written: oneLine(value), ...why, ...where }] : []
  return { tags: unclear, misses: [miss ?? { line: where.line, nearest: null }] }
}

type Narrowed = Pick<TagLine, 'number' | 'bug' | 'on'>

const numbered: readonly TagName[] = ['Patch-Status', 'Delegate', 'CI', 'Archived']
/** Their value is a reference itself. */
const referring: readonly TagName[] = ['Closes', 'Undo', 'Link-Revision', 'Unlink-Revision']

/** `2/5`, `#12` or `<id>` before the value. */
function narrowing(tag: TagName, text: string): { narrowed: Narrowed; rest: string } {
  const match = text.match(/^(?:(\d{1,4})\/\d{1,4}|#(\d{1,9})|<([^<>\s]{3,500})>)[ \t]{1,5}(?=\S)/)
  if (
    !match ||
    referring.includes(tag) ||
    (match[2] && tag === 'Finding') ||
    (match[1] && !numbered.includes(tag))
  )
    return { narrowed: {}, rest: text }
  const rest = text.slice(match[0].length)
  if (match[1]) return { narrowed: { number: Number(match[1]) }, rest }
  return { narrowed: match[2] ? { bug: Number(match[2]) } : { on: messageId(match[3] ?? '') }, rest }
}
