// The words for the states of patches and bugs: ours, and those of patchwork, pw-bot, lists.sr.ht and debbugs that
// people have in their fingers. What stands behind a state is read here, too.
import { type BugStatus, bugStatuses, type PatchState, patchStates } from '../../../base/state-words.ts'
import type { TagLine, TagValue } from '../facts.ts'
import { refOf } from './ref.ts'

const itself = <T extends string>(words: readonly T[]) => words.map(word => [word, word] as const)

export const patchWords: ReadonlyMap<string, PatchState> = new Map<string, PatchState>([
  ...itself(patchStates),
  ['accept', 'accepted'],
  ['applied', 'accepted'],
  ['approved', 'accepted'],
  ['au', 'awaiting-upstream'],
  ['cr', 'changes-requested'],
  ['needs-revision', 'changes-requested'],
  ['defer', 'deferred'],
  ['nac', 'needs-ack'],
  ['need-ack', 'needs-ack'],
  ['nap', 'not-applicable'],
  ['proposed', 'new'],
  ['reject', 'rejected'],
  ['ur', 'under-review'],
  ['withdraw', 'withdrawn'],
])

export const bugWords: ReadonlyMap<string, BugStatus> = new Map<string, BugStatus>([
  ...itself(bugStatuses),
  ['dup', 'duplicate'],
  ['dupe', 'duplicate'],
  ['needinfo', 'needs-info'],
  ['reopen', 'reopened'],
  ['undup', 'reopened'],
  ['wont-fix', 'wontfix'],
  ['works-for-me', 'worksforme'],
])

export type PatchValue = Extract<TagValue, { tag: 'Patch-Status' }> & Pick<TagLine, 'reason'>
export type BugValue = Extract<TagValue, { tag: 'Bug-Status' }>

/** `accepted`, `accepted 1a2b3c4d`, `Changes Requested`, `rejected (see above)`; null when it is not plain what is meant. */
export function patchValue(text: string): PatchValue | null {
  const found = wordsAt(text, patchWords)
  if (!found) return null
  const { word, rest, stop } = found
  const value = { tag: 'Patch-Status', state: word } as const
  if (rest === '') return value
  if (/^[0-9a-f]{7,40}$/i.test(rest)) return { ...value, commit: rest.toLowerCase() }
  // "accepted to main", "superseded by <id>"; but "accepted when the tests pass" is a wish.
  return stop || /^(?:\(|by\s|in\s|into\s|to\s|as\s)/i.test(rest) ? { ...value, reason: rest } : null
}

/** `fixed in 1.4`, `duplicate #12`: the status with what follows it. */
export function bugValue(text: string): BugValue | null {
  const found = wordsAt(text, bugWords)
  if (!found) return null
  return found.word === 'duplicate'
    ? duplicateOf(found.rest.replace(/^of\s+/i, ''))
    : statusWith(found.word, found.rest)
}

const statusWith = (status: BugStatus, rest: string): BugValue => ({
  tag: 'Bug-Status',
  status,
  ...(rest === '' ? {} : { rest }),
})

function duplicateOf(what: string): BugValue {
  const [first = '', ...behind] = what.split(' ')
  const of = refOf(first)
  return of ? { ...statusWith('duplicate', behind.join(' ')), of } : statusWith('duplicate', what)
}

/** The longest of up to three words at the start that the map knows; `stop`: with a full stop, comma or the like behind it. */
function wordsAt<T>(
  text: string,
  words: ReadonlyMap<string, T>,
): { word: T; rest: string; stop: boolean } | null {
  const parts = text.trim().slice(0, 500).split(/\s+/)
  for (let count = Math.min(3, parts.length); count > 0; count--) {
    const spelled = parts.slice(0, count).join('-').toLowerCase().replaceAll('_', '-')
    const bare = spelled.replace(/[.,;!]$/, '')
    const word = words.get(bare)
    if (word !== undefined) return { word, rest: parts.slice(count).join(' '), stop: bare !== spelled }
  }
  return null
}
