// What the fold of a cluster is given beside its mails: what other clusters say of it, little, and never what it said of them
// itself, so that every fold is local; and what the log keeps of earlier folds.
import type { Judged } from './judged.ts'
import type { BugNumbers } from './reference.ts'
import type { Statement } from './topic.ts'

export interface Outside {
  /** What other topics say of its topics. */
  readonly statements: readonly Statement[]
  readonly numbers: BugNumbers
  /** Which texts mails judged, by the log. */
  readonly judged: Judged
}

export const nothingOutside: Outside = { statements: [], numbers: new Map(), judged: new Map() }
