// An answer that repeats an earlier mail without a mark: what stands there between the same words is the earlier sender's,
// word for word or wrapped otherwise. Only lines with an effect are asked for, never a posting, its diff or a trailer, which
// a sender gives in his own name.
import type { MailFacts } from '../mail/facts.ts'
import type { Surroundings } from '../mail/surroundings.ts'
import { above, type Node } from './tree.ts'

/** Leaves each mail the facts that are its sender's. */
export function dropEchoes(nodes: readonly Node[]): void {
  const own = nodes.map(ownFacts)
  nodes.forEach((node, at) => {
    node.facts = own[at] ?? node.facts
  })
}

/** The very same value when it repeats nothing. */
function ownFacts(node: Node): MailFacts {
  const { facts } = node
  const isOffered = facts.posting === 'offered' && facts.patchId !== null
  if (!facts.surroundings && !isOffered) return facts
  const elders: MailFacts[] = []
  for (const elder of above(node)) {
    elders.push(elder.facts)
    if (elders.length === eldersMax) break
  }
  const own = facts.surroundings ? withoutEchoes(facts, elders) : facts
  return isOffered && elders.some(elder => elder.patchId === facts.patchId) ? withoutDiff(own) : own
}

/** A quote of a quote of a quote reaches further in no real mail. */
const eldersMax = 20

function withoutEchoes(facts: MailFacts, elders: readonly MailFacts[]): MailFacts {
  const known = elders.flatMap(elder => elder.surroundings ?? [])
  const echoed = new Set(
    (facts.surroundings ?? []).filter(one => known.some(other => isEcho(one, other))).map(({ line }) => line),
  )
  if (echoed.size === 0) return facts
  return {
    ...facts,
    tags: facts.tags.filter(({ line }) => !echoed.has(line)),
    applied: facts.applied && echoed.has(facts.applied.line) ? null : facts.applied,
    withdrawal: facts.withdrawal && echoed.has(facts.withdrawal.line) ? null : facts.withdrawal,
  }
}

/**
 * The same line between the same words, of which there are enough to be no chance. Where one of the texts ends, the other
 * may go on.
 */
function isEcho(one: Surroundings, original: Surroundings): boolean {
  if (one.line !== original.line) return false
  const above = inCommon(wordsIn(one.before).reverse(), wordsIn(original.before).reverse())
  const below = inCommon(wordsIn(one.after), wordsIn(original.after))
  return above !== null && below !== null && above + below >= echoWordsMin
}

const echoWordsMin = 3
const wordsIn = (text: string): string[] => (text === '' ? [] : text.split(' '))

/** How many words both have from the line on; null when they part before the shorter one ends. */
function inCommon(a: readonly string[], b: readonly string[]): number | null {
  const count = Math.min(a.length, b.length)
  return a.slice(0, count).every((word, at) => word === b[at]) ? count : null
}

const withoutDiff = (facts: MailFacts): MailFacts => ({ ...facts, posting: 'none', patchId: null, files: [] })
