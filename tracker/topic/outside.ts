// What the fold of a cluster hears of other clusters: little, and only from patchset to bug, so that every fold is local.
import type { Closing } from './closing.ts'
import type { BugNumbers } from './reference.ts'

export interface Outside {
  /** Accepted patches that close one of its bugs. */
  readonly closings: readonly Closing[]
  readonly numbers: BugNumbers
}

export const nothingOutside: Outside = { closings: [], numbers: new Map() }
