// The result that a build's row holds.
import { type Result, resultSchema } from '../../ci/result.ts'
import type { BuildRow } from '../../sql/builds.ts'

/** Null for a build that no runner ended, or of a form that only another version of this program knows. */
export function resultOf({ result }: Pick<BuildRow, 'result'>): Result | null {
  const read = resultSchema.safeParse(result)
  return read.success ? read.data : null
}

export type StoredResult = Result
export type StoredStep = Result['steps'][number]
