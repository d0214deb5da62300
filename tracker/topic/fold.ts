// Facts of mails -> topics. Everything a reader sees comes from here, whole, each time: the result does not depend
// on the order in which mails came, and a live arrival and a rebuild are the same call.
import type { MessageId } from '../../base/ids.ts'
import { markAstray } from './astray.ts'
import { chainsOf } from './chain.ts'
import { missingOf } from './completeness.ts'
import { type Component, componentsOf } from './component.ts'
import { dropEchoes } from './echo.ts'
import { guessOf } from './guess.ts'
import { type Judging, newJudgings } from './judged.ts'
import { establishedBy, type KnownPeople, withPeople } from './known-people.ts'
import { coverListed } from './listed-cover.ts'
import { mendingOf } from './mending.ts'
import { nothingOutside, type Outside } from './outside.ts'
import { patchsetOf } from './patchset.ts'
import { personKeys } from './person.ts'
import type { Rules } from './rules.ts'
import { type Draft, draftsOf, isPosting } from './series.ts'
import { heardOf } from './shared-cover.ts'
import { threadTopicOf } from './thread-topic.ts'
import type { Claim, Topic } from './topic.ts'
import { above, type Node, treeOf } from './tree.ts'
import { type Arrival, unitsOf } from './unit.ts'

/** Raised when a change in this folder gives other topics for the same facts; clusters below it are refolded. */
export const foldVersion = 18

export interface Folded {
  /** Every mail is in exactly one of them. */
  readonly topics: readonly Topic[]
  /** The person keys that these mails establish on the list (known-people.ts). */
  readonly established: ReadonlySet<string>
  /** The person keys of strangers: topics here may become something else when the list knows them. */
  readonly strangers: ReadonlySet<string>
  /** Of mails that came in several copies or texts the hash of the one that was read, when it is not the earliest said. */
  readonly shown: ReadonlyMap<MessageId, string>
  /** Of which texts mails changed the state, where the log does not have it yet. */
  readonly judgings: readonly Judging[]
}

/** Arrivals that no edge joins do not change each other's topics. */
export function fold(
  arrivals: readonly Arrival[],
  rules: Rules,
  people: KnownPeople,
  outside: Outside = nothingOutside,
): Folded {
  const known = withPeople(people, rules.rosters)
  const parts = componentsOf(arrivals).map(component => foldComponent(component, rules, known, outside))
  return {
    topics: parts.flatMap(part => part.topics),
    established: new Set(parts.flatMap(part => [...part.established])),
    strangers: new Set(parts.flatMap(part => [...part.strangers])),
    shown: new Map(parts.flatMap(part => [...part.shown])),
    judgings: parts.flatMap(part => part.judgings),
  }
}

function foldComponent(
  { arrivals, large }: Component,
  rules: Rules,
  known: KnownPeople,
  outside: Outside,
): Folded {
  const nodes = treeOf(unitsOf(arrivals, rules, outside.judged))
  dropEchoes(nodes)
  markAstray(nodes)
  const drafts = draftsOf(nodes)
  coverListed(drafts, nodes)
  const mending = mendingOf(nodes, drafts, rules)
  const chains = chainsOf(drafts, mending.all)
  const homes = homesOf(nodes, chains)
  const mailsAt = mailsByHome(nodes, homes)
  const mailsOf = (chain: number) => mailsAt.get(chain) ?? []
  const heard = heardOf(chains, mailsOf)
  const patchsets = chains.map((drafts, index) =>
    patchsetOf(drafts, mailsOf(index), rules, outside, mending, heard.get(index)),
  )
  const threads = new Map(
    [...mailsAt].flatMap(([home, mails]) => (typeof home === 'string' ? [[home, mails] as const] : [])),
  )
  const threadOutcomes = [...threads].map(
    ([name, mails]) => [name, threadTopicOf(mails, rules, known, outside)] as const,
  )
  const threadTopics = new Map(threadOutcomes.map(([name, { topic }]) => [name, topic]))
  const withFixes = patchsets.map(({ topic }, index) => {
    const drafts = chains[index] ?? []
    const proposed = proposedIn(drafts, homes, threadTopics)
    const doubted = doubtedBelow(drafts, nodes)
    return {
      ...topic,
      claims: [...topic.claims, ...proposed],
      ...(doubted.length > 0 ? { doubted } : {}),
    }
  })
  return {
    topics: [...withFixes, ...threadTopics.values()].map(topic =>
      large ? { ...topic, problems: [...topic.problems, largeProblem] } : topic,
    ),
    established: establishedBy(nodes),
    strangers: new Set(
      [...threads.values()].filter(mails => guessOf(mails, known).ofStranger).flatMap(sendersOf),
    ),
    judgings: newJudgings(
      [...patchsets, ...threadOutcomes.map(([, outcome]) => outcome)].flatMap(({ judgings }) => judgings),
      outside.judged,
    ),
    shown: new Map(nodes.flatMap(({ id, shown }) => (shown === null ? [] : [[id, shown] as const]))),
  }
}

