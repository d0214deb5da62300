// A plain cover that a relay parted from its patches: their In-Reply-To names an id that never came, and its subject has no
// bracket by which series.ts could know it. It still says which patches it is over, for git's shortlog of them stands in it, or
// their titles as people list them.
import { plainTitle } from '../mail/subject.ts'
import { byHandMs } from './likeness.ts'
import { samePerson } from './person.ts'
import { type Draft, isPosting, putCover, titleIn } from './series.ts'
import type { Node } from './tree.ts'

/** Gives revisions without a cover the letter that lists them. Of two that are as near none is taken. */
export function coverListed(drafts: readonly Draft[], nodes: readonly Node[]): void {
  const letters = nodes.filter(node => node.facts.listed !== undefined && !isPosting(node))
  if (letters.length === 0) return
  const pairs = drafts
    .filter(lacksCover)
    .flatMap(draft => letters.filter(letter => lists(letter, draft)).map(letter => pairOf(draft, letter)))
  const [ofDraft, ofLetter] = [
    nearestBy(pairs, ({ draft }) => draft),
    nearestBy(pairs, ({ letter }) => letter),
  ]
  for (const pair of pairs)
    if (ofDraft.get(pair.draft) === pair && ofLetter.get(pair.letter) === pair)
      putCover(pair.draft, pair.letter)
}

/** What its first patch answers is not here, or that answers nothing; below a mail that is here series.ts has decided. */
function lacksCover(draft: Draft): boolean {
  const head = headOf(draft)
  if (draft.cover !== null || head === undefined) return false
  return head.parent === null || head.parent.id !== head.facts.references[0]
}

const headOf = ({ patches }: Draft): Node | undefined => patches.get(Math.min(...patches.keys()))

/**
 * The same sender within the hour, as series.ts has it for a plain cover that was not parted, and a version that is not another
 * one. Nobody writes down the titles of his patches at that time in a letter about something else; a reminder, a
 * maintainer's notice or the news of a release come later, or from others.
 */
function lists(letter: Node, draft: Draft): boolean {
  const head = headOf(draft)
  return (
    head !== undefined &&
    samePerson(letter.facts.sender, head.facts.sender) &&
    apart(draft, letter) < byHandMs &&
    versionsAgree(draft.version, versionOf(letter)) &&
    areListed(draft, letter.facts.listed ?? [])
  )
}

const versionsAgree = (a: number | null, b: number | null): boolean => a === b || a === null || b === null

/**
 * All titles, or all but one: a patch gets another title in the last minute, and one in hundreds is lost on the way. Who
 * lists more than twice as many speaks of his patches in general, unless each patch says that there are so many. A lone
 * patch must be all that is listed, and must have lost what it answers.
 */
function areListed({ patches, total }: Draft, listed: readonly string[]): boolean {
  const titles = [...patches.values()].map(patch => titleIn(patch).key)
  const found = titles.filter(title => listed.includes(title)).length
  if (titles.length === 1 && total <= 1)
    return found === 1 && listed.length === 1 && [...patches.values()].every(({ ghost }) => ghost !== null)
  return found > 1 && found >= titles.length - 1 && (listed.length === total || listed.length <= 2 * found)
}

interface Pair {
  readonly draft: Draft
  readonly letter: Node
  /** How far they are from each other. */
  readonly far: number
}

/** Of two versions with the same titles the one that both name is nearer than any other, then time decides. */
const pairOf = (draft: Draft, letter: Node): Pair => ({
  draft,
  letter,
  far: apart(draft, letter) + (draft.version !== null && draft.version === versionOf(letter) ? 0 : byHandMs),
})

/** None where two are as near. A run of a thousand mails has a thousand letters and revisions, so each pair is looked at once. */
function nearestBy<Key>(pairs: readonly Pair[], key: (pair: Pair) => Key): ReadonlyMap<Key, Pair | null> {
  const nearest = new Map<Key, Pair | null>()
  const least = new Map<Key, number>()
  for (const pair of pairs) {
    const far = least.get(key(pair)) ?? Number.POSITIVE_INFINITY
    if (pair.far > far) continue
    nearest.set(key(pair), pair.far < far ? pair : null)
    least.set(key(pair), pair.far)
  }
  return nearest
}

const apart = (draft: Draft, letter: Node): number =>
  Math.abs((headOf(draft)?.facts.said ?? 0) - letter.facts.said)

const versionOf = ({ facts: { subject } }: Node): number | null =>
  subject.version ?? plainTitle(subject.title).version
