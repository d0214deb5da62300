// What became of each patch from one revision to the next: the same code (equal patch-id), changed, new or gone. Patches
// are paired by patch-id, then by title, then by how much of their changed lines is alike, as `git range-diff` does
// with costs.
import type { DiffFile } from '../mail/diff-lines.ts'
import { titleKey } from '../mail/subject.ts'
import type { Revision, TopicPatch } from './topic.ts'

export type PatchChange = 'same' | 'changed' | 'new' | 'gone'

export interface PatchPair {
  readonly change: PatchChange
  readonly was: TopicPatch | null
  readonly now: TopicPatch | null
}

/**
 * In the order of the new revision, what is gone behind its old neighbour. `linesOf`: see `changedLinesOf`; without it
 * patch-ids and titles alone say who is who.
 */
export function pairPatches(
  was: readonly TopicPatch[],
  now: readonly TopicPatch[],
  linesOf: (patch: TopicPatch) => ReadonlySet<string> = () => none,
): PatchPair[] {
  const pairs = new Map<TopicPatch, TopicPatch>()
  pairUnique(was, now, pairs, patch => patch.patchId)
  pairUnique(was, now, pairs, patch => titleKey(patch.title))
  pairAlike(was, now, pairs, linesOf)
  const heirs = new Set(pairs.values())
  const result: PatchPair[] = now.map(patch => pairOf(pairs.get(patch) ?? null, patch))
  for (const patch of was.filter(one => !heirs.has(one))) {
    const at = result.findLastIndex(pair => pair.was !== null && pair.was.number < patch.number)
    result.splice(at + 1, 0, { change: 'gone', was: patch, now: null })
  }
  return result
}

const none: ReadonlySet<string> = new Set()

/** The patch of an earlier revision that this one continues, by patch-id or title. */
export function elderOf(older: Revision, patch: TopicPatch): TopicPatch | null {
  return pairPatches(older.patches, [patch]).find(pair => pair.now !== null)?.was ?? null
}

function pairOf(was: TopicPatch | null, now: TopicPatch): PatchPair {
  if (was === null) return { change: 'new', was, now }
  return { change: was.patchId !== null && was.patchId === now.patchId ? 'same' : 'changed', was, now }
}

/** Those that are the only ones of their name on either side; equal twins go by their order. */
function pairUnique(
  was: readonly TopicPatch[],
  now: readonly TopicPatch[],
  pairs: Map<TopicPatch, TopicPatch>,
  nameOf: (patch: TopicPatch) => string | null,
): void {
  const taken = new Set(pairs.values())
  const old = Map.groupBy(
    was.filter(patch => !taken.has(patch)),
    nameOf,
  )
  for (const patch of now) {
    const name = nameOf(patch)
    const found = name && !pairs.has(patch) ? old.get(name)?.shift() : undefined
    if (found) pairs.set(patch, found)
  }
}

/** The most alike first. */
function pairAlike(
  was: readonly TopicPatch[],
  now: readonly TopicPatch[],
  pairs: Map<TopicPatch, TopicPatch>,
  linesOf: (patch: TopicPatch) => ReadonlySet<string>,
): void {
  const taken = new Set(pairs.values())
  const left = was.filter(patch => !taken.has(patch))
  const found = now
    .filter(patch => !pairs.has(patch))
    .flatMap(patch => left.map(old => ({ old, patch, likeness: likeness(linesOf(old), linesOf(patch)) })))
    .filter(({ likeness }) => likeness >= likenessMin)
    .sort((a, b) => b.likeness - a.likeness)
  for (const { old, patch } of found) {
    if (pairs.has(patch) || taken.has(old)) continue
    pairs.set(patch, old)
    taken.add(old)
  }
}

/** Of all changed lines of both how many are in both, 0 to 1. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const line of a) if (b.has(line)) shared++
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size)
}

/** git range-diff's creation factor of 60 per cent: a pair may differ in that much. */
const likenessMin = 0.4

/** The added and removed lines of a diff, without white space; bare brackets say nothing. */
export function changedLinesOf(files: readonly DiffFile[]): Set<string> {
  const lines = files.flatMap(file => file.lines).filter(({ kind }) => kind === 'added' || kind === 'removed')
  return new Set(lines.map(({ text }) => text.replace(/\s+/g, '')).filter(text => text.length > 3))
}

/** The patches of a revision; a partial reroll is completed by those of the revisions before it, by number. */
export function wholePatches(revisions: readonly Revision[], revision: Revision): TopicPatch[] {
  const patches = new Map(revision.patches.map(patch => [patch.number, patch]))
  let at = revisions.indexOf(revision)
  while (at > 0 && revisions[at]?.completeness === 'partial-reroll') {
    at--
    for (const patch of revisions[at]?.patches ?? [])
      if (!patches.has(patch.number)) patches.set(patch.number, patch)
  }
  return [...patches.values()].sort((a, b) => a.number - b.number)
}
