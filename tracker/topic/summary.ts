// The little of a topic that a row of a list shows. It is kept beside the topic, so that a list of a hundred topics
// reads a hundred short rows and not the topics.
import type { Person } from '../mail/facts.ts'
import { type Severity, severities } from '../mail/severity.ts'
import { revisionFindings } from './findings.ts'
import { samePerson } from './person.ts'
import { type CheckCount, countChecks, reviewCount, revisionChecks } from './reviews.ts'
import type { Bug, Delegate, Revision, Standing, Topic } from './topic.ts'

export interface TopicSummary {
  readonly author: Person
  readonly bugType: Bug['type'] | null
  readonly severity: Bug['severity']
  readonly labels: Bug['labels']
  readonly candidate: string | null
  /** Null in a row that an older program made, until it is folded again. */
  readonly standing: Standing | null
  readonly delegate: Delegate | null
  /** When somebody else than its author answered first, milliseconds; programs do not count. */
  readonly answered: number | null
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
  /** What programs found in it and nobody dismissed; absent without any. */
  readonly findings?: FindingCount
}

interface FindingCount {
  readonly count: number
  readonly worst: Severity
}

export function summaryOf(topic: Topic): TopicSummary {
  const newest = topic.revisions.at(-1)
  return {
    author: topic.author,
    bugType: topic.bug?.type ?? null,
    severity: topic.bug?.severity ?? null,
    labels: topic.bug?.labels ?? [],
    candidate: topic.candidate,
    standing: topic.standing,
    delegate: topic.delegate ?? null,
    answered: answeredAt(topic),
    revision: newest === undefined ? null : revisionSummary(topic, newest),
  }
}

function answeredAt({ author, mails, checks }: Topic): number | null {
  const told = new Set(checks.map(({ mail }) => mail))
  const answer = mails.find(
    mail =>
      mail.role === 'reply' && !mail.automatic && !told.has(mail.id) && !samePerson(mail.author, author),
  )
  return answer?.said ?? null
}

function revisionSummary(topic: Topic, revision: Revision): RevisionSummary {
  const { patches, reviewed } = reviewCount(topic, revision)
  const findings = findingCount(topic, revision)
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
    ...(findings && { findings }),
  }
}

function findingCount(topic: Topic, revision: Revision): FindingCount | null {
  const open = revisionFindings(topic, revision).filter(({ dismissed }) => !dismissed)
  const worst = severities.find(severity => open.some(one => one.severity === severity))
  return worst ? { count: open.length, worst } : null
}

/** The mail that stands for a revision: its cover, else its first patch. */
export const headOf = (revision: Revision) => revision.cover ?? revision.patches[0]?.id ?? null
