// The right answer of an invented list, in the form that `accept` truths have: known by construction, since the list
// was written from it.
export interface TruthRevision {
  readonly cover: string | null
  readonly patches: { readonly mid: string; readonly number: number }[]
  readonly version: number
  readonly version_sure: boolean
  readonly total: number
  readonly pull_request: boolean
  readonly standing: 'complete' | 'incomplete' | 'partial-reroll' | 'rest-elsewhere'
  readonly sure: boolean
  readonly duplicates: string[]
  readonly other_covers: string[]
}

export type TruthKind = 'patchset' | 'bug' | 'discussion' | 'spam' | 'announcement' | 'ci-report'

export interface TruthTopic {
  readonly kind: TruthKind
  readonly title: string
  readonly author: string
  readonly mails: string[]
  /** The first mail of a topic that is no patchset. */
  readonly root?: string
  /** Whether the kind is beyond doubt. */
  readonly sure: boolean
  /** Topics with one number may be taken for one. */
  readonly wide: number
  readonly revisions?: TruthRevision[]
  readonly unsure_mails?: string[]
}

export interface Truth {
  readonly corpus: string
  readonly topics: readonly TruthTopic[]
  /** Mail -> the posting that it answers, straight or through other answers. */
  readonly answers: Readonly<Record<string, string>>
  readonly trailers: readonly TruthTrailer[]
  readonly applied: readonly TruthApplied[]
}

export interface TruthTrailer {
  readonly mail: string
  readonly on: string
  readonly key: string
  readonly who: string
  readonly sure: boolean
}

export interface TruthApplied {
  readonly mail: string
  readonly topic_of: string
  readonly text: string
  readonly sure: boolean
}
