// A patch that a followed branch holds. Which commit is which patch is a pure question about the two; what the commit
// means for the state of a patch or a bug is in patch-landing.ts and bug-fixes.ts, at the commit's own time, so that it does
// not matter whether the mail or the commit was seen first.
import { limits } from '../../base/limits.ts'
import type { MailFacts, Person, TrailerFact } from '../mail/facts.ts'
import { bugRefs, type CommitFacts } from './commit.ts'
import { likeTitles, type Sketch, shareOfSmaller } from './likeness.ts'

export interface Landing {
  readonly commit: string
  readonly branch: string
  /** The first release that contains it, when there is one. */
  readonly release: string | null
  /** Committer's time, milliseconds. */
  readonly at: number
  /** The committer. */
  readonly by: Person
  readonly how: 'message-id' | 'patch-id' | 'title' | 'pull-request' | 'closes'
  /** The commit is not the patch as it was posted. */
  readonly changed: boolean
  /** The commit that took it back, the one that took that back, and so on; oldest first. */
  readonly turns: readonly LandingTurn[]
}

interface LandingTurn {
  readonly commit: string
  readonly at: number
  readonly by: Person
}

/** What is said of a commit that a mail names: the followed branch that holds it, or null. */
export interface NamedCommit {
  readonly branch: string | null
}

/** A patch as the question needs it. */
export interface Landable {
  readonly messageId: string
  readonly sketch: Sketch | null
  readonly patchId: string | null
  /** Of a pull request: the commit it asks to pull. */
  readonly head: string | null
  readonly trailers: readonly TrailerFact[]
}

export interface Landed {
  readonly patch: Landable
  readonly how: Exclude<Landing['how'], 'closes'>
  readonly changed: boolean
}

/**
 * The patches that a commit is: all that its Message-ID names and that fit (a squash names several), else the one with
 * its patch-id, else the one with its title, author and changes. `author`: keys of the commit's author, .mailmap applied.
 */
export function landedBy(
  commit: CommitFacts,
  author: readonly string[],
  patches: readonly Landable[],
): Landed[] {
  const named = patches.filter(patch => isNamed(commit, author, patch))
  if (named.length > 0)
    return named.map(patch => ({ patch, how: 'message-id', changed: isChanged(commit, patch) }))
  const pulled = patches.filter(({ head }) => head === commit.id)
  if (pulled.length > 0) return pulled.map(patch => ({ patch, how: 'pull-request', changed: false }))
  const inTime = patches.filter(({ sketch }) => sketch && postedInTime(sketch, commit))
  const same = nearest(
    commit,
    inTime.filter(({ patchId }) => patchId && commit.patchIds.includes(patchId)),
  )
  if (same) return [{ patch: same, how: 'patch-id', changed: false }]
  const like = nearest(
    commit,
    inTime.filter(patch => isReworked(commit, author, patch)),
  )
  return like ? [{ patch: like, how: 'title', changed: isChanged(commit, like) }] : []
}

/** The Message-IDs and `#n` of the bugs that are closed when a commit with these patches lands. */
export const closedBy = (commit: CommitFacts, landed: readonly Landed[]): string[] => [
  ...new Set([
    ...commit.closes,
    ...landed.flatMap(({ patch }) => bugRefs(patch.trailers.map(({ key, value }) => `${key}: ${value}`))),
  ]),
]

/** The keys under which a commit is looked for; a mail's are `landingKeys` and its sketch's hints. */
export const commitKeys = (commit: CommitFacts): string[] => [
  ...[...commit.mails, ...commit.links].map(id => `m ${id}`),
  ...commit.patchIds.map(id => `p ${id}`),
  ...(commit.key === '' ? [] : [`t ${commit.key}`]),
  ...commit.closes.map(ref => `b ${ref}`),
  ...commit.reverts.map(id => `r ${id.slice(0, idStart)}`),
]

/** Ids are abbreviated; people write seven digits, git more of them in a revert. */
export const idStart = 7

/** Under which the mails are found that a commit may concern, beside Message-ID and title. */
export function landingKeys(facts: MailFacts): string[] {
  const named = namedCommit(facts)
  return [
    ...(facts.posting === 'patch' && facts.patchId ? [`p ${facts.patchId}`] : []),
    ...(facts.pullRequest?.head ? [`h ${facts.pullRequest.head.slice(0, idStart)}`] : []),
    ...(named ? [`a ${named.slice(0, idStart)}`] : []),
  ]
}

/** The commit that a mail says a patch became: "Applied as 1a2b3c4d5e", or the reason behind `accepted`. */
export function namedCommit(facts: MailFacts): string | null {
  if (facts.applied) return facts.applied.commit
  const accepting = facts.tags
    .filter(tag => tag.tag === 'Patch-Status')
    .filter(({ state }) => state === 'accepted')
  const commit = accepting.find(tag => tag.commit !== undefined)?.commit
  if (commit !== undefined) return commit.toLowerCase()
  const text = accepting.map(({ reason = '' }) => reason).join(' ')
  return text.match(/\b(?=\d{0,63}[a-f])([0-9a-f]{10,64})\b/)?.[1] ?? null
}

