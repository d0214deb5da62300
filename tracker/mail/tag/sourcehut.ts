// SourceHut's ways: `!resolve fixed` in a comment of todo.sr.ht, and the header `X-Sourcehut-Patchset-Update` that
// lists.sr.ht reads on any mail of a thread.
import type { BugStatus } from '../../../base/state-words.ts'
import type { TagFact, TagValue } from '../facts.ts'
import { labelsOf } from './labels.ts'
import { type OwnLine, oneLine, otherWords, type Reading, recordedTag } from './reading.ts'
import { patchValue } from './state-words.ts'

export function sourcehutLine(lines: readonly OwnLine[], index: number): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const match = line.slice(0, 300).match(/^!(resolved?|reopen|label|unlabel|assign)(?:[ \t]{1,5}(\S.*))?$/i)
  if (!match) return null
  const verb = (match[1] ?? '').toLowerCase()
  const value = match[2] ?? ''
  const right = { line: oneLine(line), nearest: '!resolve fixed' }
  if (/^resolve/.test(verb) && !resolutions.has(spelled(value)))
    return { tags: [], misses: [right], lines: 1 }
  const meant = meaning(verb, value)
  const alias = `!${verb}`
  return {
    tags: [meant ? { ...meant, ...otherWords(alias, line) } : recordedTag(alias, value, line)],
    lines: 1,
  }
}

function meaning(verb: string, value: string): TagValue | null {
  if (verb === 'reopen') return { tag: 'Bug-Status', status: 'reopened' }
  const resolution = /^resolve/.test(verb) ? resolutions.get(spelled(value)) : undefined
  if (resolution) return { tag: 'Bug-Status', status: resolution }
  const words = value.split(/\s+/).filter(word => /^[\w.:/-]{1,40}$/.test(word))
  if (!verb.endsWith('label')) return null
  const sign = verb === 'label' ? '+' : '-'
  return labelsOf(words.map(word => sign + word))
}

const spelled = (word: string) => word.trim().toLowerCase().replaceAll('-', '_')

/** "closed" says that it is done and not how, as debbugs' `close` does. */
export const resolutions: ReadonlyMap<string, BugStatus> = new Map<string, BugStatus>([
  ['fixed', 'fixed'],
  ['implemented', 'fixed'],
  ['closed', 'fixed'],
  ['wont_fix', 'wontfix'],
  ['by_design', 'invalid'],
  ['invalid', 'invalid'],
  ['not_our_bug', 'invalid'],
  ['duplicate', 'duplicate'],
])

export function sourcehutHeader(value: string): TagFact | null {
  const state = patchValue(value)
  if (!state) return null
  const name = 'X-Sourcehut-Patchset-Update'
  return { tag: 'Patch-Status', state: state.state, whole: true, ...otherWords(name, `${name}: ${value}`) }
}