const largeProblem =
  'This discussion is large: links between its mails beyond direct answers are not followed'

/** Patches posted in the thread of a bug or a report: the fix that is proposed there. */
function proposedIn(
  drafts: readonly Draft[],
  homes: ReadonlyMap<Node, Home>,
  threads: ReadonlyMap<string, Topic>,
): Claim[] {
  return drafts.flatMap(({ members: [head] }) => {
    if (!head) return []
    for (const at of above(head)) {
      const topic = threads.get(String(homes.get(at)))
      if (topic)
        return topic.kind === 'bug' || topic.kind === 'report'
          ? [{ mail: head.id, what: 'proposed', target: topic.id }]
          : []
    }
    return []
  })
}

/**
 * Where patches are missing: who sends something else under the id of one before it comes takes its place, and what
 * he sent may stand in another topic.
 */
function doubtedBelow(drafts: readonly Draft[], nodes: readonly Node[]): MessageId[] {
  const lacking = drafts.filter(draft => missingOf(draft).length > 0)
  if (lacking.length === 0) return []
  const members = new Set(lacking.flatMap(draft => draft.members))
  return nodes
    .filter(node => node.imposters > 0 && node.parent && members.has(node.parent) && !members.has(node))
    .map(node => node.id)
}

const sendersOf = ([first]: readonly Node[]) => (first ? personKeys(first.facts.sender) : [])

/** The topic of a mail: the number of its patchset, or the name of its thread. */
type Home = number | string

/** A note whose mail is gone has no topic: nothing is left that it could be about. */
function mailsByHome(nodes: readonly Node[], homes: ReadonlyMap<Node, Home>): Map<Home, Node[]> {
  const all = Map.groupBy(nodes, node => homes.get(node) ?? node.id)
  const from = (mails: readonly Node[]) => mails.findIndex(({ note }) => !note)
  return new Map(
    [...all].flatMap(([home, mails]) => (from(mails) < 0 ? [] : [[home, mails.slice(from(mails))] as const])),
  )
}

/** A posting is in its chain; an answer is where its parent is; the rest are threads. Parents come first. */
function homesOf(nodes: readonly Node[], chains: ReturnType<typeof chainsOf>): Map<Node, Home> {
  const homes = new Map<Node, Home>()
  chains.forEach((drafts, index) => {
    for (const node of drafts.flatMap(draft => [...draft.members, ...draft.repeats])) homes.set(node, index)
  })
  const orphans = orphanGroups(nodes.filter(node => !node.parent && !isPosting(node)))
  for (const node of nodes) {
    if (homes.has(node)) continue
    const parent = node.parent ? homes.get(node.parent) : undefined
    homes.set(node, parent ?? orphans.get(node) ?? node.id)
  }
  return homes
}

/** Orphans that answer a common missing mail are one thread. */
function orphanGroups(roots: readonly Node[]): Map<Node, string> {
  const groupOf = new Map<MessageId, string>()
  const groups = new Map<Node, string>()
  for (const root of roots) {
    if (!root.ghost) continue
    const known = root.facts.references.map(id => groupOf.get(id)).find(group => group !== undefined)
    const group = known ?? root.id
    for (const id of root.facts.references) if (!groupOf.has(id)) groupOf.set(id, group)
    groups.set(root, group)
  }
  return groups
}
