// Postings -> revisions: which cover and patches were one posting of a change. Postings are taken in the order of
// said time; each joins the revision it is linked to (its thread, its run of send-email) or begins a new one.

import { deedKey, plainTitle, titleKey } from '../mail/subject.ts'
import { byHandMs, likeTitles, looseMs } from './likeness.ts'
import { samePerson } from './person.ts'
import { isForOther } from './scope-words.ts'
import { isIntroOf, sendRun } from './send-run.ts'
import { above, type Node } from './tree.ts'

/** A revision while it is put together. */
export interface Draft {
  /** In the order they joined. */
  readonly members: Node[]
  cover: Node | null
  /** By number. */
  readonly patches: Map<number, Node>
  /** Exact repeats and second covers: in the topic, in no revision. */
  readonly repeats: Node[]
  /** Older postings whose place it takes, since people say so (mending.ts). */
  readonly replaces: Set<Draft>
  version: number | null
  total: number
}

/** All revisions of a tree, by said time of their first mail. */
export function draftsOf(nodes: readonly Node[]): Draft[] {
  const drafts: Draft[] = []
  const of = new Map<Node, Draft>()
  readEndings(nodes)
  readHeads(nodes)
  for (const node of nodes) {
    if (!isPosting(node)) continue
    const linked = linkedDrafts(node, drafts, of)
    const home = linked.find(({ draft }) => fits(draft, node))?.draft
    const repeated = home
      ? undefined
      : linked.find(
          one => one.rank > besideRank && repeats(one.draft, node) && !beginsAnew(one.draft, node, nodes),
        )?.draft
    if (home) join(home, node)
    else if (repeated) repeated.repeats.push(node)
    else drafts.push(begin(node))
    of.set(node, home ?? repeated ?? last(drafts))
  }
  return withoutRepeats(drafts)
}

/**
 * "[PATCH] tidy the room v2" is a second version where its sender posted "tidy the room" before, or answers his own posting
 * of such a title; else the word belongs to the title, as in "add the API v2".
 */
function readEndings(nodes: readonly Node[]): void {
  nodes.forEach((node, at) => {
    const { subject, sender } = node.facts
    if (subject.ending === undefined || !isPosting(node)) return
    const title = titleKey(plainTitle(subject.title).title)
    const own = (elder: Node) =>
      isPosting(elder) &&
      samePerson(elder.facts.sender, sender) &&
      elder.facts.subject.number === subject.number
    node.ends =
      nodes.slice(0, at).some(elder => own(elder) && titleIn(elder).key === title && mayMeet(elder, node)) ||
      [...above(node)].some(elder => own(elder) && likeTitles(titleIn(elder).key, title))
  })
}

/** A posting of a lower number that one of its series answers straight was not parted from it by a relay. */
function readHeads(nodes: readonly Node[]): void {
  for (const { parent, facts } of nodes) {
    if (facts.posting !== 'patch' || !parent || facts.references[0] !== parent.id || !isPosting(parent))
      continue
    const above = parent.facts.subject
    const { number, total, version } = facts.subject
    parent.heads ||=
      number !== null &&
      number > numberOf(parent) &&
      total === above.total &&
      (version === null || version === (above.version ?? 1)) &&
      samePerson(parent.facts.sender, facts.sender)
  }
}

/** Two patches without a path in common are two changes, whatever their titles. */
const mayMeet = (a: Node, b: Node): boolean =>
  [a, b].some(({ facts }) => facts.files.length === 0) ||
  a.facts.files.some(({ path }) => b.facts.files.some(other => other.path === path))

/** Its title without a version at its end, and the two forms that are compared. */
export function titleIn({
  announces,
  ends,
  facts: { subject },
}: Node): Pick<Node['facts']['subject'], 'title' | 'key' | 'deed'> {
  if (!announces && !ends) return subject
  const { title } = plainTitle(subject.title)
  return { title, key: titleKey(title), deed: deedKey(title) }
}

/** What its subject says, or the end of its title. */
const versionOf = (node: Node): number | null =>
  node.facts.subject.version ??
  (node.announces || node.ends ? plainTitle(node.facts.subject.title).version : null)

/** A cover that was sent once more is a repeat in the posting it heads. */
function withoutRepeats(drafts: readonly Draft[]): Draft[] {
  const kept: Draft[] = []
  for (const draft of drafts) {
    const whole = drafts.find(other => other !== draft && isRepeatOf(draft, other))
    if (whole) whole.repeats.push(...draft.members, ...draft.repeats)
    else kept.push(draft)
  }
  return kept
}

function isRepeatOf(draft: Draft, other: Draft): boolean {
  const { cover } = draft
  if (
    !cover ||
    draft.patches.size > 0 ||
    cover.facts.subject.resend ||
    !other.cover ||
    other.patches.size < 2
  )
    return false
  return (
    samePerson(cover.facts.sender, other.cover.facts.sender) &&
    draft.version === other.version &&
    draft.total === other.total &&
    other.cover.facts.subject.key === cover.facts.subject.key &&
    other.cover.said < cover.said
  )
}

