// The canonical lines: `Patch-Status: 2/5 accepted -- applied to main`. A name, perhaps what it is narrowed to, a value,
// perhaps a reason. A value that can only be prose ("Type: application/pdf", "CI: green again") makes no tag.
import { messageId } from '../../../base/ids.ts'
import { parseAddresses } from '../../decode/addresses.ts'
import { type TagFact, type TagName, tagNames } from '../facts.ts'
import { valueMiss } from './misses.ts'
import { oneLine, type Reading, type SaidLine, wrappedBelow } from './reading.ts'
import { refOf } from './ref.ts'
import { bugValue, patchValue } from './state-words.ts'

const byName = new Map<string, TagName>(tagNames.map(name => [name.toLowerCase(), name]))
const shape = /^([A-Za-z][A-Za-z-]{1,20}):(?:[ \t]{1,20}(\S.{0,1000}))?$/

export function tagOnLine(lines: readonly SaidLine[], index: number): Reading | null {
  const line = lines[index]?.line.trimEnd() ?? ''
  const match = line.slice(0, 1100).match(shape)
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
  const said = { ...narrowed, line: oneLine(line) }
  const values = valuesOf(tag, oneLine(value))
  const why = reason.length > 0 ? { reason: oneLine(reason.join(' -- ')) } : {}
  if (values) return { tags: values.map(one => ({ tag, ...one, ...why, ...said })) }
  const miss = valueMiss(tag, oneLine(value), said.line)
  // The history shows a state that nobody knows; any other line with a strange value was hardly meant as a tag.
  const shown = tag === 'Patch-Status' || tag === 'Bug-Status'
  if (!miss && !shown) return null
  const unknown: TagFact = { tag, value: oneLine(value), ...why, ...said }
  return { tags: shown ? [unknown] : [], misses: [miss ?? { line: said.line, nearest: null }] }
}

type Narrowed = Pick<TagFact, 'number' | 'bug' | 'on'>

const numbered: readonly TagName[] = ['Patch-Status', 'Delegate', 'CI']
/** Their value is a reference itself. */
const referring: readonly TagName[] = ['Closes', 'Undo']

/** `2/5`, `#12` or `<id>` before the value. */
function narrowing(tag: TagName, text: string): { narrowed: Narrowed; rest: string } {
  const match = text.match(/^(?:(\d{1,4})\/\d{1,4}|#(\d{1,9})|<([^<>\s]{3,500})>)[ \t]{1,5}(?=\S)/)
  if (!match || referring.includes(tag) || (match[1] && !numbered.includes(tag)))
    return { narrowed: {}, rest: text }
  const rest = text.slice(match[0].length)
  if (match[1]) return { narrowed: { number: Number(match[1]) }, rest }
  return { narrowed: match[2] ? { bug: Number(match[2]) } : { on: messageId(match[3] ?? '') }, rest }
}

type Value = Pick<TagFact, 'value' | 'commit' | 'reason'>

const one = (value: string | null | undefined): Value[] | null => (value ? [{ value }] : null)

function valuesOf(tag: TagName, text: string): Value[] | null {
  switch (tag) {
    case 'Patch-Status': {
      const state = patchValue(text)
      return state && [state]
    }
    case 'Bug-Status':
      return one(bugValue(text))
    case 'Type':
      return one(text.toLowerCase().match(/^(?:bug|task|idea|discussion|spam)$/)?.[0])
    case 'Delegate':
      return one(delegateOf(text))
    case 'Severity':
      return one(text.match(/^[\p{L}\d][\p{L}\d_-]{0,39}$/u)?.[0]?.toLowerCase())
    case 'Labels':
      return one(text.match(/^(?:[+-]?[\p{L}\d][\p{L}\d_.:/-]{0,60}(?:[ ,]{1,3}|$)){1,30}$/u)?.[0])
    case 'Title':
      return one(text)
    case 'Target':
      return one(machine.test(text) ? null : text)
    case 'Closes':
    case 'Blocks':
      return refsOf(text)
    case 'CI':
      return one(jobOf(text))
    case 'Undo': {
      const id = refOf(text)
      return one(id && !id.startsWith('#') && !/^https?:/i.test(id) ? id : null)
    }
    default:
      return tag satisfies never
  }
}

/** `gcc -v` prints "Target: x86_64-linux-gnu" at the start of a line. */
const machine =
  /^(?:x86_64|i[3-6]86|aarch64|arm|loongarch|m68k|mips|powerpc|ppc|riscv|s390|sparc|hppa)\w{0,12}(?:-[\w.]{1,30}){1,4}$/

/** `me`, `none`, or one address, which may come with its name. */
function delegateOf(text: string): string | null {
  const word = text.toLowerCase()
  if (word === 'me' || word === 'none') return word
  if (/^[^\s@<>,]{1,100}@[^\s@<>,]{1,100}$/.test(word)) return word
  const people = /<[^<>\s]{1,200}>$/.test(text) ? parseAddresses(text) : []
  return people.length === 1 && people[0]?.address.includes('@') ? people[0].address : null
}

/** Every word must be a reference, else the line is prose. */
function refsOf(text: string): Value[] | null {
  const refs = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .slice(0, 10)
    .map(refOf)
  return refs.length > 0 && !refs.includes(null) ? refs.map(ref => ({ value: ref ?? '' })) : null
}

/** `test`, `test DIGEST`, `retest`, `retest build, unit`, `cancel`. */
function jobOf(text: string): string | null {
  const match = text.match(/^(test|retest|cancel)\b[ ]?(.*)$/i)
  const [, verb = '', rest = ''] = match ?? []
  if (!match) return null
  const fits =
    rest === '' ||
    (/^test$/i.test(verb) && /^[0-9a-f]{7,64}$/i.test(rest)) ||
    (/^retest$/i.test(verb) && /^[\w./:-]{1,60}(?:, ?[\w./:-]{1,60}){0,19}$/.test(rest))
  return fits ? `${verb.toLowerCase()} ${rest.replace(/, ?/g, ', ')}`.trim() : null
}
