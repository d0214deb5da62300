// How a list's open patchsets are grouped: by who has to act, as far as the state says it.
import type { Topic } from '../../tracker/topic/topic.ts'

export interface PatchsetGroup {
  /** The value of `?state=` and the anchor on the list's home. */
  readonly key: string
  readonly words: string
  readonly meaning: string
  readonly states: readonly NonNullable<Topic['state']>[]
}

export const patchsetGroups: readonly PatchsetGroup[] = [
  {
    key: 'changes-requested',
    words: 'Changes requested',
    meaning: 'Waiting for the author',
    states: ['changes-requested'],
  },
  {
    key: 'under-review',
    words: 'Under review',
    meaning: 'Somebody looks at them',
    states: ['under-review', 'needs-ack'],
  },
  { key: 'new', words: 'New', meaning: 'Nobody has set a state yet', states: ['new'] },
  {
    key: 'other',
    words: 'Other open ones',
    meaning: 'Requests for comments, deferred, or patches in different states',
    states: ['rfc', 'deferred', 'awaiting-upstream', 'mixed'],
  },
]
