// What says that two postings of one person are two changes, whatever they share: another branch or project, a revert,
// and the batches that maintainers send upwards, which repeat the patches of many.
import { shareOfSmaller } from './likeness.ts'
import { needs, type Outline, supersedes } from './outline.ts'
import { samePerson } from './person.ts'
import { differing, releaseNames, scopeWords } from './scope-words.ts'
import type { Draft } from './series.ts'
import { above, type Node } from './tree.ts'

/** What only all postings together show. */
export interface Habits {
  /** The batch that a posting is, or whose patch it sends again in the batch's own thread. */
  readonly batches: ReadonlyMap<Outline, Outline>
  /** Titles that were posted for several branches at one version. */
  readonly branched: ReadonlySet<string>
}

/** `postings` in their order. */
export const habitsOf = (postings: readonly Outline[]): Habits => ({
  batches: withParts(batchesOf(postings), postings),
  branched: branchedIn(postings),
})

/**
 * Asked before any evidence; only an equal change-id and its author's own word outweigh it. What has to be applied before
 * it is another change, whatever both touch.
 */
export function areApart(elder: Outline, younger: Outline, { batches, branched }: Habits): boolean {
  if (elder.changeId !== null && elder.changeId === younger.changeId) return false
  if (supersedes(younger, elder)) return false
  return (
    needs(younger, elder) ||
    isBatchApart(elder, younger, batches) ||
    isOtherScope(elder, younger, branched) ||
    isRevertOf(elder, younger) ||
    isOtherContent(elder, younger)
  )
}

/**
 * The batches among postings that stand in order: a pull request with patches from more than one earlier patchset, or of
 * which most were posted in none of them while some were. One that carries a single patchset is its revision.
 */
function batchesOf(postings: readonly Outline[]): ReadonlySet<Outline> {
  const batches = new Set<Outline>()
  postings.forEach((posting, index) => {
    if (!isPull(posting) || posting.patchTitles.length < 2) return
    const plain = postings.slice(0, index).filter(elder => !isPull(elder))
    const sources = sourcesOf(posting, plain)
    const [only] = sources
    if (sources.length > 1 || (only && !isMostly(posting, only))) batches.add(posting)
  })
  return batches
}

/** Each batch for itself, and for the single patches that were sent again below it. */
function withParts(
  batches: ReadonlySet<Outline>,
  postings: readonly Outline[],
): ReadonlyMap<Outline, Outline> {
  const whole = new Map([...batches].map(batch => [batch, batch]))
  if (batches.size === 0) return whole
  const holders = new Map(
    [...batches].flatMap(batch => batch.draft.members.map(mail => [mail, batch] as const)),
  )
  for (const posting of postings) {
    if (whole.has(posting) || posting.draft.patches.size !== 1) continue
    const batch = [...above(posting.head)].map(at => holders.get(at)).find(one => one !== undefined)
    // What another person sends there goes on with a posting of his own.
    if (batch && samePerson(posting.head.facts.sender, batch.head.facts.sender)) whole.set(posting, batch)
  }
  return whole
}

/** At least half of what it carries was in that posting. */
const isMostly = (batch: Outline, source: Outline): boolean => {
  const [titles, ids] = [new Set(source.patchTitles), new Set(source.patchIds)]
  const known = Math.max(
    batch.patchTitles.filter(title => titles.has(title)).length,
    batch.patchIds.filter(id => ids.has(id)).length,
  )
  return 2 * known >= batch.draft.patches.size
}

const isPull = ({ head }: Outline) => head.facts.pullRequest !== null || head.facts.subject.pull

/** Postings of different changes that hold a patch of the batch: revisions of one change count once. */
function sourcesOf(batch: Outline, plain: readonly Outline[]): Outline[] {
  const sources: Outline[] = []
  for (const posted of plain) {
    if (!haveCommon(batch, posted)) continue
    const known = sources.some(source => haveCommon(source, posted))
    if (!known) sources.push(posted)
  }
  return sources
}

const haveCommon = (a: Outline, b: Outline) => commonOf(a, b) > 0

/** The share of the smaller side's patches that the other has, by title or by content. */
const commonOf = (a: Outline, b: Outline): number =>
  Math.max(shareOfSmaller(a.patchTitles, b.patchTitles), shareOfSmaller(a.patchIds, b.patchIds))

/** The same of the larger side: one patch of two batches in common is no sign. */
const commonOfLarger = (a: Outline, b: Outline): number => {
  const [few, many] = [a, b].map(({ draft }) => draft.patches.size).sort((x, y) => x - y)
  return (commonOf(a, b) * (few ?? 0)) / Math.max(1, many ?? 1)
}

/**
 * A batch and a plain posting that it repeats are not revisions of each other, but a single patch of it may be sent again
 * in its thread, and is then of the batch alone, whatever version the plain posting comes to. Two pull requests with patches are revisions with a third of the patches in common, or as a raised
 * version in one thread: the same cover title stands over other patches month after month.
 */
