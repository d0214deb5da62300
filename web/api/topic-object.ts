// A topic as our own API has it: the value of the fold, with reviews and checks counted as the pages count them.
import { patchChecks, reviewsOf } from '../../tracker/topic/reviews.ts'
import { revisionName } from '../../tracker/topic/revision-name.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Revision as FoldedRevision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { Revision, WholePatch, WholeRevision, WholeTopic } from './schema.ts'

/** `number`: of a bug that has one. */
export function topicObject(origin: string, list: string, topic: Topic, number: number | null): WholeTopic {
  return {
    list,
    id: topic.id,
    kind: topic.kind,
    title: topic.title,
    author: personObject(topic.author),
    state: topic.state,
    last_said: timeText(topic.lastSaid),
    url: origin + paths.mail(list, topic.id),
    turn: topic.standing.turn,
    standing: topic.standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join(''),
    said: timeText(topic.said),
    delegate: topic.delegate ? personObject(topic.delegate.person) : null,
    bug: bugObject(topic, number),
    revisions: topic.revisions.map(revision => revisionObject(origin, list, topic, revision)),
    claims: topic.claims.map(({ what, target, mail }) => ({ what, target, mail })),
    mails: topic.mails.map(({ id, parent, subject, author, said, role, gist }) => ({
      ...{ id, parent, subject, author: personObject(author) },
      ...{ said: timeText(said), role, gist },
    })),
  }
}

/** One revision by itself. */
export const wholeRevision = (
  origin: string,
  list: string,
  topic: Topic,
  revision: FoldedRevision,
): WholeRevision => ({
  list,
  topic: topic.id,
  name: revisionName(topic.revisions, revision),
  newest: revision === topic.revisions.at(-1),
  url: urlOf(origin, list, headOf(revision)),
  ...revisionObject(origin, list, topic, revision),
})

/** One patch by itself, in the newest revision that has it; null when none has. */
export function wholePatch(origin: string, list: string, topic: Topic, id: string): WholePatch | null {
  const revision = topic.revisions.findLast(({ patches }) => patches.some(one => one.id === id))
  const patch = revision?.patches.find(one => one.id === id)
  if (!revision || !patch) return null
  return {
    list,
    topic: topic.id,
    revision: revisionName(topic.revisions, revision),
    newest: revision === topic.revisions.at(-1),
    url: origin + paths.mail(list, id),
    ...patchObject(topic, revision, patch),
  }
}

const urlOf = (origin: string, list: string, id: string | null) =>
  id === null ? null : origin + paths.mail(list, id)

const personObject = ({ name, address }: Topic['author']) => ({ name, address })

const timeText = (milliseconds: number) => new Date(milliseconds).toISOString()

function bugObject({ bug }: Topic, number: number | null): WholeTopic['bug'] {
  if (bug === null) return null
  const { type, status, severity, labels, target } = bug
  return { number, type, status, severity, labels: [...labels], target }
}

function revisionObject(origin: string, list: string, topic: Topic, revision: FoldedRevision): Revision {
  const head = headOf(revision)
  return {
    version: revision.version,
    total: revision.total,
    cover: revision.cover,
    title: revision.title,
    author: personObject(revision.author),
    said: timeText(revision.said),
    completeness: revision.completeness,
    pull: revision.pull ?? null,
    state: revision.state,
    base_commit: revision.baseCommit,
    change_id: revision.changeId,
    patches: revision.patches.map(patch => patchObject(topic, revision, patch)),
    am_url: head === null || revision.patches.length === 0 ? null : origin + paths.am(list, head),
  }
}

function patchObject(topic: Topic, revision: FoldedRevision, patch: TopicPatch): Revision['patches'][number] {
  const landed = patch.landed?.find(({ turns }) => turns.length % 2 === 0)
  return {
    number: patch.number,
    id: patch.id,
    title: patch.title,
    author: personObject(patch.author),
    state: patch.state,
    state_by: patch.stateBy,
    commit: landed?.commit ?? patch.commit ?? null,
    added: patch.added,
    removed: patch.removed,
    files: [...patch.files],
    reviews: reviewsOf(topic, revision, patch).map(({ key, who, mail, counts }) => ({
      ...{ key, who: personObject(who), mail, counts },
    })),
    checks: patchChecks(topic, revision, patch).map(
      ({ context, state, description, url, by, mail, claimed }) => ({
        ...{ context, state, description, url, by, mail, claimed: claimed ?? false },
      }),
    ),
  }
}
