// What flows from a patchset to the bug that it closes: once the patch is accepted, the bug is fixed. The bug may lie in
// another cluster, so this is a value between two folds and not a part of one.
import type { MessageId } from '../../base/ids.ts'
import type { Closing, Topic, TopicPatch } from './topic.ts'

/** The bugs that the accepted patches of a topic close, each once. */
export function closingsOf(topic: Topic): Closing[] {
  const found = topic.claims
    .filter(({ what }) => what === 'closes' || what === 'fixes')
    .flatMap(claim => {
      const patch = acceptedFor(topic, claim.mail)
      const by = patch && acceptedBy(topic, patch)
      const target = claim.target as MessageId
      return by ? [{ what: 'closing' as const, target, title: topic.title, ...by }] : []
    })
  return found.filter((one, index) => found.findIndex(other => other.target === one.target) === index)
}

/** A mail of the topic as a rule; one of another topic is in the history only; without any it is the patch. */
function acceptedBy(
  { mails, history }: Topic,
  { id, stateBy }: TopicPatch,
): Pick<Closing, 'mail' | 'sender' | 'said'> | undefined {
  const mail = mails.find(one => one.id === stateBy)
  const change = mail ? undefined : history.find(one => one.effect && one.mail === stateBy && !one.commit)
  if (change) return { mail: change.mail, sender: change.who, said: change.said }
  const found = mail ?? mails.find(one => one.id === id)
  return found && { mail: found.id, sender: found.author, said: found.said }
}

/** The patch that carries the line; a cover or an answer speaks for the revision, the newest of whose patches must all be in. */
function acceptedFor(topic: Topic, mail: MessageId): TopicPatch | undefined {
  const patches = topic.revisions.flatMap(revision => revision.patches)
  const own = patches.find(patch => patch.id === mail)
  if (own) return own.state === 'accepted' ? own : undefined
  const revision = topic.revisions.find(({ cover }) => cover === mail) ?? topic.revisions.at(-1)
  return revision?.state === 'accepted' ? revision.patches.at(-1) : undefined
}
