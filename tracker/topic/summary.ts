// The little of a topic that a row of a list shows. It is kept beside the topic, so that a list of a hundred topics
// reads a hundred short rows and not the topics.
import type { Person } from '../mail/facts.ts'
import { type CheckCount, countChecks, reviewCount, revisionChecks } from './reviews.ts'
import type { Bug, Revision, Topic } from './topic.ts'

export interface TopicSummary {
  readonly author: Person
  readonly bugType: Bug['type'] | null
  readonly candidate: string | null
  /** The newest one of a patchset. */
  readonly revision: RevisionSummary | null
}

interface RevisionSummary {
  /** The mail that stands for it. */
  readonly head: string | null
  readonly title: string
  readonly version: number
  /** The project or branch that its bracket names. */
  readonly scope?: string
  readonly author: Person
  readonly pullRequest: boolean
  /** A partial reroll is: it stands with the patches that it leaves as they were, which are counted, too. */
  readonly complete: boolean
  readonly patches: number
  /** How many of them somebody reviewed. */
  readonly reviewed: number
  readonly checks: CheckCount | null
}

export function summaryOf(topic: Topic): TopicSummary {
  const newest = topic.revisions.at(-1)
  return {
    author: topic.author,
    bugType: topic.bug?.type ?? null,
    candidate: topic.candidate,
    revision: newest === undefined ? null : revisionSummary(topic, newest),
  }
}

function revisionSummary(topic: Topic, revision: Revision): RevisionSummary {
  const { patches, reviewed } = reviewCount(topic, revision)
  return {
    head: headOf(revision),
    title: revision.title,
    version: revision.version,
    ...(revision.scope === undefined ? {} : { scope: revision.scope }),
    author: revision.author,
    pullRequest: revision.pullRequest,
    complete: revision.completeness === 'complete' || revision.completeness === 'partial-reroll',
    patches: patches.length,
    reviewed,
    checks: countChecks(revisionChecks(topic, revision)),
  }
}

/** The mail that stands for a revision: its cover, else its first patch. */
export const headOf = (revision: Revision) => revision.cover ?? revision.patches[0]?.id ?? null
