// A revision put on a commit: the bases that it may be made on, one after the other, until one takes it. Every try is a row,
// so a page can say what was tried and in which file it failed.
import { type Kysely, sql } from 'kysely'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { shortId } from '../../base/short-id.ts'
import { toStorableText } from '../../base/storable.ts'
import { type Applied, applyPatches } from '../../ci/apply.ts'
import type { PatchPolicy, PolicyRepository } from '../../ci/policy.ts'
import {
  type Kept,
  keepBranches,
  newestWith,
  nightlyRefs,
  publishedRef,
  reachable,
} from '../../ci/published.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Revision, Topic } from '../topic/topic.ts'
import { type Base, basesOf, blobsBefore, prefixBranch } from './base.ts'
import { dependenciesOf } from './dependencies.ts'

/** Where patches of a list are put, and by which rules. */
export interface Place {
  readonly db: Kysely<Tables>
  readonly list: { readonly id: ListId; readonly name: string }
  readonly policy: PatchPolicy
  readonly source: PolicyRepository
  /** DATA/ci.git, and the directory for scratch repositories. */
  readonly published: string
  readonly scratch: string
}

/** A revision that is complete, with what git is given of it. */
export interface Placeable {
  readonly topic: Topic
  readonly revision: Revision
  readonly digest: string
  readonly texts: readonly string[]
  readonly tags: readonly string[]
}

export type Placed =
  | { readonly commit: string; readonly base: Base; readonly files: readonly string[]; readonly ref: string }
  | { readonly already: Base }
  /** The last of the bases, which is the branch where it belongs. */
  | { readonly conflict: string }

export const topicKey = (topic: Pick<Topic, 'id'>): IndexKey => indexKey(topic.id)

export const refOf = (
  { list }: Pick<Place, 'list'>,
  { id }: Pick<Topic, 'id'>,
  { version }: Revision,
): string => publishedRef(list.name, shortId(id), version)

/** Tries the bases in order; what applied is published. */
export async function placeRevision(place: Place, what: Placeable): Promise<Placed> {
  const branches = await branchesOf(place)
  const { commits, lacking, ambiguous } = await dependenciesOf(place, what)
  for (const [title, count] of ambiguous)
    await record(place, what, named(title), { outcome: 'ambiguous', said: ambiguousWords(count) })
  const bases = await candidates(place, what, branches, commits)
  let conflict = `${place.source.name} has no branch ${place.policy.branch}`
  let already: Base | null = null
  for (const base of bases) {
    const ref = refOf(place, what.topic, what.revision)
    const applied = await tryBase(place, what, base, ref)
    if (applied.outcome === 'applied') return { commit: applied.commit, base, files: applied.files, ref }
    if (applied.outcome === 'already') already ??= base
    else conflict = conflictWords(applied, base)
    // It took all the time or room that one may have; on the next base it would again.
    if (applied.outcome === 'error') break
  }
  return already ? { already } : { conflict: `${conflict}${needsWords(lacking, ambiguous)}` }
}

function needsWords(lacking: readonly string[], ambiguous: ReadonlyMap<string, number>): string {
  const needs =
    lacking.length === 0 ? '' : `; it needs ${lacking.join(', ').slice(0, 500)}, which was not let in here`
  const unclear = [...ambiguous].map(
    ([title, count]) => `; it needs "${title.slice(0, 200)}", which is ${ambiguousWords(count)}`,
  )
  return `${needs}${unclear.join('')}`
}

const ambiguousWords = (count: number): string => `ambiguous: ${count} open patchsets have this title`

/** The branches of the policy, as they stand in the repository now. */
export function branchesOf({ published, source, policy }: Place): Promise<Kept[]> {
  const names = [policy.branch, ...Object.values(policy.prefixes)]
  return keepBranches(published, source, [...new Set(names)])
}

/** The branch where it belongs, when nothing says on which commit it was made. */
export const ownBranch = (
  { policy }: Pick<Place, 'policy'>,
  tags: readonly string[],
  branches: readonly Kept[],
): Kept | null => {
  const name = prefixBranch(tags, policy.prefixes) ?? policy.branch
  return branches.find(({ branch }) => branch === name) ?? null
}

