// Two states of the same mails' topics -> what changed that people want to hear of. Pure.
import type { MessageId } from '../../base/ids.ts'
import type { Topic, TopicPatch } from '../topic/topic.ts'

export interface TopicChange {
  readonly topic: MessageId
  /** The mail that made it. */
  readonly mail: MessageId
  /** The patches, or the first mail of the bug. */
  readonly on: readonly MessageId[]
  readonly what: 'bug' | 'bug-status' | 'patch-state'
  /** Null for a new bug, and where the patches stood apart. */
  readonly was: string | null
  readonly became: string
}

export function changesBetween(before: readonly Topic[], after: readonly Topic[]): TopicChange[] {
  const patches = new Map(before.flatMap(patchesOf).map(patch => [patch.id, patch]))
  const bugs = before.filter(({ kind }) => kind === 'bug')
  const bugOf = new Map(bugs.flatMap(topic => topic.mails.map(({ id }) => [id, topic] as const)))
  return after.flatMap(topic => [...patchChanges(topic, patches), ...bugChanges(topic, bugOf)])
}

const patchesOf = (topic: Topic): TopicPatch[] => topic.revisions.flatMap(revision => revision.patches)

/** One change for all patches that a mail gave the same state. A state that nobody set is none: the patch is new. */
function patchChanges(topic: Topic, before: ReadonlyMap<MessageId, TopicPatch>): TopicChange[] {
  const changed = patchesOf(topic).filter(
    ({ id, state, stateBy }) => stateBy !== null && state !== before.get(id)?.state,
  )
  const groups = Map.groupBy(changed, ({ state, stateBy }) => `${state} ${stateBy}`)
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (!first?.stateBy) return []
    const states = new Set(group.map(({ id }) => before.get(id)?.state ?? 'new'))
    return {
      topic: topic.id,
      mail: first.stateBy,
      on: group.map(({ id }) => id),
      what: 'patch-state',
      was: states.size === 1 ? ([...states][0] ?? null) : null,
      became: first.state,
    }
  })
}

/** An earlier mail that comes late gives a bug another id, so it is known by any of its mails. */
function bugChanges(topic: Topic, before: ReadonlyMap<MessageId, Topic>): TopicChange[] {
  if (topic.kind !== 'bug' || topic.bug === null) return []
  const known = topic.mails.map(({ id }) => before.get(id)).find(found => found !== undefined)
  const change = { topic: topic.id, on: [topic.id] }
  if (!known) return [{ ...change, mail: topic.id, what: 'bug', was: null, became: topic.bug.status }]
  if (known.bug?.status === topic.bug.status) return []
  const by = topic.history.findLast(({ what, effect }) => effect && what === 'Bug-Status')
  return [
    {
      ...change,
      mail: by?.mail ?? topic.id,
      what: 'bug-status',
      was: known.bug?.status ?? null,
      became: topic.bug.status,
    },
  ]
}
