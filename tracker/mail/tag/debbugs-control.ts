// The commands of debbugs' control@ (dondelelcaro/debbugs, lib/Debbugs/Control/Service.pm), which also stand behind
// `Control:`. Each names its bug; -1 is the bug that the mail speaks of.
import type { TagName } from '../../../base/state-words.ts'
import type { TagFact } from '../facts.ts'
import { readTag } from './line.ts'
import { recordedTag } from './reading.ts'

/** What a command means; null when the text is none. `own`: the bug that -1 stands for, when the mail is sent to its address. */
export function controlCommand(
  text: string,
  line: string,
  alias: string,
  own: number | null,
): TagFact[] | null {
  const match = text
    .trim()
    .slice(0, 600)
    .match(/^([a-z]{3,14})\s+#?(-?\d{1,9})\b\s*(.*)$/i)
  const verb = (match?.[1] ?? '').toLowerCase()
  const meaning = controlVerbs.get(verb)
  if (!match || !meaning) return null
  const named = `${alias} ${verb}`
  const number = Number(match[2])
  const bug = number > 0 ? number : own
  const meant = meaning(match[3]?.trim() ?? '', bug)
  const tags = meant.flatMap(({ tag, value, of = bug }) => {
    const reading = readTag(tag, value, line)
    if (!reading || reading.misses) return []
    return reading.tags.map(one => ({ ...one, ...(of === null ? {} : { bug: of }), alias: named }))
  })
  return tags.length > 0 ? tags : [recordedTag(named, text, line)]
}

interface Meant {
  readonly tag: TagName
  readonly value: string
  /** The bug it speaks of, when that is not the command's first. */
  readonly of?: number | null
}

type Meaning = (rest: string, bug: number | null) => Meant[]

const nothing: Meaning = () => []
const fixed: Meaning = version => [
  { tag: 'Bug-Status', value: version === '' ? 'fixed' : `fixed in ${version.split(/\s/)[0]}` },
]
const severity: Meaning = word => [{ tag: 'Severity', value: word }]
const tags: Meaning = rest => labelsOf(rest)

/** The first bug stays; the others repeat it. */
const merge: Meaning = (rest, bug) =>
  bug === null ? [] : numbersIn(rest).map(of => ({ tag: 'Bug-Status', value: `duplicate #${bug}`, of }))

/** `block 7 by 8`: 8 blocks 7. */
const block: Meaning = (rest, bug) =>
  bug === null || !/^(?:by|with)\s/i.test(rest)
    ? []
    : numbersIn(rest.replace(/^\w+\s/, '')).map(of => ({ tag: 'Blocks', value: `#${bug}`, of }))

const owner: Meaning = who => [{ tag: 'Delegate', value: who === '!' ? 'me' : who }]

/** An empty answer is "recorded, no effect". */
export const controlVerbs: ReadonlyMap<string, Meaning> = new Map([
  ['close', fixed],
  ['fixed', fixed],
  ['reopen', () => [{ tag: 'Bug-Status', value: 'reopened' }]],
  ['severity', severity],
  ['priority', severity],
  ['tag', tags],
  ['tags', tags],
  ['retitle', title => [{ tag: 'Title', value: title }]],
  ['owner', owner],
  ['noowner', () => [{ tag: 'Delegate', value: 'none' }]],
  ['merge', merge],
  ['forcemerge', merge],
  ['block', block],
  ['unblock', nothing],
  ['unmerge', nothing],
  ['found', nothing],
  ['notfound', nothing],
  ['notfixed', nothing],
  ['reassign', nothing],
  ['affects', nothing],
  ['clone', nothing],
  ['forwarded', nothing],
  ['notforwarded', nothing],
  ['submitter', nothing],
  ['summary', nothing],
  ['outlook', nothing],
  ['archive', nothing],
  ['unarchive', nothing],
  ['usertags', nothing],
] satisfies [string, Meaning][])

function numbersIn(rest: string): number[] {
  const words = rest
    .split(/[\s,]+/)
    .filter(Boolean)
    .slice(0, 10)
  return words.every(word => /^#?\d{1,9}$/.test(word)) ? words.map(word => Number(word.replace('#', ''))) : []
}

/** `+ patch - moreinfo`: a sign holds for the words behind it, and + is the first. `=` has no counterpart here. */
function labelsOf(rest: string): Meant[] {
  if (rest.includes('=')) return []
  let sign = '+'
  const words = rest
    .replace(/([+-])\s*/g, ' $1 ')
    .split(/[\s,]+/)
    .filter(Boolean)
  const labels = words.flatMap(word => {
    if (word !== '+' && word !== '-') return [`${sign}${word}`]
    sign = word
    return []
  })
  return labels.length > 0 ? [{ tag: 'Labels', value: labels.join(' ') }] : []
}

/** A stop word of control@: signatures follow. */
export const stopsControl = (line: string): boolean =>
  /^(?:quit|stop|--|thanks?|thank\s?you|kthxbye)\b[.!]?|^--/i.test(line.trim())