async function candidates(
  place: Place,
  what: Placeable,
  branches: readonly Kept[],
  dependencies: readonly string[],
): Promise<Base[]> {
  const { published } = place
  const { revision } = what
  const said = revision.baseCommit
  const baseCommit = said === null ? null : await saidBase(place, said)
  if (said !== null && baseCommit === null)
    await record(place, what, unreached(said), { outcome: 'unknown-base' })
  const prefixed = prefixBranch(what.tags, place.policy.prefixes)
  const own = ownBranch(place, what.tags, branches)
  const prefix = own?.branch === prefixed ? own : null
  const blobs = blobsBefore(what.texts)
  const ordered = [...(own ? [own] : []), ...branches.filter(branch => branch !== own)]
  const found: { branch: string; commit: string }[] = []
  if (baseCommit === null)
    for (const { branch, head } of ordered) {
      const commit = await newestWith(published, head, blobs)
      if (commit !== null) found.push({ branch, commit })
    }
  const usual = branches.find(({ branch }) => branch === place.policy.branch) ?? null
  return basesOf({ baseCommit, dependencies, blobs: found, prefix, default: usual })
}

/**
 * Where a branch leads to it, or a patchset that was let in. One that waits is published, too, and who approves what is
 * on it would have it built unseen.
 */
async function saidBase({ db, list, published, source }: Place, said: string): Promise<string | null> {
  const found = await reachable(published, source.name, said)
  if (found === null || found.byBranch) return found?.commit ?? null
  const tips = found.published.map(({ commit }) => commit)
  if (found.published.some(({ ref }) => ref.startsWith(nightlyRefs(list.name)))) return found.commit
  const letIn = await db
    .selectFrom('build')
    .select('number')
    .where('list_id', '=', list.id)
    .where('repository', '=', source.name)
    .where('kind', '=', 'patchset')
    .where('queued_at', 'is not', null)
    .where(({ eb }) => eb('commit', '=', eb.fn.any(eb.val(tips))))
    .limit(1)
    .executeTakeFirst()
  return letIn ? found.commit : null
}

const unreached = (commit: string): Base => ({ foundBy: 'base-commit', commit, branch: null })

/** What it was to be put on has no commit. */
const named = (title: string): Base => ({
  foundBy: 'depends-on',
  commit: toStorableText(title.slice(0, 200)),
  branch: null,
})

/** `ref` null: only to know, nothing is published. What was tried before is not tried again. */
export async function tryBase(
  place: Place,
  what: Placeable,
  base: Base | (Omit<Base, 'foundBy'> & { readonly foundBy: 'moved' }),
  ref: string | null,
): Promise<Applied> {
  const { published: repository, scratch } = place
  const applied = await applyPatches({ repository, scratch, base: base.commit, texts: what.texts }, ref)
  await record(place, what, base, applied)
  if (base.foundBy === 'moved') await forgetMoves(place, what, base.commit)
  return applied
}

/** A branch moves many times a day, and only where it stands now is asked. */
async function forgetMoves({ db, list }: Place, { topic }: Placeable, base: string): Promise<void> {
  await db
    .deleteFrom('application')
    .where('list_id', '=', list.id)
    .where('topic_key', '=', topicKey(topic))
    .where('found_by', '=', 'moved')
    .where('base', '!=', base)
    .execute()
}

async function record(
  { db, list, source }: Place,
  { topic, revision, digest }: Placeable,
  { commit: base, branch, foundBy }: Pick<Base, 'commit' | 'branch'> & { readonly foundBy: string },
  applied: Applied | { readonly outcome: 'unknown-base' | 'ambiguous'; readonly said: string },
): Promise<void> {
  const values = {
    version: revision.version,
    repository: source.name,
    branch: branch === null ? null : toStorableText(branch),
    found_by: foundBy,
    outcome: applied.outcome,
    commit: applied.outcome === 'applied' ? applied.commit : null,
    file: applied.outcome === 'conflict' && applied.file !== null ? toStorableText(applied.file) : null,
    said: 'said' in applied ? toStorableText(applied.said) : null,
  }
  await db
    .insertInto('application')
    .values({ list_id: list.id, topic_key: topicKey(topic), digest, base, ...values })
    .onConflict(conflict =>
      conflict.columns(['list_id', 'topic_key', 'digest', 'base']).doUpdateSet({ ...values, at: sql`now()` }),
    )
    .execute()
}

function conflictWords(applied: Applied, { commit, branch }: Base): string {
  const where = `${branch ?? 'commit'} at ${commit.slice(0, 12)}`
  if (applied.outcome === 'conflict')
    return `It does not apply to ${where}${applied.file === null ? '' : `: ${applied.file}`}`
  return applied.outcome === 'error'
    ? `It could not be applied to ${where}: ${applied.said.slice(0, 500)}`
    : `There is no ${where}`
}

/** More patches than anybody reads are not tried. */
export const isTooLong = ({ patches }: Revision): boolean => patches.length > limits.patchsetPatchesMax
