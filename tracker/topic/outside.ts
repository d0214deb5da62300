// What the fold of a cluster hears of other clusters: little, and never what it said of them itself, so that every fold is local.
import type { Closing } from './closing.ts'
import type { BugNumbers } from './reference.ts'
import type { Errand } from './topic.ts'

export interface Outside {
  /** Accepted patches that close one of its bugs. */
  readonly closings: readonly Closing[]
  /** What mails of other topics say of its topics. */
  readonly errands: readonly Errand[]
  readonly numbers: BugNumbers
}

export const nothingOutside: Outside = { closings: [], errands: [], numbers: new Map() }
