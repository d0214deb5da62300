// The words of states, which mails say and settings name.

export const patchStates = [
  'new',
  'under-review',
  'needs-ack',
  'changes-requested',
  'accepted',
  'rejected',
  'rfc',
  'deferred',
  'awaiting-upstream',
  'superseded',
  'not-applicable',
  'withdrawn',
] as const

export type PatchState = (typeof patchStates)[number]

export const bugStatuses = [
  'new',
  'confirmed',
  'needs-info',
  'fixed',
  'wontfix',
  'invalid',
  'worksforme',
  'duplicate',
  'reopened',
] as const

export type BugStatus = (typeof bugStatuses)[number]

/** The lines that plan a bug or name who takes care, as `needs` spells them. */
export const plannedTags = [
  'type',
  'severity',
  'labels',
  'title',
  'target',
  'blocks',
  'closes',
  'delegate',
  'undo',
] as const
