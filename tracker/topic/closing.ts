// What flows from a patchset to the bug that it closes: once the patch is accepted, the bug is fixed. The bug may lie in
// another cluster, so this is a value between two folds and not a part of one.
import type { MessageId } from '../../base/ids.ts'
import type { Person } from '../mail/facts.ts'
import type { Topic, TopicPatch } from './topic.ts'

export interface Closing {
  /** A mail of the bug. */
  readonly target: MessageId
  /** The patchset. */
  readonly topic: MessageId
  readonly title: string
  /** The mail that accepted it; the patch itself where nobody did by mail. */
  readonly by: MessageId
  readonly who: Person
  readonly said: number
}

/** The bugs that the accepted patches of a topic close, each once. */
export function closingsOf(topic: Topic): Closing[] {
  const found = topic.claims
    .filter(({ what }) => what === 'closes' || what === 'fixes')
    .flatMap(claim => {
      const patch = acceptedFor(topic, claim.mail)
      const by = patch && acceptedBy(topic, patch)
      const { id, title } = topic
      return by ? [{ target: claim.target as MessageId, topic: id, title, ...by }] : []
    })
  return found.filter((one, index) => found.findIndex(other => other.target === one.target) === index)
}

/** A mail of the topic as a rule; one of another topic is in the history only; without any it is the patch. */
function acceptedBy(
  { mails, history }: Topic,
  { id, stateBy }: TopicPatch,
): Pick<Closing, 'by' | 'who' | 'said'> | undefined {
  const mail = mails.find(one => one.id === stateBy)
  const change = mail ? undefined : history.find(one => one.effect && one.mail === stateBy && !one.commit)
  if (change) return { by: change.mail, who: change.who, said: change.said }
  const found = mail ?? mails.find(one => one.id === id)
  return found && { by: found.id, who: found.author, said: found.said }
}

/** The patch that carries the line; a cover or an answer speaks for the revision, the newest of whose patches must all be in. */
function acceptedFor(topic: Topic, mail: MessageId): TopicPatch | undefined {
  const patches = topic.revisions.flatMap(revision => revision.patches)
  const own = patches.find(patch => patch.id === mail)
  if (own) return own.state === 'accepted' ? own : undefined
  const revision = topic.revisions.find(({ cover }) => cover === mail) ?? topic.revisions.at(-1)
  return revision?.state === 'accepted' ? revision.patches.at(-1) : undefined
}
