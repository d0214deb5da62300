// Lines by which people mend how revisions were put together: `Link-Revision: <id>` in an answer to a posting (or in the
// posting) says that both are revisions of one change, `Unlink-Revision: <id>` that they are not. They are judged before
// the chains are made, from all mails that are folded together, and outweigh whatever the postings look like: no list has
// a custom by which its own people are wrong about that.
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { type Asker, linkRefusal, type Refusal, roleOf } from './authority.ts'
import { DisjointSets } from './component.ts'
import { wordsAt } from './history.ts'
import type { LineOf } from './lines.ts'
import type { Rules } from './rules.ts'
import { changesOf, filesOf } from './scope.ts'
import { type Draft, postingAt } from './series.ts'
import { heardAs, type SpeakingMail } from './speaking-mail.ts'
import type { Node } from './tree.ts'
import { type Undoing, undoingIn } from './undo.ts'

type Line = LineOf<'Link-Revision' | 'Unlink-Revision'>

/** Two postings, and whether they are revisions of one change. */
export interface Mended {
  readonly linked: boolean
  readonly drafts: readonly [Draft, Draft]
}

export interface Mending {
  /** What holds; no two contradict each other. */
  readonly all: readonly Mended[]
  /** Why this line of the mail has no effect; null when it has. */
  refusal(mail: MessageId, line: Line): Refusal | null
  /** Whether a mail that mends was taken back is known to all topics alike, since it decides which mail is in which. */
  over(undoing: Undoing): Undoing
}

interface Wish extends Mended {
  readonly mail: Node
  readonly line: Line
  readonly decided: boolean
}

/** `drafts` of all `nodes`. */
export function mendingOf(nodes: readonly Node[], drafts: readonly Draft[], rules: Rules): Mending {
  const speakers = nodes.filter(node => node.facts.tags.some(isMending))
  if (speakers.length === 0) return nothingMended
  const draftOf = new Map(
    drafts.flatMap(draft => [...draft.members, ...draft.repeats].map(member => [member.id, draft] as const)),
  )
  const undoing = undoingAmong(nodes, draftOf, rules)
  const mending = new Set(speakers.map(({ id }) => id))
  const refusals = new Map<string, Refusal>()
  const wishes: Wish[] = []
  for (const mail of speakers)
    for (const line of mail.facts.tags.filter(isMending)) {
      const wish = wishOf(mail, line, draftOf, rules)
      if ('reason' in wish) refusals.set(keyOf(mail.id, line), wish)
      else if (undoing.by(mail) === undefined) wishes.push(wish)
    }
  const kept = withoutContradictions(wishes)
  for (const wish of wishes)
    if (!kept.includes(wish)) refusals.set(keyOf(wish.mail.id, wish.line), contradicted)
  return {
    all: kept,
    refusal: (mail, line) => refusals.get(keyOf(mail, line)) ?? null,
    over: own => ({
      by: mail => (mending.has(mail.id) ? undoing : own).by(mail),
      refusal: (mail, id) => (mending.has(id) ? undoing : own).refusal(mail, id),
    }),
  }
}

const nothingMended: Mending = { all: [], refusal: () => null, over: undoing => undoing }

const contradicted: Refusal = { reason: 'another line, which counts more or came later, says otherwise' }

const isMending = (tag: Node['facts']['tags'][number]): tag is Line =>
  tag.tag === 'Link-Revision' || tag.tag === 'Unlink-Revision'

const keyOf = (mail: MessageId, line: Line) => `${line.tag} ${mail} ${line.mail}`

type Drafts = ReadonlyMap<MessageId, Draft>

/** Who asks about a posting. */
function askerOf(mail: SpeakingMail, draft: Draft | undefined, rules: Rules): Asker {
  const changes = changesOf(draft)
  return {
    mail,
    rules,
    original: draft?.cover ?? changes[0] ?? mail,
    files: filesOf(changes),
    decided: false,
  }
}

/** Who takes such a mail back may stand in any of the threads: what it said decides whether they are one topic. */
function undoingAmong(nodes: readonly Node[], draftOf: Drafts, rules: Rules): Undoing {
  const placed = nodes.filter(node => node.facts.tags.length > 0 && postingAt(node) !== null)
  return undoingIn(placed, mail => askerOf(mail, draftAt(nodeOf(mail, placed), draftOf), rules))
}

const nodeOf = ({ id }: SpeakingMail, nodes: readonly Node[]) => nodes.find(node => node.id === id)

function draftAt(node: Node | undefined, draftOf: Drafts): Draft | undefined {
  const posting = node && postingAt(node)
  return posting ? draftOf.get(posting.id) : undefined
}

/** Both postings must be here, and its sender one who may say so of both. */
function wishOf(mail: Node, line: Line, draftOf: Drafts, rules: Rules): Wish | Refusal {
  const [own, other] = [draftAt(mail, draftOf), draftOf.get(line.mail)]
  if (!own) return { reason: 'it answers no patch' }
  if (!other) return { reason: `no patch or cover letter of this list is <${line.mail}>` }
  if (own === other) return { reason: 'it names the revision that it answers' }
  const askers = [own, other].map(draft => askerOf(heardAs(mail, line), draft, rules))
  const refusal = askers.map(asker => linkRefusal(line.tag, asker)).find(one => one !== null)
  if (refusal) return refusal
  const linked = line.tag === 'Link-Revision'
  const decided = askers.every(asker => roleOf(asker, 'author') === 'maintainer')
  return { mail, line, linked, drafts: [own, other], decided }
}

/** A maintainer's word before an author's, the later before the earlier; what contradicts those before it is left out. */
function withoutContradictions(wishes: readonly Wish[]): Wish[] {
  const ranked = wishes.toSorted(
    (a, b) =>
      Number(b.decided) - Number(a.decided) ||
      wordsAt(b.mail) - wordsAt(a.mail) ||
      (keyOf(a.mail.id, a.line) < keyOf(b.mail.id, b.line) ? -1 : 1),
  )
  const places = new Map([...new Set(ranked.flatMap(({ drafts }) => drafts))].map((one, at) => [one, at]))
  const sets = new ApartSets(places.size)
  return ranked.slice(0, limits.mendedMax).filter(({ linked, drafts: [a, b] }) => {
    const [x, y] = [places.get(a) ?? 0, places.get(b) ?? 0]
    return linked ? sets.join(x, y) : sets.part(x, y)
  })
}

/** Sets that stay apart once it was said that two of them are no one. */
export class ApartSets {
  readonly #sets: DisjointSets
  readonly #apart: (readonly [number, number])[] = []

  constructor(size: number) {
    this.#sets = new DisjointSets(size)
  }

  find(item: number): number {
    return this.#sets.find(item)
  }

  /** Answers whether they are one now. */
  join(a: number, b: number): boolean {
    const [x, y] = [this.find(a), this.find(b)]
    if (x === y) return true
    for (const [one, other] of this.#apart) {
      const [p, q] = [this.find(one), this.find(other)]
      if ((p === x && q === y) || (p === y && q === x)) return false
    }
    this.#sets.join(a, b)
    return true
  }

  /** Answers whether they are apart, and then stay so. */
  part(a: number, b: number): boolean {
    if (this.find(a) === this.find(b)) return false
    this.#apart.push([a, b])
    return true
  }
}
