// `bug: fixed in 1.4` and `patch: accepted`: short ways to write what the canonical lines say. "bug:" and "patch:" begin
// plain sentences, too, so only a line that can mean nothing else is taken.
import type { TagName } from '../../../base/state-words.ts'
import type { TagFact } from '../facts.ts'
import { readTag } from './line.ts'
import { type OwnLine, otherWords, type Reading, recordedTag } from './reading.ts'
import { bugWords, patchWords } from './state-words.ts'

export function verbLine(lines: readonly OwnLine[], index: number): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const match = line.slice(0, 300).match(/^(bug|patch):[ \t]{1,5}(\S.*)$/i)
  if (!match) return null
  const prefix = (match[1] ?? '').toLowerCase()
  const [, target = '', rest = ''] = (match[2] ?? '').match(/^((?:#\d{1,9}|\d{1,4}\/\d{1,4})\s+)?(.*)$/) ?? []
  const meant = prefix === 'bug' ? bugVerb(rest) : patchVerb(rest)
  if (!meant) return null
  const alias = `${prefix}:`
  if (!meant.tag) return { tags: [recordedTag(alias, rest, line)], lines: 1 }
  const reading = readTag(meant.tag, `${target}${meant.value}`, line)
  if (!reading || reading.misses) return null
  return { tags: reading.tags.map((tag): TagFact => ({ ...tag, ...otherWords(alias, line) })), lines: 1 }
}

interface Meaning {
  /** Null: recorded, no effect. */
  readonly tag: TagName | null
  readonly value: string
}

/** Behind the word a reason, a version, a reference or nothing; never a sentence. */
const tail = /^(?:$|-- \S|in \S{1,60}$|#\d{1,9}$|<[^<>\s]{3,300}>$|[0-9a-f]{7,40}$)/

function bugVerb(rest: string): Meaning | null {
  const [, verb = '', value = ''] = rest.match(/^([a-z-]{3,12})(?:\s+(.*))?$/i) ?? []
  const word = verb.toLowerCase()
  if (bugWords.has(word)) return tail.test(value) ? { tag: 'Bug-Status', value: rest } : null
  if (word === 'not') return value === '' ? { tag: 'Type', value: 'discussion' } : null
  if (word === 'severity') return { tag: 'Severity', value }
  if (word === 'tags') return /^[+-]/.test(value) ? { tag: 'Labels', value } : null
  if (word === 'owner') return { tag: 'Delegate', value }
  return recordedVerbs.includes(word) && tail.test(value) ? { tag: null, value } : null
}

export const recordedVerbs: readonly string[] = ['archive', 'found', 'notfound', 'introduced']

function patchVerb(rest: string): Meaning | null {
  const [, verb = '', value = ''] = rest.match(/^([a-z-]{2,20})(?:\s+(.*))?$/i) ?? []
  const word = verb.toLowerCase()
  if (patchWords.has(word)) return tail.test(value) ? { tag: 'Patch-Status', value: rest } : null
  return word === 'delegate' ? { tag: 'Delegate', value } : null
}
