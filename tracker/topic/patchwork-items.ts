// A patchset in patchwork's words: the series, patches, cover letters, comments and checks that its API lists. Patchwork's series is our
// revision; its comments are all mails below a patch or a cover letter; a pull request without patches is a patch of its own.
import { checkId, checksOfMailMax } from '../../base/check-id.ts'
import type { MessageId } from '../../base/ids.ts'
import { memo } from '../../base/memo.ts'
import { patchworkName } from './patchwork-name.ts'
import { patchChecks, weightyChecks } from './reviews.ts'
import type { Check, Revision, Topic, TopicMail, TopicPatch } from './topic.ts'

export type ItemKind = 'series' | 'patch' | 'cover' | 'patch-comment' | 'cover-comment' | 'check'

export interface Item {
  readonly kind: ItemKind
  readonly id: number
  /** The series of a patch or cover; what a comment or a check is about. */
  readonly parent: number | null
  /** Of a series the one that stands for it. */
  readonly mail: MessageId
  readonly said: number
  /** When it came to be; milliseconds. */
  readonly known: number
  readonly name: string
  readonly person: Topic['author']
  readonly state: string | null
  readonly delegate: Topic['author'] | null
  readonly archived: boolean
  readonly hash: string | null
  readonly checked: Check['state'] | null
  readonly data: ItemData
}

/** What its answers show and no question asks for. */
export interface ItemData {
  readonly who: Topic['author']
  readonly to?: Topic['author']
  /** Of a series. */
  readonly version?: number
  readonly total?: number
  readonly received?: number
  readonly whole?: boolean
  /** Mails of the postings that it needs to be applied before. */
  readonly needs?: readonly string[]
  /** Of a patch: its place in the series, what it asks to pull, the commit it became. */
  readonly number?: number
  readonly pull?: string
  readonly commit?: string
  /** Of a check. */
  readonly url?: string
  readonly description?: string
}

/** Where a mail first stood in the log, and since when it was known. */
export interface Place {
  readonly seq: number
  readonly known: number
}

/** `own`: the words in brackets that say nothing on this list. Empty for what is no patchset. */
export function patchworkItems(
  topic: Topic,
  places: ReadonlyMap<MessageId, Place>,
  own: readonly string[],
): Item[] {
  if (topic.kind !== 'patchset') return []
  const mails = new Map([...topic.mails, ...(topic.notes ?? [])].map(mail => [mail.id, mail]))
  const given: Given = { topic, mails, places, own }
  const posted = topic.revisions.flatMap(revision => seriesItems(given, revision))
  const on = new Map(posted.filter(({ kind }) => kind !== 'series').map(item => [item.mail, item]))
  return [...posted, ...commentItems(given, on), ...checkItems(given, on)]
}

interface Given {
  readonly topic: Topic
  readonly mails: ReadonlyMap<MessageId, TopicMail>
  readonly places: ReadonlyMap<MessageId, Place>
  readonly own: readonly string[]
}

function seriesItems(given: Given, revision: Revision): Item[] {
  const { places } = given
  const patches = revision.patches.flatMap((patch): Placed[] => {
    const place = places.get(patch.id)
    return place ? [{ patch, place }] : []
  })
  const coverAt = revision.cover === null ? undefined : places.get(revision.cover)
  const all = [...(coverAt ? [coverAt] : []), ...patches.map(({ place }) => place)]
  const head = revision.cover ?? revision.patches[0]?.id
  if (all.length === 0 || head === undefined) return []
  const id = Math.min(...all.map(({ seq }) => seq))
  const alone = revision.patches.length === 0 && revision.pullRequest && coverAt !== undefined
  const covers = revision.cover !== null && coverAt && !alone ? [coverItem(given, revision, coverAt, id)] : []
  const pulls = alone && coverAt ? [pullItem(given, revision, coverAt, id)] : []
  const needs = neededBy(given.topic, revision)
  const whole = alone || revision.completeness === 'complete'
  const series: Item = {
    ...blank,
    kind: 'series',
    id,
    mail: head,
    said: revision.said,
    known: Math.min(...all.map(({ known }) => known)),
    name: seriesName(given, revision, head),
    person: posterOf(given, head),
    state: revision.state,
    data: {
      who: posterOf(given, head),
      version: revision.version,
      total: alone ? 1 : revision.total,
      received: alone ? 1 : patches.length,
      whole,
      ...(needs.length === 0 ? {} : { needs }),
    },
  }
  return [series, ...covers, ...pulls, ...patches.map(one => patchItem(given, revision, one, id))]
}

/** `Depends-on:` and its like, said in a mail of the posting. */
function neededBy({ claims }: Topic, { cover, patches }: Revision): string[] {
  const own = new Set([cover, ...patches.map(({ id }) => id)])
  const named = claims.filter(({ what, by, mail }) => what === 'depends' && by === undefined && own.has(mail))
  return [...new Set(named.map(({ target }) => target))]
}

interface Placed {
  readonly patch: TopicPatch
  readonly place: Place
}

const blank = {
  parent: null,
  state: null,
  delegate: null,
  archived: false,
  hash: null,
  checked: null,
} as const

const nameIn = ({ mails, own }: Given, id: MessageId) => patchworkName(mails.get(id)?.subject ?? '', own)

