// GitLab's quick actions, which people write into mails as they do into comments. `/close` does not say why, so none
// of them changes anything; they are shown.
import { type OwnLine, type Reading, recordedTag } from './reading.ts'

export const quickActions: readonly string[] = [
  'close',
  'reopen',
  'label',
  'unlabel',
  'relabel',
  'assign',
  'unassign',
  'title',
  'duplicate',
  'milestone',
  'confidential',
]

export function quickActionLine(lines: readonly OwnLine[], index: number): Reading | null {
  const line = lines[index]?.line.trim() ?? ''
  const match = line.slice(0, 300).match(/^\/([a-z]{4,12})(?:[ \t]{1,5}([~@%#"].*|me))?$/)
  const verb = match?.[1] ?? ''
  if (!quickActions.includes(verb)) return null
  return { tags: [recordedTag(`/${verb}`, match?.[2] ?? '', line)], lines: 1 }
}
