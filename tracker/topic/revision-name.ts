// A revision's name inside its patchset: `v2`, and for one of a version that was there before (a RESEND, two authors
// counting alike) `v2.2`.
import type { Revision } from './topic.ts'

export function revisionName(revisions: readonly Revision[], revision: Revision): string {
  const twins = revisions.filter(({ version }) => version === revision.version)
  const count = twins.indexOf(revision) + 1
  return count > 1 ? `v${revision.version}.${count}` : `v${revision.version}`
}

export const revisionNamed = (revisions: readonly Revision[], name: string): Revision | undefined =>
  revisions.find(revision => revisionName(revisions, revision) === name)
