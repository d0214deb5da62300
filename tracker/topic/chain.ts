// Revisions -> patchsets: v1, v2 and a RESEND of one change belong together. Each revision looks for the best elder
// of the same person; a link needs evidence that fits the versions the mails claim. What says that two are different
// changes (apart.ts) is asked first.
import { limits } from '../../base/limits.ts'
import { areApart, habitsOf } from './apart.ts'
import { likeTitles, shareOfSmaller } from './likeness.ts'
import { ApartSets, type Mended } from './mending.ts'
import { type Outline, outlineOf, supersedes } from './outline.ts'
import { samePerson } from './person.ts'
import { type Draft, isPosting, titleIn } from './series.ts'
import { above } from './tree.ts'

/** Groups of drafts, each by said time; a draft without elder or younger is a group of its own. `mended`: what people said of it. */
export function chainsOf(drafts: readonly Draft[], mended: readonly Mended[] = []): Draft[][] {
  readDottedVersions(drafts)
  const postings = drafts.map(outlineOf).sort(inOrder)
  const habits = habitsOf(postings)
  const sets = setsAsMended(postings, mended)
  postings.forEach((younger, index) => {
    const elders = postings.slice(0, index).map(elder => (areApart(elder, younger, habits) ? null : elder))
    for (const elder of eldersOf(younger, elders)) sets.join(elder, index)
  })
  return [...Map.groupBy(postings.keys(), index => sets.find(index)).values()].map(indexes =>
    indexes.flatMap(index => postings[index]?.draft ?? []),
  )
}

/** Joined and parted before anything is compared. */
function setsAsMended(postings: readonly Outline[], mended: readonly Mended[]): ApartSets {
  const sets = new ApartSets(postings.length)
  if (mended.length === 0) return sets
  const places = new Map(postings.map(({ draft }, at) => [draft, at]))
  // All links first: what is apart is apart from all that is linked to it.
  for (const { linked, drafts } of mended.toSorted((a, b) => Number(b.linked) - Number(a.linked))) {
    const [a = 0, b = 0] = drafts.map(draft => places.get(draft) ?? 0)
    if (!linked) sets.part(a, b)
    else {
      sets.join(a, b)
      postings[Math.max(a, b)]?.draft.replaces.add(drafts[a > b ? 1 : 0])
    }
  }
  return sets
}

/**
 * Said time; a clock that was ahead makes answers as late as what they answer, and then the thread decides, the version,
 * and last the id.
 */
const inOrder = (a: Outline, b: Outline): number =>
  a.said - b.said || a.head.depth - b.head.depth || a.version - b.version || (a.head.id < b.head.id ? -1 : 1)

/** `v11.1` is a version when a v11 or v10 of that person stands beside it; `v5.10` without such a one is a branch. */
function readDottedVersions(drafts: readonly Draft[]): void {
  for (const draft of drafts) {
    const head = draft.cover ?? draft.members[0]
    const dotted = head?.facts.subject.dotted
    if (!head || dotted === undefined || draft.version !== null) continue
    const beside = drafts.some(
      other =>
        other !== draft &&
        (other.version === dotted || other.version === dotted - 1) &&
        other.members.some(member => samePerson(member.facts.sender, head.facts.sender)),
    )
    if (beside) draft.version = dotted
  }
}

/** The best elder, and every other one that is surely one too: a series may gather patches that were sent alone. */
function eldersOf(younger: Outline, elders: readonly (Outline | null)[]): number[] {
  const ranked = elders
    .flatMap((elder, index) => (elder ? [{ index, elder, points: evidence(elder, younger) }] : []))
    .filter(({ elder, points }) => points >= pointsMin(elder, younger))
    .sort((a, b) => b.points - a.points || b.elder.said - a.elder.said || b.index - a.index)
  return ranked.filter(({ points }, place) => place === 0 || points >= surePoints).map(({ index }) => index)
}

/** An explicit v3 has a v2 somewhere: the next version down needs less to be believed. */
const pointsMin = (elder: Outline, younger: Outline) => (younger.version === elder.version + 1 ? 1.5 : 2)
const surePoints = 3

/** Points for "the younger is a new posting of the elder"; two are enough. */
function evidence(elder: Outline, younger: Outline): number {
  if (elder.changeId !== null && elder.changeId === younger.changeId) return 10
  if (!samePerson(elder.head.facts.sender, younger.head.facts.sender))
    return takenOver(elder, younger) || sentOn(elder, younger) ? 2 : 0
  // Its author says so, of a posting of his own; a stranger who says it of another's changes nothing.
  if (supersedes(younger, elder)) return 10
  if (younger.said - elder.said > limits.revisionDaysMax * 86_400_000) return 0
  const versions = versionPoints(elder, younger)
  if (versions < 0) return 0
  return versions + textPoints(elder, younger) + threadPoints(elder, younger)
}

