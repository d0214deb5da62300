// What the page of a build is made from: the row and what belongs to it, its result, its logs, and the topic that it is a build
// of. All that a build wrote is a stranger's text.
import type { Forecast } from '../../tracker/build/forecast.ts'
import type { KeptCommit } from '../../tracker/build/kept-commit.ts'
import type { StoredResult, StoredStep } from '../../tracker/build/stored-result.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import type { WholeBuild } from '../read/build.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { StepBefore } from '../read/step-before.ts'
import type { ShownVerdict } from '../read/verdict.ts'

export interface BuildView extends WholeBuild {
  readonly now: Date
  /** Undefined for one that belongs to no list. */
  readonly list: ListRow | undefined
  readonly topic: Topic | undefined
  readonly result: StoredResult | null
  /** Files of its steps so far, by name: how many lines each has. */
  readonly steps: readonly StepLine[]
  readonly tail: Tail | null
  /** How the step that says most went before; null where there is none, or it never ran. */
  readonly before: { readonly step: string; readonly builds: readonly StepBefore[] } | null
  /** Lines of a shell. */
  readonly repeat: readonly string[]
  /** Which branch has the same failure, and in which build. */
  readonly elsewhere: { readonly branch: string; readonly number: string } | null
  readonly sender: ShownVerdict | null
  /** What git has of it; null where nobody knows which repository that is. */
  readonly kept: KeptCommit | null
  /** What was mailed, where it is still known and no page of a list has it. */
  readonly mailText: string | null
  /** Of one that waits: what it would get and run, null where no policy says it. */
  readonly forecast: Forecast | null
  /** Patchsets of the same author before this one, up to `limits.earlierCountMax`; null where nobody counted. */
  readonly earlier: number | null
  /** Of one that waits: whose line lets it run. */
  readonly approvers: readonly Person[]
  /** Others of the list that wait. */
  readonly waitingToo: readonly BuildLine[]
  /** Bytes of what it handed back; 0 for nothing. */
  readonly artefactBytes: number
  /** Where the world sees the pages; null when nobody knows. */
  readonly url: string | null
}

export interface StepLine {
  readonly name: string
  /** Absent while it runs. */
  readonly step?: StoredStep
  readonly hasLog: boolean
}

export interface Tail {
  readonly step: string
  readonly lines: readonly string[]
  /** The number of the first of them. */
  readonly from: number
  readonly total: number
}