function isBatchApart(elder: Outline, younger: Outline, batches: Habits['batches']): boolean {
  if (isPull(elder) && isPull(younger)) {
    if (elder.patchTitles.length < 2 || younger.patchTitles.length < 2) return false
    return (
      commonOfLarger(elder, younger) < 0.3 && !(younger.version > elder.version && isBelow(younger, elder))
    )
  }
  return batches.get(elder) !== batches.get(younger)
}

function isBelow(younger: Outline, elder: Outline): boolean {
  for (const at of above(younger.head)) if (elder.draft.members.includes(at)) return true
  return false
}

/**
 * Words of the bracket name the project or the branch a patch is for, on lists that serve several: `nf-next`, `libpump`,
 * `5.10`, `kirkstone`. Where both name one and they differ, two postings without a common path are two changes, and with
 * one an equal version is the same change for another branch. A release beside a bracket that names nothing is the
 * backport of a change.
 */
function isOtherScope(elder: Outline, younger: Outline, branched: ReadonlySet<string>): boolean {
  const [a, b] = [scopeOf(elder), scopeOf(younger)]
  const raised = younger.draft.version !== null && younger.version > elder.version
  const [only, other] = differing(a, b)
  if (only.length === 0 || other.length === 0) {
    const isBackport =
      [...only, ...other].some(isRelease) || (a.has('sru') !== b.has('sru') && a.size * b.size === 0)
    return isBackport && !raised && !younger.resend
  }
  if (shareOfSmaller(elder.paths, younger.paths) === 0) return true
  // Who moves a change from one tree to the other raises its version; where each tree or release got a posting of its own,
  // each has its own revisions, too, under whatever title they go on.
  if (only.some(isRelease) && other.some(isRelease)) return true
  if (branched.has(nameOf(younger)) || branched.has(nameOf(elder))) return true
  return !raised && !younger.resend
}

const nameOf = ({ title, patchTitles }: Outline): string => title || (patchTitles[0] ?? '')

function branchedIn(postings: readonly Outline[]): Set<string> {
  const branched = new Set<string>()
  const own = postings.filter(posting => !posting.resend)
  for (const [name, same] of Map.groupBy(own, nameOf)) {
    if (name === '') continue
    const scopes = same.map(posting => ({ version: posting.version, words: scopeOf(posting) }))
    const named = scopes.filter(({ words }) => words.size > 0).slice(0, branchesMax)
    const isBranched = named.some(({ version, words }, at) =>
      named
        .slice(at + 1)
        .some(
          other => other.version === version && differing(words, other.words).every(some => some.length > 0),
        ),
    )
    if (isBranched) branched.add(name)
  }
  return branched
}

/** Postings of one title that are compared. */
const branchesMax = 50

/**
 * Without a dotted version that is one. A cover may name the branches of several postings ("[N][J][PATCH 0/1]"): what its own
 * patches name is theirs.
 */
function scopeOf({ head, draft }: Outline): ReadonlySet<string> {
  const [first] = draft.patches.values()
  const own = first && first !== head ? wordsIn(first, draft) : new Set<string>()
  return own.size > 0 ? own : wordsIn(head, draft)
}

function wordsIn({ facts }: Node, { version }: Draft): ReadonlySet<string> {
  const { tags, dotted } = facts.subject
  const own = version !== null && version === dotted ? /^v\d+\.\d+$/i : null
  return scopeWords({ tags: tags.filter(tag => !own?.test(tag)) })
}

/** `5.10`, `6.6.y`, `openwrt-22.03`, `branch-2.17`, `stable`, `kirkstone`, `noble-next`. */
const isRelease = (word: string) =>
  /\d{1,4}\.\d{1,4}|stable|^lts/.test(word) || word.split(/[-_/:]/).some(part => releaseNames.has(part))

/** A revert is no revision of what it takes back, nor of the revert's own revert. */
const isRevertOf = (elder: Outline, younger: Outline): boolean => isRevert(elder) !== isRevert(younger)

const isRevert = ({ title, patchTitles }: Outline) =>
  patchTitles.length <= 1 && /^(?:re)*revert /.test(patchTitles[0] ?? title)

/** One cover title over other patches at the same version: where both sides have some, a patch must be on both. */
function isOtherContent(elder: Outline, younger: Outline): boolean {
  if (younger.version !== elder.version || younger.resend) return false
  if (elder.patchTitles.length < 2 || younger.patchTitles.length < 2) return false
  const common = commonOf(elder, younger)
  return common === 0 && !samePaths(elder, younger)
}

/** Retitled patches of one change still touch the same files, all of them. */
const samePaths = (elder: Outline, younger: Outline) =>
  samePerson(elder.head.facts.sender, younger.head.facts.sender) &&
  shareOfSmaller(elder.paths, younger.paths) === 1 &&
  shareOfSmaller(elder.lines, younger.lines) >= 0.5
