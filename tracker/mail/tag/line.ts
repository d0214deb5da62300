// The canonical lines: `Patch-Status: 2/5 accepted -- applied to main`. A name, perhaps what it is narrowed to, a value,
// perhaps a reason. A value that can only be prose ("Type: application/pdf", "CI: green again") makes no tag.
import { messageId } from '../../../base/ids.ts'
import { unreachable } from '../../../base/unreachable.ts'
import { parseAddresses } from '../../decode/addresses.ts'
import {
  type Person,
  type Reference,
  type TagFact,
  type TagLine,
  type TagName,
  type TagValue,
  tagNames,
} from '../facts.ts'
import { findingLine, findingValue } from './finding.ts'
import { labelsOf } from './labels.ts'
import { valueMiss } from './misses.ts'
import { type OwnLine, oneLine, type Reading, wrappedBelow } from './reading.ts'
import { refOf } from './ref.ts'
import { bugValue, patchValue } from './state-words.ts'

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

const numbered: readonly TagName[] = ['Patch-Status', 'Delegate', 'CI']
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

type Value = TagValue & Pick<TagLine, 'reason'>

function valuesOf(tag: TagName, text: string): Value[] | null {
  switch (tag) {
    case 'Patch-Status':
      return one(patchValue(text))
    case 'Bug-Status':
      return one(bugValue(text))
    case 'Type': {
      const type = types.find(word => word === text.toLowerCase())
      return one(type && { tag, type })
    }
    case 'Delegate': {
      const to = delegateOf(text)
      return to === undefined ? null : [{ tag, to }]
    }
    case 'Severity': {
      const severity = text.match(/^[\p{L}\d][\p{L}\d_-]{0,39}$/u)?.[0]?.toLowerCase()
      return one(severity && { tag, severity })
    }
    case 'Labels':
      return one(labelsShape.test(text) ? labelsOf(text.split(/[ ,]+/)) : null)
    case 'Title':
      return [{ tag, title: text }]
    case 'Target':
      return machine.test(text) ? null : [{ tag, target: text === 'none' ? null : text }]
    case 'Closes':
    case 'Blocks':
      return refsOf(text)?.map(ref => ({ tag, ref })) ?? null
    case 'CI':
      return one(jobOf(text))
    case 'Finding':
      return findingValue(text)
    case 'Undo':
    case 'Link-Revision':
    case 'Unlink-Revision': {
      const ref = refOf(text)
      return ref && 'mail' in ref ? [{ tag, mail: ref.mail }] : null
    }
    default:
      return unreachable(tag)
  }
}

const one = (value: Value | '' | null | undefined): Value[] | null => (value ? [value] : null)

const types = ['bug', 'task', 'idea', 'discussion', 'spam'] as const

const labelsShape = /^(?:[+-]?[\p{L}\d][\p{L}\d_.:/-]{0,60}(?:[ ,]{1,3}|$)){1,30}$/u

/** `gcc -v` prints "Target: x86_64-linux-gnu" at the start of a line. */
const machine =
  /^(?:x86_64|i[3-6]86|aarch64|arm|loongarch|m68k|mips|powerpc|ppc|riscv|s390|sparc|hppa)\w{0,12}(?:-[\w.]{1,30}){1,4}$/

/** `me`, `none`, or one address, which may come with its name; undefined for anything else. */
function delegateOf(text: string): Person | 'me' | null | undefined {
  const word = text.toLowerCase()
  if (word === 'me') return word
  if (word === 'none') return null
  const people = /<[^<>\s]{1,200}>$/.test(text) ? parseAddresses(text) : [{ address: word }]
  const address = people.length === 1 ? people[0]?.address : undefined
  return address && /^[^\s@<>,"]{1,64}@[^\s@<>,"]{1,255}$/.test(address) ? { name: '', address } : undefined
}

/** Every word must be a reference, else the line is prose. */
function refsOf(text: string): Reference[] | null {
  const words = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .slice(0, 10)
  const refs = words.flatMap(word => refOf(word) ?? [])
  return refs.length > 0 && refs.length === words.length ? refs : null
}

/** `test`, `test DIGEST`, `retest`, `retest build, unit`, `cancel`. */
function jobOf(text: string): TagValue | null {
  const [match, verb = '', rest = ''] = text.match(/^(test|retest|cancel)\b[ ]?(.*)$/i) ?? []
  const job = jobs.find(word => word === verb.toLowerCase())
  if (match === undefined || !job) return null
  if (rest === '') return { tag: 'CI', job }
  if (job === 'test' && /^[0-9a-f]{7,64}$/i.test(rest)) return { tag: 'CI', job, digest: rest }
  if (job === 'retest' && /^[\w./:-]{1,60}(?:, ?[\w./:-]{1,60}){0,19}$/.test(rest))
    return { tag: 'CI', job, checks: rest.split(/, ?/) }
  return null
}

const jobs = ['test', 'retest', 'cancel'] as const
