// Which checks speak of a patch or of a revision: the last word of each context.
import type { Check, Revision, TopicPatch } from './topic.ts'

/** What speaks of a patch: its own checks and those of its revision's cover. */
export const patchChecks = (checks: readonly Check[], revision: Revision, patch: TopicPatch): Check[] =>
  checksOn(checks, new Set([patch.id, ...(revision.cover ? [revision.cover] : [])]))

/** What speaks of a revision or of any of its patches. */
export const revisionChecks = (checks: readonly Check[], revision: Revision): Check[] =>
  checksOn(
    checks,
    new Set([...revision.patches.map(patch => patch.id), ...(revision.cover ? [revision.cover] : [])]),
  )

/** How many of `total` checks have the worst state among them. */
export interface CheckCount {
  readonly state: Check['state']
  readonly count: number
  readonly total: number
}

/** Null without checks; they are in the order of `patchChecks`. */
export function countChecks(checks: readonly Check[]): CheckCount | null {
  const state = checks[0]?.state
  if (state === undefined) return null
  return { state, count: checks.filter(check => check.state === state).length, total: checks.length }
}

/** The checks of these mails, failed ones first. */
function checksOn(checks: readonly Check[], ids: ReadonlySet<string>): Check[] {
  const last = new Map(
    checks.filter(check => ids.has(check.on)).map(check => [`${check.on} ${check.context}`, check]),
  )
  const order: readonly Check['state'][] = ['fail', 'warning', 'pending', 'success']
  return [...last.values()].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}
