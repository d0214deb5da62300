// Mails -> the reply tree. No subject threading, no recursion, no loops; ghosts stand for mails that never came.
import type { MessageId } from '../../base/ids.ts'
import { shortId } from '../../base/short-id.ts'
import type { MailFacts } from '../mail/facts.ts'
import type { Unit } from './unit.ts'

/** A mail in its tree. `said` is never before the parent's; `depth` is 0 at a root. */
export interface Node extends Omit<Unit, 'said' | 'facts' | 'judged'> {
  /** What it says itself: without what it only repeats of a mail above it (echo.ts). */
  facts: MailFacts
  said: number
  /** Mails changed the state of one of its texts, now or in a fold before. */
  judged: boolean
  /** It is signed for other recipients than this list (astray.ts). */
  astray?: true
  /** It heads a series without saying so in its subject: a plain cover (series.ts). */
  announces: boolean
  /** The last word of its title is its version: "tidy the room v2" (series.ts). */
  ends: boolean
  /** Mails of its own series answer it: no relay parted it from them (series.ts). */
  heads: boolean
  depth: number
  parent: Node | null
  /** The missing mail it answers, when none of its references is here. */
  ghost: MessageId | null
}

/** All mails, ordered by said time; a parent stands before its answers. */
export function treeOf(units: readonly Unit[]): Node[] {
  const nodes = new Map<MessageId, Node>()
  for (const unit of units) nodes.set(unit.id, nodeOf(unit))
  const all = [...nodes.values()].sort(inOrder)
  // Who answers the mail that a list wrapped answers the one around it, where that alone came.
  for (const node of all)
    if (node.facts.wraps && !nodes.has(node.facts.wraps)) nodes.set(node.facts.wraps, node)
  const shorts = shortsOf(all)
  for (const node of all) setParent(node, nodes, shorts)
  for (const node of all) setDepth(node)
  all.sort(inOrder)
  for (const node of all) if (revisesNothing(node)) node.facts = { ...node.facts, posting: 'offered' }
  return all
}

/** Field by field: of a large thread each mail is made again with each arrival, and a spread takes five times as long. */
const nodeOf = (unit: Unit): Node => ({
  id: unit.id,
  facts: unit.facts,
  said: unit.said,
  imposters: unit.imposters,
  shown: unit.shown,
  text: unit.text,
  texts: unit.texts,
  elsewhere: unit.elsewhere,
  judged: unit.judged,
  afterHistory: unit.afterHistory,
  landed: unit.landed,
  namedCommit: unit.namedCommit,
  verdict: unit.verdict,
  counts: unit.counts,
  automatic: unit.automatic,
  trusted: unit.trusted,
  note: unit.note,
  announces: false,
  ends: false,
  heads: false,
  depth: noDepth,
  parent: null,
  ghost: null,
})

/** An answer with files of a version (`v3-0001-...`) is a revision of what its thread posts; below a report it is an offer. */
function revisesNothing(node: Node): boolean {
  if (node.facts.posting !== 'patch' || !node.facts.subject.reply) return false
  const mails = [...above(node)]
  const top = mails.at(-1) ?? node
  return (
    top.ghost === null && !mails.some(({ facts }) => facts.posting !== 'none' && facts.posting !== 'offered')
  )
}

/** The mails above this one, the nearest first. */
export function* above({ parent }: Pick<Node, 'parent'>): Generator<Node, void> {
  for (let at = parent; at; at = at.parent) yield at
}

/** Asked of every mail of a thread, so it walks by itself: a generator takes five times as long. */
export function isBelow({ parent }: Pick<Node, 'parent'>, top: MessageId): boolean {
  for (let at = parent; at; at = at.parent) if (at.id === top) return true
  return false
}

/** Said time, then parents before answers, then id: total, and free of arrival. */
function inOrder(a: Node, b: Node): number {
  return a.said - b.said || a.depth - b.depth || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** By short id, where a mail was sent to a reply address: hardly ever. */
function shortsOf(nodes: readonly Node[]): ReadonlyMap<string, MessageId> {
  const asked = new Set(nodes.flatMap(({ facts }) => facts.answersShort ?? []))
  if (asked.size === 0) return new Map()
  const named = nodes.map(({ id }) => [shortId(id), id] as const)
  return new Map(named.filter(([short]) => asked.has(short)))
}

function setParent(
  node: Node,
  nodes: ReadonlyMap<MessageId, Node>,
  shorts: ReadonlyMap<string, MessageId>,
): void {
  const short = node.facts.answersShort
  const addressed = short === undefined ? undefined : shorts.get(short)
  for (const id of addressed === undefined ? node.facts.references : [addressed]) {
    const parent = nodes.get(id)
    if (parent && !reaches(parent, node)) {
      node.parent = parent
      return
    }
  }
  node.ghost = node.facts.references.find(id => !nodes.has(id)) ?? null
}

/** Would `node` become its own ancestor? */
function reaches(from: Node, node: Node): boolean {
  for (let at: Node | null = from; at; at = at.parent) if (at === node) return true
  return false
}

/** Walks up to the next one whose depth is set, then hands depth and said time down the same path. */
function setDepth(node: Node): void {
  const path: Node[] = []
  for (let at: Node | null = node; at?.depth === noDepth; at = at.parent) path.push(at)
  for (const child of path.reverse()) {
    const { parent } = child
    child.depth = parent ? parent.depth + 1 : 0
    if (parent) child.said = Math.max(child.said, parent.said)
  }
}

const noDepth = -1
