// Two states of the same mails' topics -> what changed that people or programs want to hear of. Pure.
import type { MessageId } from '../../base/ids.ts'
import type { EventData, EventName } from '../../sql/tables.ts'
import type { Check, Delegate, Revision, Topic, TopicMail, TopicPatch } from '../topic/topic.ts'

export interface TopicChange {
  readonly topic: MessageId
  /** The mail that made it. */
  readonly mail: MessageId
  /** The patches, the head of a series, or the first mail of the bug. */
  readonly on: readonly MessageId[]
  readonly what: EventName
  /** Null for what is new, and where the patches stood apart. */
  readonly was: string | null
  readonly became: string
  /** Of a check. */
  readonly data?: EventData
}

/** `came`: of the mails of a topic those that came live just now. */
export function changesBetween(
  before: readonly Topic[],
  after: readonly Topic[],
  came: (mail: TopicMail) => boolean,
): TopicChange[] {
  const patches = new Map(before.flatMap(patchesOf).map(patch => [patch.id, patch]))
  const bugs = before.filter(({ kind }) => kind === 'bug')
  const bugOf = new Map(bugs.flatMap(topic => topic.mails.map(({ id }) => [id, topic] as const)))
  const posted = new Map(before.flatMap(postedIn))
  const checked = new Set(before.flatMap(({ checks }) => checks.map(nameOfCheck)))
  return after.flatMap(topic => [
    ...mailChanges(topic, came),
    ...topic.revisions.flatMap(revision => seriesChanges(topic, revision, posted)),
    ...patchChanges(topic, patches),
    ...delegateChanges(topic, posted),
    ...checkChanges(topic, checked),
    ...bugChanges(topic, bugOf),
  ])
}

/** Where the mails of a topic's revisions were posted. */
interface Posted {
  readonly revision: Revision
  readonly delegate: Delegate | undefined
}

const postedIn = ({ revisions, delegate }: Topic) =>
  revisions.flatMap(revision => membersOf(revision).map(id => [id, { revision, delegate }] as const))

const membersOf = ({ cover, patches }: Revision): MessageId[] => [
  ...(cover === null ? [] : [cover]),
  ...patches.map(({ id }) => id),
]

/** Covers, patches and what is said of them. A pull request is a patch to patchwork's clients. */
function mailChanges(topic: Topic, came: (mail: TopicMail) => boolean): TopicChange[] {
  if (topic.kind !== 'patchset') return []
  return topic.mails.filter(came).flatMap((mail): TopicChange[] => {
    const change = { topic: topic.id, mail: mail.id, was: null, became: mail.role }
    if (mail.role !== 'reply')
      return [{ ...change, on: [mail.id], what: mail.role === 'cover' ? 'cover' : 'patch' }]
    const on = postingAbove(mail, topic)
    return on === null ? [] : [{ ...change, on: [on], what: 'comment' }]
  })
}

/** The nearest cover or patch that a mail answers. */
function postingAbove({ parent }: TopicMail, { mails }: Topic): MessageId | null {
  let at = parent
  for (let steps = 0; at !== null && steps < mails.length; steps++) {
    const above = mails.find(({ id }) => id === at)
    if (above === undefined || above.role !== 'reply') return above?.id ?? null
    at = above.parent
  }
  return null
}

/** It began, it is complete, and which of its patches have all before them. */
function seriesChanges(
  topic: Topic,
  revision: Revision,
  posted: ReadonlyMap<MessageId, Posted>,
): TopicChange[] {
  const members = membersOf(revision)
  const [head] = members
  if (head === undefined) return []
  const known = members.map(id => posted.get(id)?.revision).find(one => one !== undefined)
  const change = { topic: topic.id, mail: head, on: [head], was: null, became: revision.completeness }
  const ready = patchesInRow(revision).slice(known ? patchesInRow(known).length : 0)
  const isNews = revision.completeness === 'complete' && known?.completeness !== 'complete'
  return [
    ...(known ? [] : [{ ...change, what: 'series' as const }]),
    ...ready.map(id => ({ ...change, mail: id, on: [id], what: 'patch-complete' as const })),
    ...(isNews ? [{ ...change, was: known?.completeness ?? null, what: 'series-complete' as const }] : []),
  ]
}

function patchesInRow({ patches }: Revision): MessageId[] {
  const gap = patches.findIndex(({ number }, at) => number !== at + 1)
  return (gap < 0 ? patches : patches.slice(0, gap)).map(({ id }) => id)
}

/** Of a patchset whose task it is. */
function delegateChanges(topic: Topic, posted: ReadonlyMap<MessageId, Posted>): TopicChange[] {
  const newest = topic.revisions.at(-1)
  if (!newest) return []
  const [head] = membersOf(newest)
  const known = [...topic.revisions]
    .flatMap(membersOf)
    .map(id => posted.get(id))
    .find(one => one !== undefined)
  const [was, is] = [known?.delegate, topic.delegate].map(one => one?.person.address)
  if (was === is || head === undefined) return []
  return [
    {
      topic: topic.id,
      mail: topic.delegate?.by ?? head,
      on: newest.patches.map(({ id }) => id),
      what: 'delegate',
      was: was ?? null,
      became: is ?? 'none',
    },
  ]
}

const nameOfCheck = ({ mail, on, context }: Check) => `${mail} ${on} ${context}`

const checkChanges = ({ id, checks }: Topic, before: ReadonlySet<string>): TopicChange[] =>
  checks
    .filter(check => !before.has(nameOfCheck(check)))
    .map(({ mail, on, context, state, description, url }) => ({
      topic: id,
      mail,
      on: [on],
      what: 'check',
      was: null,
      became: state,
      data: { context, state, description, url },
    }))

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