/** A cover letter names its series without its brackets, a patch with them. */
function seriesName(given: Given, { cover }: Revision, head: MessageId): string {
  const { name, title } = nameIn(given, head)
  return cover === null ? name : title
}

/** Who sent it: patchwork knows no author behind him. */
const posterOf = ({ mails, topic }: Given, id: MessageId) => mails.get(id)?.author ?? topic.author

/** What all mails have that are posted. */
const mailItem = (given: Given, id: MessageId, place: Place) => ({
  ...blank,
  id: place.seq,
  mail: id,
  said: given.mails.get(id)?.said ?? given.topic.said,
  known: place.known,
  name: nameIn(given, id).name,
  person: posterOf(given, id),
})

const coverItem = (given: Given, revision: Revision, place: Place, series: number): Item => {
  const item = mailItem(given, revision.cover ?? given.topic.id, place)
  return { ...item, kind: 'cover', parent: series, data: { who: item.person } }
}

function patchItem(given: Given, revision: Revision, one: Placed, series: number): Item {
  const { patch, place } = one
  const { delegate } = given.topic
  const item = mailItem(given, patch.id, place)
  const commit = patch.landed?.find(({ turns }) => turns.length % 2 === 0)?.commit ?? patch.commit
  return {
    ...item,
    kind: 'patch',
    parent: series,
    state: patch.state,
    delegate: delegate?.person ?? null,
    archived: patch.archived ?? false,
    hash: patch.diffHash ?? null,
    checked: combined(patchChecks(given.topic, revision, patch)),
    data: {
      who: item.person,
      number: patch.number,
      ...(delegate ? { to: delegate.person } : {}),
      ...(commit === undefined ? {} : { commit }),
    },
  }
}

/** A pull request is a patch without a diff. */
function pullItem(given: Given, revision: Revision, place: Place, series: number): Item {
  const { delegate } = given.topic
  const item = mailItem(given, revision.cover ?? given.topic.id, place)
  return {
    ...item,
    kind: 'patch',
    parent: series,
    state: revision.state === 'mixed' ? 'new' : revision.state,
    delegate: delegate?.person ?? null,
    data: {
      who: item.person,
      number: 1,
      ...(revision.pull === undefined ? {} : { pull: revision.pull }),
      ...(delegate ? { to: delegate.person } : {}),
    },
  }
}

/** The worst of the last word of each program about each check; null without any. What anybody may have written is none. */
function combined(checks: readonly Check[]): Check['state'] | null {
  const believed = weightyChecks(checks).filter(({ claimed }) => !claimed)
  const order: readonly Check['state'][] = ['fail', 'warning', 'pending', 'success']
  return order.find(state => believed.some(check => check.state === state)) ?? null
}

/** A mail below a patch or a cover letter is a comment on the nearest one. */
function commentItems(given: Given, on: ReadonlyMap<MessageId, Item>): Item[] {
  const items: Item[] = []
  const abouts = new Map(on)
  for (const mail of given.topic.mails) {
    if (mail.parent === null || on.has(mail.id)) continue
    // A mail stands behind the one that it answers.
    const about = abouts.get(mail.parent) ?? nearest(given, on, mail)
    if (about === undefined) continue
    abouts.set(mail.id, about)
    const place = given.places.get(mail.id)
    if (place) items.push(commentItem(about, mail, place))
  }
  return items
}

/** The very same value as in the last fold when nothing differs. */
function commentItem(about: Item, mail: TopicMail, place: Place): Item {
  const kind = about.kind === 'cover' ? 'cover-comment' : 'patch-comment'
  const last = lastComment(mail)
  if (last.item === null || !isComment(last.item, kind, about, place))
    last.item = {
      ...blank,
      kind,
      id: place.seq,
      parent: about.id,
      mail: mail.id,
      said: mail.said,
      known: place.known,
      name: mail.subject,
      person: mail.author,
      data: { who: mail.author },
    }
  return last.item
}

const lastComment = memo((_: TopicMail): { item: Item | null } => ({ item: null }))

/** All else in it is of the mail. */
const isComment = (item: Item, kind: ItemKind, about: Item, { seq, known }: Place): boolean =>
  item.kind === kind && item.parent === about.id && item.id === seq && item.known === known

function nearest(given: Given, on: ReadonlyMap<MessageId, Item>, mail: TopicMail): Item | undefined {
  for (let at = mail.parent; at !== null; at = given.mails.get(at)?.parent ?? null) {
    const found = on.get(at)
    if (found) return found
  }
  return undefined
}

function checkItems(given: Given, on: ReadonlyMap<MessageId, Item>): Item[] {
  const before = new Map<MessageId, number>()
  return given.topic.checks.flatMap((check): Item[] => {
    const index = before.get(check.mail) ?? 0
    before.set(check.mail, index + 1)
    const place = given.places.get(check.mail)
    const about = on.get(check.on)
    if (check.claimed || !place || !about || index >= checksOfMailMax) return []
    const person = { name: given.mails.get(check.mail)?.author.name ?? '', address: check.by }
    const item = mailItem(given, check.mail, place)
    return [
      {
        ...item,
        kind: 'check',
        id: checkId(place.seq, index),
        parent: about.id,
        name: check.context,
        person,
        state: check.state,
        data: {
          who: person,
          description: check.description,
          ...(check.url === null ? {} : { url: check.url }),
        },
      },
    ]
  })
}
