// What comes back of a job: how it ended, step by step. `error` is ours alone (no sandbox, a repository that cannot be
// fetched), so it alone is worth another try; all the others are the code's.
import { z } from 'zod'
import { tierNames } from './job.ts'

/** From the best to the worst that a script can do; a job ends as its worst step did. */
const outcomes = ['success', 'warning', 'failure', 'timeout', 'cancelled', 'error'] as const
export type Outcome = (typeof outcomes)[number]

/** Of no path: whoever hands back a result, or a log, chooses a file of the server by it. */
export const stepNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/

const testsSchema = z.strictObject({
  passed: z.int().min(0),
  failed: z.int().min(0),
  /** Or known to fail. */
  skipped: z.int().min(0),
  /** Names, the first of them. */
  failing: z.array(z.string().max(200)).max(20),
})

const stepSchema = z.strictObject({
  /** `build`, or the name of a file of `.ci/checks/`; its log's file is called so, too. */
  name: z.string().regex(stepNamePattern),
  outcome: z.enum(outcomes),
  /** One sentence; null where the outcome says it all. */
  why: z.string().max(1_000).nullable(),
  /** Of the script; null when it did not end by itself. */
  exitCode: z.int().nullable(),
  /** From the start of the sandbox to the first line of the script; null when it never came so far. */
  startSeconds: z.number().nullable(),
  seconds: z.number(),
  /** All that it wrote, and how much of it is not in the log. */
  outputBytes: z.int(),
  leftOutBytes: z.int(),
  /** Of the tar that it handed back; beyond the limit the tar is cut. */
  artefactBytes: z.int(),
  /** What it said of single tests, as TAP; absent when it said nothing of the kind. */
  tests: testsSchema.optional(),
})

export const resultSchema = z.strictObject({
  outcome: z.enum(outcomes),
  why: z.string().max(1_000).nullable(),
  /** In which sandbox it ran; null when it ran in none. */
  tier: z.enum(tierNames).nullable(),
  seconds: z.number(),
  steps: z.array(stepSchema).max(100),
})

export type Tests = z.infer<typeof testsSchema>
export type Step = z.infer<typeof stepSchema>
export type Result = z.infer<typeof resultSchema>

export const worst = (all: readonly Outcome[]): Outcome =>
  outcomes[Math.max(0, ...all.map(outcome => outcomes.indexOf(outcome)))] ?? 'success'