/** Does this mail post a change or announce one? Asked before the drafts are made it knows no plain cover. */
export function isPosting(node: Node): boolean {
  const { posting } = node.facts
  return posting === 'patch' || isCover(node)
}

/** The nearest patch, cover or pull request at or above a mail. */
export function postingAt(mail: Node): Node | null {
  for (let at: Node | null = mail; at; at = at.parent) if (isPosting(at)) return at
  return null
}

/** A cover letter, a pull request, or a mail without any mark that heads a series. */
const isCover = ({ facts: { posting }, announces }: Node): boolean =>
  posting === 'cover' || posting === 'pull-request' || announces

/** The number within the series: 0 for a cover or pull request, 1 when the subject says none. */
export function numberOf(node: Node): number {
  return node.facts.posting === 'patch' ? (node.facts.subject.number ?? 1) : 0
}

function begin(node: Node): Draft {
  const draft: Draft = {
    members: [],
    cover: null,
    patches: new Map(),
    repeats: [],
    replaces: new Set(),
    version: null,
    total: 0,
  }
  const announced = announcing(node)
  if (announced) {
    announced.announces = true
    join(draft, announced)
  }
  join(draft, node)
  return draft
}

/** Over patches that stand without one: a plain cover that was known by what it lists (listed-cover.ts). */
export function putCover(draft: Draft, cover: Node): void {
  cover.announces = true
  draft.cover = cover
  draft.members.unshift(cover)
  draft.version ??= versionOf(cover)
}

function join(draft: Draft, node: Node): void {
  const { subject, posting } = node.facts
  draft.members.push(node)
  if (posting === 'patch') draft.patches.set(numberOf(node), node)
  else draft.cover = node
  const version = versionOf(node)
  // The patches know their version better than a cover that was written for the last one.
  if (posting === 'patch' && version !== null && draft.patches.size <= 1) draft.version = version
  else draft.version ??= version
  if (posting === 'patch') draft.total = subject.total ?? Math.max(draft.total, 1)
  else if (draft.patches.size === 0) draft.total = subject.total ?? 0
}

/**
 * A mail without diff and number right above 1/n, by the same person in the same run or soon before it, is the cover; so
 * is one above a lone patch of its run. Who reports a bug and sends the fix minutes later wrote no cover.
 */
function announcing(node: Node): Node | null {
  const { parent, facts } = node
  if (!parent || isPosting(parent) || parent.facts.subject.reply) return null
  if (!samePerson(parent.facts.sender, facts.sender) || parent.facts.posting !== 'none') return null
  const run = sendRun(facts.messageId)
  if (run !== null && run === sendRun(parent.facts.messageId)) return parent
  if (isIntroOf(parent.facts.messageId, facts.messageId)) return parent
  const soon = node.said - parent.said < byHandMs
  return soon && facts.subject.number !== null && parent.facts.bugSign === null ? parent : null
}

/** The same number with the same change once more in the same posting: a cover or patch that was sent twice. */
function repeats(draft: Draft, node: Node): boolean {
  const { facts } = node
  const twin = numberOf(node) === 0 ? draft.cover : draft.patches.get(numberOf(node))
  if (!twin || facts.subject.resend || !samePerson(twin.facts.sender, facts.sender)) return false
  if (isForOther(twin.facts.subject, facts.subject)) return false
  // A cover of the same title days later heads the next posting, though nobody raised its version.
  if (facts.patchId === null && !near(twin, node, minutes(180))) return false
  const same =
    facts.patchId === null
      ? twin.facts.subject.key === facts.subject.key
      : twin.facts.patchId === facts.patchId
  return (
    same &&
    twin.facts.subject.version === facts.subject.version &&
    twin.facts.subject.total === facts.subject.total
  )
}

/**
 * Of a series that is sent again below its first patch that one is often as it was: hours later it begins a posting where its
 * series came with it, by their answers or as one run. Patches that were lost on the way come again without the first, or alone.
 */
function beginsAnew({ patches }: Draft, node: Node, nodes: readonly Node[]): boolean {
  const twin = patches.get(1)
  if (!twin || numberOf(node) !== 1 || near(twin, node, minutes(180))) return false
  return node.heads || isWholeRun(node, nodes)
}

function isWholeRun({ facts: { messageId, subject } }: Node, nodes: readonly Node[]): boolean {
  const run = sendRun(messageId)
  if (run === null || subject.total === null || subject.total < 2) return false
  const mates = nodes.filter(({ facts }) => facts.posting === 'patch' && sendRun(facts.messageId) === run)
  return new Set(mates.map(numberOf)).size === subject.total
}

interface Linked {
  readonly draft: Draft
  readonly index: number
  readonly rank: number
}

