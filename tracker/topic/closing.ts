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
      const by =
        patch &&
        (topic.mails.find(mail => mail.id === patch.stateBy) ??
          topic.mails.find(mail => mail.id === patch.id))
      return by
        ? [
            {
              target: claim.target as MessageId,
              topic: topic.id,
              title: topic.title,
              by: by.id,
              who: by.author,
              said: by.said,
            },
          ]
        : []
    })
  return found.filter((one, index) => found.findIndex(other => other.target === one.target) === index)
}

/** The patch that carries the line; a cover or an answer speaks for the revision, the newest of whose patches must all be in. */
function acceptedFor(topic: Topic, mail: MessageId): TopicPatch | undefined {
  const patches = topic.revisions.flatMap(revision => revision.patches)
  const own = patches.find(patch => patch.id === mail)
  if (own) return own.state === 'accepted' ? own : undefined
  const revision = topic.revisions.find(({ cover }) => cover === mail) ?? topic.revisions.at(-1)
  return revision?.state === 'accepted' ? revision.patches.at(-1) : undefined
}