/** Another person's posting goes on with the change when it answers it and is its next version by a shared title. */
function takenOver(elder: Outline, younger: Outline): boolean {
  if (younger.version !== elder.version + 1 || threadPoints(elder, younger) < 0.5) return false
  return shareOfSmaller(allTitles(elder), allTitles(younger)) > 0
}

/**
 * Another person sends on what the elder's sender wrote: git's in-body From names him, the version is raised, and a title or
 * a link says what it goes on with. At one version it is a copy for another tree, or a batch.
 */
function sentOn(elder: Outline, younger: Outline): boolean {
  if (younger.version <= elder.version) return false
  if (younger.said - elder.said > limits.revisionDaysMax * 86_400_000) return false
  const patches = [...younger.draft.patches.values()]
  const written = patches.filter(({ facts }) => samePerson(facts.author, elder.head.facts.sender))
  if (written.length === 0 || 2 * written.length < patches.length) return false
  const linked = elder.draft.members.some(({ id }) => younger.links.has(id))
  if (!linked && shareOfSmaller(allTitles(elder), allTitles(younger)) < 0.5) return false
  return elder.paths.length === 0 || shareOfSmaller(elder.paths, younger.paths) > 0
}

/** A higher version supports a link; the same one speaks against it unless it is a RESEND or an exact repost. */
function versionPoints(elder: Outline, younger: Outline): number {
  if (younger.version === elder.version + 1) return 0.9
  if (younger.version > elder.version) return 0.7
  if (younger.version < elder.version) return younger.draft.version === null && younger.resend ? 0 : -1
  return younger.resend ? 0.5 : 0
}

function textPoints(elder: Outline, younger: Outline): number {
  const titles = shareOfSmaller(allTitles(elder), allTitles(younger))
  const ids = shareOfSmaller(elder.patchIds, younger.patchIds)
  const paths = shareOfSmaller(elder.paths, younger.paths)
  const lines = paths > 0 ? linesInCommon(elder, younger, titles) : 0
  let points = 0
  if (elder.title !== '' && elder.title === younger.title) points += 1.5
  if (titles > 0) points += titles >= 0.5 ? 1.2 : 0.6
  else if (paths > 0 && fuzzyTitles(elder, younger) >= 0.5) points += 0.7
  if (ids > 0) points += 1
  if (lines >= 0.25) points += lines >= 0.5 ? 1 : 0.5
  if (paths === 1 && younger.said - elder.said < 30 * 86_400_000) points += 0.4
  return points
}

/** One equal line of two is a habit of the language; it is likeness where a title or a raised version says so, too. */
function linesInCommon(elder: Outline, younger: Outline, titles: number): number {
  const few = Math.min(elder.lines.length, younger.lines.length) < fewLines
  if (few && titles === 0 && younger.version <= elder.version) return 0
  return shareOfSmaller(elder.lines, younger.lines)
}

const fewLines = 5

/** The share of titles that are like one of the other side. */
function fuzzyTitles(elder: Outline, younger: Outline): number {
  const [few, many] = [deedsOf(elder), deedsOf(younger)].sort((a, b) => a.length - b.length)
  if (!few?.length || !many) return 0
  return few.filter(title => many.some(other => likeTitles(title, other))).length / few.length
}

/** In reply to the elder's mails, or a link to them: strong for a higher version, nothing alone for a first one. */
function threadPoints(elder: Outline, younger: Outline): number {
  const members = new Set(elder.draft.members)
  let points = 0
  for (const at of above(younger.head)) {
    if (members.has(at)) points = younger.version > elder.version ? 1.2 : 0.5
    // Another posting in between means the answer is to that one.
    if (isPosting(at)) break
  }
  if (elder.draft.members.some(member => younger.links.has(member.id))) points += 1.2
  return points
}

/** The title of the cover counts once, by itself. */
const allTitles = (posted: Outline): readonly string[] =>
  posted.patchTitles.length > 0 ? posted.patchTitles : [posted.title].filter(Boolean)

const deedsOf = (posted: Outline): readonly string[] => [
  ...new Set([...(posted.draft.cover ? [titleIn(posted.head).deed] : []), ...posted.deeds].filter(Boolean)),
]