/** The revisions a numbered posting is tied to, the surest first, then the latest. */
function linkedDrafts(node: Node, drafts: readonly Draft[], of: ReadonlyMap<Node, Draft>): Linked[] {
  if (node.facts.posting === 'pull-request' || node.facts.subject.number === null) return []
  return drafts
    .map((draft, index) => ({ draft, index, rank: link(draft, node, of) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || (a.rank === reunitedRank ? byHead(a, b, node) : b.index - a.index))
}

/**
 * Of several that may have lost each other: one of its own title, and of those of one minute the first, since a script that
 * sends several series sends them one after the other.
 */
function byHead(a: Linked, b: Linked, node: Node): number {
  const { key } = titleIn(node)
  const titled = ({ draft }: Linked) => Number(draft.members.some(member => titleIn(member).key === key))
  const minute = ({ draft: { members } }: Linked) => Math.floor((members[0]?.said ?? 0) / minutes(1))
  return titled(b) - titled(a) || minute(b) - minute(a) || a.index - b.index
}

/** Same sender, a free place, and counts that do not contradict. */
function fits(draft: Draft, node: Node): boolean {
  const head = draft.members[0]
  if (!head || !samePerson(head.facts.sender, node.facts.sender)) return false
  const number = numberOf(node)
  if (number === 0 ? draft.cover !== null : draft.patches.has(number)) return false
  if (isForOtherBranch(draft, node)) return false
  // A cover goes out with its patches; one that comes a day later heads another series.
  if (number === 0 && !sameRun(draft, node) && !near(node, head, minutes(60))) return false
  const { total } = node.facts.subject
  // The count of a cover slips when a patch was added last: the patches right below it know better.
  const slipped =
    draft.patches.size === 0 &&
    (sameRun(draft, node) || (node.parent === draft.cover && near(node, head, minutes(60))))
  return total === draft.total || draft.total === 0 || slipped
}

/** One cover may head the same patches for several branches: "[N][PATCH 1/2]" and "[J][PATCH 1/2]". */
const isForOtherBranch = ({ patches }: Draft, { facts }: Node): boolean => {
  const [first] = patches.values()
  return facts.posting === 'patch' && first !== undefined && isForOther(first.facts.subject, facts.subject)
}

/** How surely the node was posted with the draft: 4 below it, 3 in the same run, then beside it or reunited; 0 not. */
function link(draft: Draft, node: Node, of: ReadonlyMap<Node, Draft>): number {
  const head = draft.members[0]
  if (!head) return 0
  if (sameRun(draft, node)) return node.parent && of.get(node.parent) === draft ? 4 : 3
  if (!versionsAgree(draft, node)) return 0
  const isBelow = node.parent && (of.get(node.parent) === draft || draft.members.includes(node.parent))
  // Beyond a mail that never came may stand another posting.
  if (isBelow) return node.facts.references[0] === node.parent?.id ? 4 : besideRank
  if (draft.members.some(member => beside(member, node))) return besideRank
  return haveLostEachOther(draft, node) ? reunitedRank : 0
}

const besideRank = 2
const reunitedRank = 1

/** Both answer the same mail, or both answer none, soon after each other. */
function beside(member: Node, node: Node): boolean {
  if (!sameTags(member, node)) return false
  if (node.parent) return member.parent === node.parent && near(node, member, minutes(180))
  if (node.ghost) return member.ghost === node.ghost && near(node, member, minutes(180))
  return member.parent === null && member.ghost === null && near(node, member, looseMs)
}

const sameTags = (a: Node, b: Node) => a.facts.subject.tags.join(' ') === b.facts.subject.tags.join(' ')

/**
 * A relay gave the cover, or 1/n where none was written, another id: the patches answer one that never came. Two that answer
 * different missing mails are of two series.
 */
function haveLostEachOther({ members }: Draft, node: Node): boolean {
  if (members.some(member => lostItsHead(node, member))) return true
  const orphans = members.filter(({ ghost }) => ghost !== null)
  return (
    members.some(member => lostItsHead(member, node)) &&
    orphans.every(({ facts }) => facts.references.some(id => node.facts.references.includes(id)))
  )
}

/** The head answers nothing, or what the patch answers beyond the missing mail. */
function lostItsHead(head: Node, patch: Node): boolean {
  if (numberOf(head) > 1 || numberOf(patch) <= numberOf(head) || head.heads || patch.ghost === null)
    return false
  if (head.parent !== null || patch.parent !== null) return false
  if (!sameTags(head, patch) || !near(head, patch, looseMs)) return false
  return head.ghost === null || patch.facts.references.indexOf(head.ghost) > 0
}

const minutes = (count: number) => count * 60_000
const near = (a: Node, b: Node, within: number) => Math.abs(a.said - b.said) <= within

/** A patch without version below a cover with one belongs to it; a patch with another version does not. */
function versionsAgree(draft: Draft, node: Node): boolean {
  const version = versionOf(node)
  return version === draft.version || version === null || draft.version === null
}

function sameRun(draft: Draft, node: Node): boolean {
  const run = sendRun(node.facts.messageId)
  return run !== null && draft.members.some(member => sendRun(member.facts.messageId) === run)
}

function last<T>(items: readonly T[]): T {
  const item = items.at(-1)
  if (item === undefined) throw new Error('No draft was begun')
  return item
}
