// What a list's home shows as open.
import { finalStates, finalStatuses, type Topic } from '../topic/topic.ts'

/** A patchset with a patch of its newest revision in no final state; a bug that is not closed; nothing else. */
export function isOpen(topic: Topic): boolean {
  if (topic.kind === 'patchset') {
    const newest = topic.revisions.at(-1)
    if (!newest) return true
    if (newest.patches.length === 0) return newest.state === 'mixed' || !finalStates.includes(newest.state)
    return newest.patches.some(patch => !finalStates.includes(patch.state))
  }
  return topic.bug !== null && !finalStatuses.includes(topic.bug.status)
}
