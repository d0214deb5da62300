// What the fold of a cluster hears of other clusters: little, and never what it said of them itself, so that every fold is local.
import type { BugNumbers } from './reference.ts'
import type { Statement } from './topic.ts'

export interface Outside {
  /** What other topics say of its topics. */
  readonly statements: readonly Statement[]
  readonly numbers: BugNumbers
}

export const nothingOutside: Outside = { statements: [], numbers: new Map() }
