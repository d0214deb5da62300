// The value of a canonical line, read from its words and written in them again: for people, in a history or an answer.
import type { TagName } from '../../../base/state-words.ts'
import { unreachable } from '../../../base/unreachable.ts'
import { parseAddresses } from '../../decode/addresses.ts'
import type { Person, Reference, TagLine, TagValue } from '../facts.ts'
import { findingValue } from './finding.ts'
import { labelsOf } from './labels.ts'
import { refOf } from './ref.ts'
import { bugValue, patchValue } from './state-words.ts'

type Value = TagValue & Pick<TagLine, 'reason'>

/** Null for words that the tag can't mean: the line is prose, or a state that nobody knows. */
export function valuesOf(tag: TagName, text: string): Value[] | null {
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
    case 'Archived':
      return /^(?:yes|no)$/i.test(text) ? [{ tag, archived: text.toLowerCase() === 'yes' }] : null
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

/** A tag that means something, or was meant to. */
export type Spoken<T extends TagValue = TagValue> = Exclude<T, { readonly tag: 'Recorded' }>

export const nameOf = (tag: Spoken): TagName => (tag.tag === 'Unclear' ? tag.name : tag.tag)

/** `valuesOf` reads it back. */
export function valueText(tag: TagValue): string {
  switch (tag.tag) {
    case 'Patch-Status':
      return tag.state
    case 'Bug-Status':
      return [tag.status, ...(tag.of ? [refText(tag.of)] : []), ...(tag.rest ? [tag.rest] : [])].join(' ')
    case 'Type':
      return tag.type
    case 'Delegate':
      return tag.to === null ? 'none' : tag.to === 'me' ? 'me' : tag.to.address
    case 'Severity':
      return tag.severity
    case 'Labels':
      return [...tag.add.map(word => `+${word}`), ...tag.remove.map(word => `-${word}`)].join(' ')
    case 'Title':
      return tag.title
    case 'Target':
      return tag.target ?? 'none'
    case 'Closes':
    case 'Blocks':
      return refText(tag.ref)
    case 'CI':
      return [tag.job, tag.digest ?? tag.checks?.join(', ') ?? ''].join(' ').trim()
    case 'Finding':
      return `${tag.finding === undefined ? '' : `${tag.finding} `}dismissed`
    case 'Archived':
      return tag.archived ? 'yes' : 'no'
    case 'Undo':
    case 'Link-Revision':
    case 'Unlink-Revision':
      return tag.mail
    case 'Unclear':
    case 'Recorded':
      return tag.written
    default:
      return unreachable(tag)
  }
}

export const refText = (ref: Reference): string =>
  'mail' in ref ? ref.mail : 'bug' in ref ? `#${ref.bug}` : ref.url

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
