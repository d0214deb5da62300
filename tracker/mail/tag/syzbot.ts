// `#syz fix: title` and its kin, the language of syzbot (google/syzkaller docs/syzbot.md, pkg/email/parser.go). In a
// thread of syzbot's own it is syzbot's business. The robot takes any of TAB..":" behind `#syz`; people use `:` and `-`.
import type { BugStatus } from '../../../base/state-words.ts'
import type { TagValue } from '../facts.ts'
import { labelsOf } from './labels.ts'
import { verbMiss } from './misses.ts'
import {
  lineBelow,
  type OwnLine,
  oneLine,
  otherWords,
  type Reading,
  recordedTag,
  wrappedBelow,
} from './reading.ts'

export function syzLine(lines: readonly OwnLine[], index: number, isRobots: () => boolean): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const match = line.slice(0, 1000).match(/^#syz[ \t:-]{1,4}([a-z]{2,20})\b:?[ \t]*(.*)$/i)
  if (!match) return null
  const verb = (match[1] ?? '').toLowerCase()
  const { value, lines: taken } = valueFrom(lines, index, verb, match[2] ?? '')
  if (isRobots()) return { tags: [recordedTag(`#syz ${verb}`, value, line, 'syzbot')], lines: taken }
  const tag = syzVerbs.get(verb)
  if (!tag) {
    const miss = verbMiss('#syz ', verb, [...syzVerbs.keys()], line)
    return { tags: [], ...(miss ? { misses: [miss] } : {}), lines: 1 }
  }
  const meant = tag(value)
  const alias = `#syz ${verb}`
  const fact = meant ? { ...meant, ...otherWords(alias, line) } : recordedTag(alias, value, line)
  return { tags: [fact], lines: taken }
}

type Meaning = TagValue | null

const status = (status: BugStatus): Meaning => ({ tag: 'Bug-Status', status })
const fixed = (title: string): Meaning =>
  title === '' ? null : { tag: 'Bug-Status', status: 'fixed', rest: `in "${title}"` }
const duplicate = (title: string): Meaning =>
  title === '' ? null : { tag: 'Bug-Status', status: 'duplicate', rest: `"${title}"` }
const nothing = () => null

/** What a verb means here; null is "recorded, no effect". */
export const syzVerbs: ReadonlyMap<string, (value: string) => Meaning> = new Map([
  ['fix', fixed],
  ['fixed', fixed],
  ['unfix', () => status('reopened')],
  ['dup', duplicate],
  ['dupe', duplicate],
  ['duplicate', duplicate],
  ['undup', () => status('reopened')],
  ['invalid', () => status('invalid')],
  ['set', value => labels(value, '+')],
  ['unset', value => labels(value, '-')],
  ['test', nothing],
  ['upstream', nothing],
  ['uncc', nothing],
  ['regenerate', nothing],
  ['reject', nothing],
  ['unreject', nothing],
])

/** `set subsystems: netfilter, net` are the labels netfilter and net; `set no-reminders` is one label. */
function labels(value: string, sign: '+' | '-'): Meaning {
  const words = value
    .replace(/^[\w-]{1,40}:/, '')
    .split(/[\s,]+/)
    .filter(word => /^[\w.-]{1,40}$/.test(word))
  return labelsOf(words.map(word => sign + word))
}

const wantsTitle: readonly string[] = ['fix', 'fixed', 'dup', 'dupe', 'duplicate', 'set', 'unset']

/** The rest of the line; when it is empty the first line below that is not. A long title may be wrapped. */
function valueFrom(lines: readonly OwnLine[], index: number, verb: string, rest: string) {
  if (verb === 'test') {
    const below = rest === '' ? lineBelow(lines, index) : null
    const tree = below !== null && /^\S{1,300}:\/\/\S/.test(below.slice(0, 400)) ? below : null
    return { value: oneLine(tree ?? rest), lines: tree === null ? 1 : 2 }
  }
  if (!wantsTitle.includes(verb)) return { value: oneLine(rest), lines: 1 }
  if (rest.trim() !== '') {
    const below = wrappedBelow(lines, index)
    return { value: oneLine(below === null ? rest : `${rest} ${below}`), lines: below === null ? 1 : 2 }
  }
  const next = lines.findIndex(({ line }, at) => at > index && line.trim() !== '')
  return next < 0
    ? { value: '', lines: 1 }
    : { value: oneLine(lines[next]?.line ?? ''), lines: next - index + 1 }
}
