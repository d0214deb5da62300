// How a list's open patchsets are grouped: by whose turn it is.
import type { Turn } from '../../tracker/topic/topic.ts'

export interface PatchsetGroup {
  /** The value of `?state=` and the anchor on the list's home. */
  readonly key: string
  readonly words: string
  readonly meaning: string
  readonly turn: Turn
}

export const patchsetGroups: readonly PatchsetGroup[] = [
  {
    key: 'ready',
    words: 'Ready to apply',
    meaning: 'Reviewed, no check failed, nothing open',
    turn: 'maintainer',
  },
  { key: 'review', words: 'Needs review', meaning: 'Nobody has reviewed all of it yet', turn: 'reviewer' },
  {
    key: 'author',
    words: 'With the author',
    meaning: 'A change is asked for, a remark has no answer, or a check failed',
    turn: 'author',
  },
  { key: 'waiting', words: 'Waiting', meaning: 'Deferred, or on its way somewhere else', turn: 'nobody' },
]
