// One cover letter over postings for several branches: "[SRU][N][J][PATCH 0/1]" heads a patch for noble and one for jammy, and
// each branch has a patchset of its own. What answers the cover speaks of all of them, or of the branches that it names.
import { samePerson } from './person.ts'
import { releaseNames, scopeWords } from './scope-words.ts'
import { type Draft, isPosting, postingAt } from './series.ts'
import type { Trailer } from './topic.ts'
import type { Node } from './tree.ts'

/** What a patchset hears beside its own mails. */
export interface Heard {
  /** All that speak to its patches, in order of said time; as they speak to these. */
  readonly mails: readonly Node[]
  /** Answers to a cover that another patchset holds. */
  readonly others: readonly Node[]
}

/** By the place of its chain; those that share no cover have none. `mailsOf`: the mails of a chain, in order. */
export function heardOf(
  chains: readonly (readonly Draft[])[],
  mailsOf: (chain: number) => readonly Node[],
): ReadonlyMap<number, Heard> {
  const shared = sharedCovers(chains)
  const heard = new Map<number, Heard>()
  for (const [chain, drafts] of chains.entries()) {
    const below = new Map([...shared].filter(([, { parts }]) => parts.some(part => drafts.includes(part))))
    if (below.size === 0) continue
    const own = mailsOf(chain)
    const homes = new Set([...below.values()].map(({ home }) => home).filter(home => home !== chain))
    const others = [...homes].flatMap(home => mailsOf(home).filter(mail => answers(mail, below)))
    const mails = [...own, ...others].map(mail => asSaid(mail, below, drafts, !own.includes(mail)))
    heard.set(chain, { mails: mails.toSorted((a, b) => a.said - b.said || (a.id < b.id ? -1 : 1)), others })
  }
  return heard
}

/** The trailers among these answers, as given on the patches of a revision below the cover that they answer. */
export const trailersBelow = (trailers: readonly Trailer[], drafts: readonly Draft[]): Trailer[] =>
  trailers.flatMap(trailer => {
    const draft = drafts.find(one => one.cover === null && headOf(one)?.parent?.id === trailer.on)
    const head = draft && headOf(draft)
    return head ? [{ ...trailer, on: head.id, whole: true as const, shared: true as const }] : []
  })

interface Shared {
  /** The chain that holds the cover. */
  readonly home: number
  /** All postings that it heads. */
  readonly parts: readonly Draft[]
}

function sharedCovers(chains: readonly (readonly Draft[])[]): ReadonlyMap<Node, Shared> {
  const covers = new Map<Node, { home: number; draft: Draft }>()
  for (const [home, drafts] of chains.entries())
    for (const draft of drafts) if (draft.cover) covers.set(draft.cover, { home, draft })
  const shared = new Map<Node, { home: number; parts: Draft[] }>()
  for (const [chain, drafts] of chains.entries())
    for (const draft of drafts) {
      const head = draft.cover === null ? headOf(draft) : undefined
      const cover = head?.parent ? covers.get(head.parent) : undefined
      if (!head?.parent || !cover || cover.home === chain) continue
      // Another branch is what makes it another patchset; a patch of another change below a cover is none of it.
      if (!samePerson(head.facts.sender, head.parent.facts.sender) || !isNamed(draft, head.parent)) continue
      const known = shared.get(head.parent) ?? { home: cover.home, parts: [cover.draft] }
      known.parts.push(draft)
      shared.set(head.parent, known)
    }
  return shared
}

const headOf = (draft: Draft): Node | undefined => draft.patches.get(Math.min(...draft.patches.keys()))

/** Does the cover name the branch of the posting? */
function isNamed(draft: Draft, cover: Node): boolean {
  const words = wordsOf(draft)
  const named = scopeWords(cover.facts.subject)
  return words.length > 0 && words.every(word => named.has(word))
}

/** The words of its own branch: those that the cover names for all are no one's. */
const wordsOf = (draft: Draft): string[] => {
  const head = headOf(draft)
  return head ? [...scopeWords(head.facts.subject)].filter(word => word !== 'sru') : []
}

const answers = (mail: Node, covers: ReadonlyMap<Node, Shared>): boolean => {
  const on = isPosting(mail) ? null : postingAt(mail)
  return on !== null && covers.has(on)
}

/** Without what it says of other branches alone; what its own patchset shows of it is not told twice. */
function asSaid(
  mail: Node,
  covers: ReadonlyMap<Node, Shared>,
  drafts: readonly Draft[],
  isOther: boolean,
): Node {
  const on = answers(mail, covers) ? postingAt(mail) : null
  const shared = on && covers.get(on)
  if (!shared) return mail
  const { applied, findings, tags, ...facts } = mail.facts
  const meant = applied && speaksOf(applied.line, shared.parts, drafts) ? applied : null
  if (!isOther) return meant === applied ? mail : { ...mail, facts: { ...mail.facts, applied: meant } }
  const here = tags.filter(({ on: named, bug }) => named === undefined && bug === undefined)
  return { ...mail, facts: { ...facts, applied: meant, tags: here } }
}

/** Of a notice that names some of the branches below a cover: is one of them ours? */
function speaksOf(line: string, parts: readonly Draft[], drafts: readonly Draft[]): boolean {
  const named = parts.filter(part => wordsOf(part).some(word => names(line, word)))
  return named.length === 0 || named.some(part => drafts.includes(part))
}

/** By its word, or where that is the first letter of a release as Ubuntu writes them, by the release's name. */
const names = (line: string, word: string): boolean =>
  (line.match(/[\w.]{1,40}/g) ?? []).some(token =>
    word.length > 1
      ? token.toLowerCase() === word
      : (token === word.toUpperCase() && !/^[AI]$/.test(token)) ||
        (releaseNames.has(token.toLowerCase()) && token.toLowerCase().startsWith(word)),
  )
