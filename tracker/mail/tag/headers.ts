// Header fields that change state: patchwork's hints on a submission and lists.sr.ht's on any mail. They are made by
// mail programs set up for it, so nobody is told of a value that is not understood.

import type { TagName } from '../../../base/state-words.ts'
import type { Header } from '../../decode/mail.ts'
import type { Posting, TagFact } from '../facts.ts'
import { readTag } from './line.ts'
import { oneLine, recordedTag } from './reading.ts'
import { sourcehutHeader } from './sourcehut.ts'

export function headerTags(headers: readonly Header[], posting: Posting): TagFact[] {
  const submission = posting === 'patch' || posting === 'cover' || posting === 'pull-request'
  return headers.flatMap(({ name, value }) => {
    if (!name.startsWith('x-')) return []
    if (name === 'x-sourcehut-patchset-update') return readFrom(name, sourcehutHeader(value.slice(0, 100)))
    const hint = submission ? hints.get(name) : replies.get(name)
    return hint ? readFrom(name, tagsOfHint(hint, value.slice(0, 300))) : []
  })
}

/** With the field that they were read from, which a signature may leave out. */
const readFrom = (field: string, tags: readonly TagFact[] | TagFact | null): TagFact[] =>
  [tags ?? []].flat().map(tag => ({ ...tag, field }))

interface Hint {
  /** As patchwork's manual spells it. */
  readonly name: string
  /** Null: recorded, no effect. */
  readonly tag: TagName | null
}

/** Patchwork believes these on the mail that posts, and none of a later one. */
const hints = new Map<string, Hint>([
  ['x-patchwork-state', { name: 'X-Patchwork-State', tag: 'Patch-Status' }],
  ['x-patchwork-delegate', { name: 'X-Patchwork-Delegate', tag: 'Delegate' }],
  ['x-patchwork-hint', { name: 'X-Patchwork-Hint', tag: null }],
])
const replies = new Map<string, Hint>([
  ['x-patchwork-action-required', { name: 'X-Patchwork-Action-Required', tag: null }],
])

function tagsOfHint({ name, tag }: Hint, value: string): TagFact[] {
  const line = oneLine(`${name}: ${value}`)
  if (!tag) return [recordedTag(name, value, line)]
  const reading = readTag(tag, value, line)
  return reading && !reading.misses ? reading.tags.map(one => ({ ...one, alias: name })) : []
}
