// Mails -> the reply tree. No subject threading, no recursion, no loops; ghosts stand for mails that never came.
import type { MessageId } from '../../base/ids.ts'
import type { MailFacts } from '../mail/facts.ts'
import type { Held, Landing } from './landing.ts'
import type { Unit } from './unit.ts'
import type { Verdict } from './verdict.ts'

/** A mail in its tree. `said` is never before the parent's; `depth` is 0 at a root. */
export interface Node {
  readonly id: MessageId
  readonly facts: MailFacts
  readonly imposters: number
  readonly shown: string | null
  readonly landed: readonly Landing[]
  readonly held: Held | null
  readonly verdict: Verdict
  /** The time whose roster counts for its sender. */
  readonly counts: number
  said: number
  depth: number
  parent: Node | null
  /** The missing mail it answers, when none of its references is here. */
  ghost: MessageId | null
}

/** All mails, ordered by said time; a parent stands before its answers. */
export function treeOf(units: readonly Unit[]): Node[] {
  const nodes = new Map<MessageId, Node>()
  for (const unit of units) nodes.set(unit.id, { ...unit, depth: unsettled, parent: null, ghost: null })
  const all = [...nodes.values()].sort(inOrder)
  for (const node of all) setParent(node, nodes)
  for (const node of all) settle(node)
  return all.sort(inOrder)
}

/** Said time, then parents before answers, then id: total, and free of arrival. */
function inOrder(a: Node, b: Node): number {
  return a.said - b.said || a.depth - b.depth || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function setParent(node: Node, nodes: ReadonlyMap<MessageId, Node>): void {
  for (const id of node.facts.references) {
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

/** Walks up to the next one that is settled, then hands depth and said time down the same path. */
function settle(node: Node): void {
  const path: Node[] = []
  for (let at: Node | null = node; at?.depth === unsettled; at = at.parent) path.push(at)
  for (const child of path.reverse()) {
    const { parent } = child
    child.depth = parent ? parent.depth + 1 : 0
    if (parent) child.said = Math.max(child.said, parent.said)
  }
}

const unsettled = -1