/** Twelve digits, as the kernel's documents ask for. */
const shortCommit = (commit: string): string => commit.slice(0, 12)

/** "main as 1a2b3c4d5e6f (v1.2)" */
export const placeOf = ({
  branch,
  commit,
  release,
}: Pick<Landing, 'branch' | 'commit' | 'release'>): string =>
  `${branch} as ${shortCommit(commit)}${release === null ? '' : ` (${release})`}`

/** The commit of a step, for the history. */
export const commitOf = ({ commit, landing }: LandingEvent) => ({
  id: commit,
  branch: landing.branch,
  // The release holds the commit that landed; when the one that took it back came is not looked for.
  release: commit === landing.commit ? landing.release : null,
})

/** "main as 1a2b3c4d5e6f" of a step. */
export function stepPlace(event: LandingEvent): string {
  const { id, branch, release } = commitOf(event)
  return placeOf({ commit: id, branch, release })
}

/** Is it in, all turns counted? */
export const isIn = ({ turns }: Landing): boolean => turns.length % 2 === 0

/** A step in the story of a patch or a bug. */
export interface LandingEvent {
  readonly what: 'landed' | 'reverted' | 'landed again'
  readonly at: number
  readonly by: Person
  readonly landing: Landing
  /** The commit of this step. */
  readonly commit: string
  /** Another landing holds it still. */
  readonly elsewhere: boolean
}

/** The steps of one patch's landings by time; nothing happens before `from`, when the mail was written. */
export function eventsOf(landings: readonly Landing[], from: number): LandingEvent[] {
  const events = landings
    .flatMap(landing =>
      [{ commit: landing.commit, at: landing.at, by: landing.by }, ...landing.turns].map((step, index) => ({
        what:
          index === 0
            ? ('landed' as const)
            : index % 2 === 1
              ? ('reverted' as const)
              : ('landed again' as const),
        ...step,
        at: Math.max(step.at, landing.at, from),
        landing,
        index,
      })),
    )
    .sort(
      (a, b) => a.at - b.at || a.index - b.index || (a.commit < b.commit ? -1 : a.commit > b.commit ? 1 : 0),
    )
  const holding = new Set<Landing>()
  return events.map(({ index, ...event }) => {
    if (event.what === 'reverted') holding.delete(event.landing)
    else holding.add(event.landing)
    return { ...event, elsewhere: [...holding].some(one => one !== event.landing) }
  })
}

/** A `Message-ID:` trailer says so; a `Link:` may name any mail, so the patch must look like the commit. */
function isNamed(
  commit: CommitFacts,
  author: readonly string[],
  { messageId, sketch, patchId }: Landable,
): boolean {
  if (!sketch) return false
  if (commit.mails.includes(messageId)) return true
  if (!commit.links.includes(messageId)) return false
  if (patchId && commit.patchIds.includes(patchId)) return true
  if (commit.key !== '' && commit.key === sketch.title) return true
  const shared = commit.paths.some(path => sketch.paths.includes(path))
  const person = sketch.persons.some(key => author.includes(key))
  return (
    shared &&
    ((person && likeTitles(commit.key, sketch.title)) || shareOfSmaller(sketch.lines, commit.lines) >= 0.5)
  )
}

/** The same title by the same person, and half of the smaller one's changed lines; where there are none, of its paths. */
function isReworked(commit: CommitFacts, author: readonly string[], { sketch }: Landable): boolean {
  if (!sketch || commit.key === '' || commit.key !== sketch.title) return false
  if (!sketch.persons.some(key => author.includes(key))) return false
  if (sketch.lines.length > 0 && commit.lines.length > 0)
    return shareOfSmaller(sketch.lines, commit.lines) >= 0.5
  return sketch.lines.length === commit.lines.length && shareOfSmaller(sketch.paths, commit.paths) >= 0.5
}

/** Another context or another way to write a rename gives another patch-id for the same changed lines. */
function isChanged(commit: CommitFacts, { patchId, sketch }: Landable): boolean {
  if (patchId && commit.patchIds.includes(patchId)) return false
  return !sketch || sketch.lines.length === 0 || sketch.lines.join() !== commit.lines.join()
}

/** Some post what they have committed already; a mail of years later is another matter. */
const postedInTime = ({ said }: Sketch, { at }: CommitFacts) =>
  said - at < limits.postedAfterCommitDaysMax * 86_400_000 && at - said < limits.revisionDaysMax * 86_400_000

/** The newest that was posted before the commit, else the first after it. */
function nearest(commit: CommitFacts, patches: readonly Landable[]): Landable | undefined {
  const bySaid = patches
    .map(patch => ({ patch, said: patch.sketch?.said ?? 0 }))
    .sort((a, b) => a.said - b.said || (a.patch.messageId < b.patch.messageId ? -1 : 1))
  return (bySaid.findLast(({ said }) => said <= commit.at) ?? bySaid[0])?.patch
}
