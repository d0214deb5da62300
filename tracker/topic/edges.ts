// Which mails must be folded together. Edges are structural: ids a mail carries or answers, those whose place its posting
// takes or whose revision it mends, a change-id, one run of `git send-email`, and two patches that are alike,
// or a letter and the patches whose titles it lists (likeness.ts). Links in a text are claims and make no edge.
import type { IndexKey, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { memo } from '../../base/memo.ts'
import { shortId } from '../../base/short-id.ts'
import type { MailFacts } from '../mail/facts.ts'
import { personKeys } from './person.ts'
import { sendRun } from './send-run.ts'

/** Two mails that share one of these keys are in one cluster. */
export const edgeKeys = memo((facts: MailFacts) =>
  keysWith(facts, [...facts.references, ...revisionsNamed(facts)]),
)

/** The same, of all that it answers its parent alone counting. */
export const nearEdgeKeys = memo((facts: MailFacts) => keysWith(facts, facts.references.slice(0, 1)))

/** Postings that may belong to one change with what this mail posts or answers (chain.ts, mending.ts). */
function revisionsNamed({ relations = [], tags }: Pick<MailFacts, 'relations' | 'tags'>): MessageId[] {
  const superseded = relations.filter(({ what, by }) => what === 'supersedes' && by === 'mail')
  return [
    ...superseded.map(({ target }) => target as MessageId),
    ...tags.flatMap(tag => (tag.tag === 'Link-Revision' || tag.tag === 'Unlink-Revision' ? [tag.mail] : [])),
  ]
}

function keysWith(facts: MailFacts, references: MailFacts['references']): readonly IndexKey[] {
  const own = facts.wraps ? [facts.messageId, facts.wraps] : [facts.messageId]
  const keys = [...own, ...references].map(id => `m ${id}`)
  keys.push(`s ${shortId(facts.messageId)}`)
  if (facts.answersShort !== undefined) keys.push(`s ${facts.answersShort}`)
  if (facts.changeId) keys.push(`c ${facts.changeId}`)
  const run = facts.posting === 'none' || facts.posting === 'offered' ? null : sendRun(facts.messageId)
  // The run is part of the ids themselves; with the person, so that a stranger can't join by choosing his id.
  if (run) keys.push(...personKeys(facts.sender).map(person => `r ${person} ${run}`))
  return [...new Set(keys.map(indexKey))]
}
