// The words of states and of the lines that change them, which mails say and settings name.

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

/** The names of the canonical tags; the languages of other trackers are read into these. */
export const tagNames = [
  'Patch-Status',
  'Bug-Status',
  'Type',
  'Delegate',
  'Severity',
  'Labels',
  'Title',
  'Target',
  'Closes',
  'Blocks',
  'CI',
  'Finding',
  'Archived',
  'Undo',
  'Link-Revision',
  'Unlink-Revision',
] as const
export type TagName = (typeof tagNames)[number]

/** As `needs` spells the lines whose effect depends on no state: it names states by their own words. */
export const plannedTags = tagNames
  .filter(name => !/-Status$|^CI$/.test(name))
  .map(name => name.toLowerCase())

/** Those that no hyphen tells from prose, as an alternative of a pattern. */
export const plainTagNames = tagNames.filter(name => !name.includes('-')).join('|')
