// What reviewing programs found in the patches of a topic, and what a person says is none. It makes no turn and is no
// review: who reads it decides what it is worth.
import type { MessageId } from '../../base/ids.ts'
import type { TagFact } from '../mail/facts.ts'
import { quoteKey } from '../mail/tag/finding.ts'
import type { Refusal } from './authority.ts'
import { wholePatches } from './compare.ts'
import { postingAt } from './series.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import type { Dismissal, Finding, Revision, Topic, TopicPatch } from './topic.ts'
import { above, type Node } from './tree.ts'

export class Findings {
  readonly all: readonly Finding[]
  readonly #dismissed = new Map<Finding, Dismissal>()

  /** `mails` in order. */
  constructor(mails: readonly Node[]) {
    // A program that reads a patch twice mostly finds the same.
    const found = mails.flatMap(findingsIn)
    this.all = [...new Map(found.toReversed().map(one => [keyOf(one), one])).values()].reverse()
  }

  isDismissed(finding: Finding): boolean {
    return this.#dismissed.has(finding)
  }

  dismiss(finding: Finding, dismissal: Dismissal): void {
    this.#dismissed.set(finding, dismissal)
  }

  /** In the order of their mails. */
  result(): Finding[] {
    return this.all.map(finding => {
      const dismissed = this.#dismissed.get(finding)
      return dismissed ? { ...finding, dismissed } : finding
    })
  }
}

const keyOf = ({ on, who, severity, text, file, line }: Finding) =>
  JSON.stringify([on, who.address, severity, text, file, line])

function findingsIn(mail: Node): Finding[] {
  const { findings, sender } = mail.facts
  const on = mail.automatic && findings ? postingAt(mail) : null
  return on && findings
    ? findings.map(finding => ({ mail: mail.id, on: on.id, who: sender, ...finding }))
    : []
}

export interface MeantFindings {
  readonly findings: readonly Finding[]
  /** Their numbers; none when it is all that the mail lists. */
  readonly numbers: readonly number[]
  /** The patch or cover. */
  readonly on: MessageId
}

/** Those that a line is about: of the nearest mail above that lists some the one with its number, those quoted above it, or all. */
export function meantFindings(
  mail: SpeakingMail,
  tag: Extract<TagFact, { tag: 'Finding' }>,
  all: readonly Finding[],
  here: ReadonlyMap<MessageId, Node>,
): MeantFindings | Refusal {
  const listed = listedAbove(mail, tag.on, all, here)
  const [first] = listed
  if (!first) return { reason: 'it answers no mail that lists findings' }
  const { on } = first
  if (tag.finding !== undefined) {
    const findings = listed.filter(({ number }) => number === tag.finding)
    return findings.length > 0
      ? { findings, numbers: [tag.finding], on }
      : { reason: `the mail that it answers lists no finding ${tag.finding}` }
  }
  const quoted = tag.quote ? quotedIn(tag.quote.key, listed) : []
  if (quoted.length > 0 && quoted.length < listed.length)
    return { findings: quoted, numbers: quoted.map(({ number }) => number), on }
  return quoted.length === 0 && tag.quote?.nested && listed.length > 1
    ? { reason: 'none of the findings is quoted above it; its number would say which is meant' }
    : { findings: listed, numbers: [], on }
}

function listedAbove(
  mail: SpeakingMail,
  named: MessageId | undefined,
  all: readonly Finding[],
  here: ReadonlyMap<MessageId, Node>,
): Finding[] {
  const start = named === undefined ? undefined : here.get(named)
  for (const node of start ? [start, ...above(start)] : above(mail)) {
    const own = all.filter(finding => finding.mail === node.id)
    if (own.length > 0) return own
  }
  return []
}

/** The beginning of a finding says which it is; where one begins as another, the longer one is meant. */
function quotedIn(quote: string, listed: readonly Finding[]): Finding[] {
  const keys = listed.map(finding => ({ finding, key: quoteKey(finding.text).slice(0, keyMax) }))
  const found = keys.filter(({ key }) => key !== '' && quote.includes(key))
  return found
    .filter(({ key }) => !found.some(other => other.key !== key && other.key.includes(key)))
    .map(({ finding }) => finding)
}

const keyMax = 60

/** Those of a patch: its own and those of its revision's cover. */
export const patchFindings = (
  { findings }: Pick<Topic, 'findings'>,
  { cover }: Revision,
  { id }: TopicPatch,
) => (findings ?? []).filter(({ on }) => on === id || on === cover)

/** Those of a revision and of all its patches. */
export function revisionFindings(
  topic: Pick<Topic, 'findings' | 'revisions'>,
  revision: Revision,
): Finding[] {
  const ids = new Set([revision.cover, ...wholePatches(topic.revisions, revision).map(({ id }) => id)])
  return (topic.findings ?? []).filter(({ on }) => ids.has(on))
}
