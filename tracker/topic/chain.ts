// Revisions -> patchsets: v1, v2 and a RESEND of one change belong together. Each revision looks for the best elder
// of the same person; a link needs evidence that fits the versions the mails claim.
import { limits } from '../../base/limits.ts'
import { DisjointSets } from './component.ts'
import { likeTitles, shareOfSmaller } from './likeness.ts'
import { samePerson } from './person.ts'
import { type Draft, isPosting } from './series.ts'
import { above, type Node } from './tree.ts'

/** Groups of drafts, each by said time; a draft without elder or younger is a group of its own. */
export function chainsOf(drafts: readonly Draft[]): Draft[][] {
  const profiles = drafts.map(profileOf).sort((a, b) => a.said - b.said || (a.head.id < b.head.id ? -1 : 1))
  const sets = new DisjointSets(profiles.length)
  profiles.forEach((younger, index) => {
    for (const elder of eldersOf(younger, profiles.slice(0, index))) sets.join(elder, index)
  })
  return [...Map.groupBy(profiles.keys(), index => sets.find(index)).values()].map(indexes =>
    indexes.flatMap(index => profiles[index]?.draft ?? []),
  )
}

interface Profile {
  readonly draft: Draft
  readonly head: Node
  readonly said: number
  readonly version: number
  /** Title of the cover, or of a lone patch; empty for a coverless series. */
  readonly title: string
  readonly patchTitles: readonly string[]
  readonly patchIds: readonly string[]
  readonly paths: readonly string[]
  readonly lines: readonly string[]
  readonly changeId: string | null
  readonly links: ReadonlySet<string>
  readonly resend: boolean
  /** Branch words of the prefix ("5.10", "stable"): the same fix for another branch is another change. */
  readonly branch: string
}

function profileOf(draft: Draft): Profile {
  const head = draft.cover ?? draft.members[0]
  if (!head) throw new Error('A revision has no mail')
  const patches = [...draft.patches.values()]
  const facts = patches.map(patch => patch.facts)
  const all = [head.facts, ...facts]
  return {
    draft,
    head,
    said: Math.min(...draft.members.map(member => member.said)),
    version: draft.version ?? 1,
    title: draft.cover ? draft.cover.facts.subject.key : draft.total === 1 ? head.facts.subject.key : '',
    patchTitles: facts.map(fact => fact.subject.key).filter(Boolean),
    patchIds: facts.map(fact => fact.patchId).filter(id => id !== null),
    paths: [...new Set(facts.flatMap(fact => fact.files.map(file => file.path)))],
    lines: [...new Set(facts.flatMap(fact => fact.files.flatMap(file => file.lines)))],
    changeId: all.find(fact => fact.changeId)?.changeId ?? null,
    links: new Set(all.flatMap(fact => fact.links)),
    resend: all.some(fact => fact.subject.resend),
    branch: branchOf(head),
  }
}

const branchOf = (head: Node) =>
  head.facts.subject.tags
    .filter(tag => /^(?:v?\d+\.\d+(?:\.\d+|\.y)?|.*stable.*|lts.*)$/i.test(tag))
    .join(' ')
    .toLowerCase()

/** The best elder, and every other one that is surely one too: a series may gather patches that were sent alone. */
function eldersOf(younger: Profile, elders: readonly Profile[]): number[] {
  const ranked = elders
    .map((elder, index) => ({ index, elder, points: evidence(elder, younger) }))
    .filter(({ elder, points }) => points >= pointsMin(elder, younger))
    .sort((a, b) => b.points - a.points || b.elder.said - a.elder.said)
  return ranked.filter(({ points }, place) => place === 0 || points >= surePoints).map(({ index }) => index)
}

/** An explicit v3 has a v2 somewhere: the next version down needs less to be believed. */
const pointsMin = (elder: Profile, younger: Profile) => (younger.version === elder.version + 1 ? 1.5 : 2)
const surePoints = 3

/** Points for "the younger is a new posting of the elder"; two are enough. */
function evidence(elder: Profile, younger: Profile): number {
  if (elder.changeId !== null && elder.changeId === younger.changeId) return 10
  if (!samePerson(elder.head.facts.sender, younger.head.facts.sender))
    return takenOver(elder, younger) ? 2 : 0
  if (elder.branch !== younger.branch || younger.said - elder.said > limits.revisionDaysMax * 86_400_000)
    return 0
  const versions = versionPoints(elder, younger)
  if (versions < 0) return 0
  return versions + textPoints(elder, younger) + threadPoints(elder, younger)
}

/** Another person's posting goes on with the change when it answers it and is its next version by a shared title. */
function takenOver(elder: Profile, younger: Profile): boolean {
  if (younger.version !== elder.version + 1 || threadPoints(elder, younger) < 0.5) return false
  return shareOfSmaller(allTitles(elder), allTitles(younger)) > 0
}

/** A higher version supports a link; the same one speaks against it unless it is a RESEND or an exact repost. */
function versionPoints(elder: Profile, younger: Profile): number {
  if (younger.version === elder.version + 1) return 0.9
  if (younger.version > elder.version) return 0.7
  if (younger.version < elder.version) return younger.draft.version === null && younger.resend ? 0 : -1
  return younger.resend ? 0.5 : 0
}

function textPoints(elder: Profile, younger: Profile): number {
  const titles = shareOfSmaller(allTitles(elder), allTitles(younger))
  const ids = shareOfSmaller(elder.patchIds, younger.patchIds)
  const paths = shareOfSmaller(elder.paths, younger.paths)
  const lines = paths > 0 ? shareOfSmaller(elder.lines, younger.lines) : 0
  let points = 0
  if (elder.title !== '' && elder.title === younger.title) points += 1.5
  if (titles > 0) points += titles >= 0.5 ? 1.2 : 0.6
  else if (paths > 0 && fuzzyTitles(elder, younger) >= 0.5) points += 0.7
  if (ids > 0) points += 1
  if (lines >= 0.25) points += lines >= 0.5 ? 1 : 0.5
  if (paths === 1 && younger.said - elder.said < 30 * 86_400_000) points += 0.4
  return points
}

/** The share of titles that are like one of the other side. */
function fuzzyTitles(elder: Profile, younger: Profile): number {
  const [few, many] = [allTitles(elder), allTitles(younger)].sort((a, b) => a.length - b.length)
  if (!few?.length || !many) return 0
  return few.filter(title => many.some(other => likeTitles(title, other))).length / few.length
}

/** In reply to the elder's mails, or a link to them: strong for a higher version, nothing alone for a first one. */
function threadPoints(elder: Profile, younger: Profile): number {
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

const allTitles = (profile: Profile) => [...new Set([profile.title, ...profile.patchTitles].filter(Boolean))]
