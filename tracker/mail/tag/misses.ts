// Lines that were nearly a tag: `Patch-Stauts: accepted`, `Patch-Status: aplied`. Whoever wrote one is told the right
// form, so a line counts only when hardly anything else can have been meant: an answer to plain prose would be rude.
import { nearest } from '../../../base/nearest.ts'
import type { TagName } from '../../../base/state-words.ts'
import type { MissFact } from '../facts.ts'
import { skeleton } from './look-alike.ts'
import { bugWords, patchValue, patchWords } from './state-words.ts'

/** A canonical tag whose value is not understood, with the nearest line that would be; null when nothing is near. */
export function valueMiss(tag: TagName, value: string, line: string): MissFact | null {
  const words = vocabulary.get(tag)
  const first = skeleton(value).split(/\s+/)[0] ?? ''
  const word = words && nearWord(first, [...words.keys()])
  if (!words || !word) return null
  const narrowed = line.match(/:\s*((?:\d{1,4}\/\d{1,4}|#\d{1,9}|<[^<>\s]{3,500}>)\s)?/)?.[1] ?? ''
  return { line, nearest: `${tag}: ${narrowed}${words.get(word)}` }
}

const itself = (...words: string[]) => new Map(words.map(word => [word, word]))

const vocabulary = new Map<TagName, ReadonlyMap<string, string>>([
  ['Patch-Status', patchWords],
  ['Bug-Status', bugWords],
  ['Type', itself('task', 'idea', 'discussion', 'spam')],
  ['CI', itself('test', 'retest', 'cancel')],
  ['Finding', itself('dismissed')],
])

/** A line whose name is nearly that of a tag and whose value is one of that tag's. */
export function nameMiss(line: string): MissFact | null {
  const colon = line.indexOf(':')
  if (colon < 5 || colon > 20) return null
  const match = line.slice(0, 200).match(/^([A-Za-z][A-Za-z _-]{4,16}?)[ \t]{0,2}:[ \t]{0,20}(\S.{0,150})$/)
  if (!match) return null
  const name = (match[1] ?? '').toLowerCase().replace(/[ _]/g, '-')
  const candidate = nearest(name, candidates, name.length > 8 ? 2 : 1)
  const right = candidate === null ? null : rightLine(candidate, (match[2] ?? '').trim())
  return right === null || right.toLowerCase() === line.trim().toLowerCase() ? null : { line, nearest: right }
}

/** Names long and odd enough that no other word of a mail is near them. */
const candidates = ['Patch-Status', 'Bug-Status', 'pw-bot']

function rightLine(name: string, value: string): string | null {
  const tag = name === 'Bug-Status' ? name : 'Patch-Status'
  const [, narrowed = '', rest = ''] = value.match(/^(\d{1,4}\/\d{1,4}\s|#\d{1,9}\s)?(.*)$/) ?? []
  const known = tag === 'Patch-Status' ? patchValue(rest.split(/\s--\s/)[0] ?? '')?.state : undefined
  const words: ReadonlyMap<string, string> = tag === 'Patch-Status' ? patchWords : bugWords
  const first = rest.split(/\s/)[0]?.toLowerCase() ?? ''
  const word = known ?? words.get(nearWord(first, [...words.keys()]) ?? '')
  return word ? `${tag}: ${narrowed}${word}` : null
}

/** Short words must be right but for one letter, and the shortest altogether: "bus" is no "bug". */
function nearWord(word: string, words: readonly string[]): string | null {
  const lower = word.toLowerCase().replace(/[.,;!?]$/, '')
  if (words.includes(lower)) return lower
  if (lower.length < 4) return null
  return nearest(
    lower,
    words.filter(one => one.length >= 4),
    lower.length > 5 ? 2 : 1,
  )
}

/** The nearest of a robot's verbs, for lines in its own language. */
export function verbMiss(
  prefix: string,
  verb: string,
  verbs: readonly string[],
  line: string,
): MissFact | null {
  const near = nearWord(verb, verbs)
  return near && near !== verb.toLowerCase() ? { line, nearest: `${prefix}${near}` } : null
}
