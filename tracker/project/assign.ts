// Unsorted mails -> clusters. One advisory lock for each list is held for the assignment only: without it four mails
// of a thread that come at once land in four clusters. Decoding happens before, folding after it.
import { isDeepStrictEqual } from 'node:util'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId, Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { type When, wokenWhere } from '../../sql/wake.ts'
import type { MailFacts } from '../mail/facts.ts'
import { factsVersion } from '../mail/facts-of.ts'
import { firstTime, lastTime } from '../mail/said-time.ts'
import { DisjointSets } from '../topic/component.ts'
import { edgeKeys } from '../topic/edges.ts'
import { landingKeys } from '../topic/landing.ts'
import { alike, hintKeys, type Sketch, sketchOf } from '../topic/likeness.ts'
import { type Mailmap, withMailmap } from '../topic/mailmap.ts'
import { countMarks, uncountMarks } from './dressing.ts'
import { holdNewcomers, writeReleaseLines } from './hold.ts'
import { jsonTexts } from './json-texts.ts'
import { lockToAssign } from './lock.ts'
import { type SortingRow, type SortingRules, sortingColumns, sortingRulesIn } from './people.ts'
import { type ReadMail, readUnsorted } from './read-mails.ts'
import { gatherWords, searchRows } from './write-search.ts'

/** Gives at most `count` unsorted mails of the list their cluster; answers how many it took, 0 when none waits. */
export async function assign(
  db: Kysely<Tables>,
  list: ListId,
  count: number,
  log?: Log,
  onSorted?: (mails: readonly ReadMail[]) => void,
): Promise<number> {
  const mails = await readUnsorted(db, list, count, log)
  if (mails.length === 0) return 0
  const taken = await db.transaction().execute(async trx => {
    await lockToAssign(trx, list)
    const { ours, rules } = await take(trx, list, mails)
    if (ours.length === 0) return []
    const shown = await holdNewcomers(trx, list, ours, rules)
    if (shown.length > 0) await assignTaken(trx, list, shown, rules)
    return shown
  })
  // A mail that was read again has long been on its page.
  onSorted?.(taken.filter(({ again }) => !again).map(({ mail }) => mail))
  return mails.length
}

type Trx = Transaction<Tables>

interface Taken {
  readonly mail: ReadMail
  /** It has facts and a cluster already, and was read under another dressing now (dressing.ts). */
  readonly again: boolean
}

/**
 * Another process may have been faster with some of them, or may have learnt another dressing since they were read. Answers
 * with those that are ours how the list is sorted.
 */
async function take(
  trx: Trx,
  list: ListId,
  mails: readonly ReadMail[],
): Promise<{ ours: Taken[]; rules: SortingRules }> {
  const { rows } = await sql<SortingRow & { taken: [seq: Seq, again: boolean][] }>`
    with taken as (
      delete from unsorted u
      using unnest(${mails.map(mail => mail.seq)}::bigint[], ${mails.map(mail => mail.dressingVersion)}::integer[]) as read (seq, dressing_version), list l
      where u.list_id = ${list} and u.seq = read.seq and l.id = u.list_id and l.dressing_version = read.dressing_version
      returning u.seq::text, exists (
        select from fact f where f.list_id = u.list_id and f.seq = u.seq) as again)
    select ${sortingColumns}, array(select json_build_array(seq, again) from taken) as taken
    from list l where id = ${list}`.execute(trx)
  const again = new Map(rows[0]?.taken)
  const ours = mails.flatMap(mail => {
    const known = again.get(mail.seq)
    return known === undefined ? [] : [{ mail, again: known }]
  })
  return { ours, rules: await sortingRulesIn(trx, list, rows[0]) }
}

/** A mail with all that ties it to others. */
interface Tied extends Taken {
  readonly keys: readonly IndexKey[]
  readonly sketch: Sketch | null
  readonly hints: readonly IndexKey[]
}

async function assignTaken(
  trx: Trx,
  list: ListId,
  taken: readonly Taken[],
  { mailmap }: SortingRules,
): Promise<void> {
  const tied = taken.map(one => tie(one, mailmap))
  const known = await knownClusters(trx, list, tied)
  const candidates = await candidatesOf(trx, list, tied)
  const { clusters, grown } = await clustersFor(trx, list, groupsOf(tied, known, candidates))
  const uncounted = await uncountOldMarks(trx, list, taken)
  await gatherWords(trx, taken.length)
  await sql`
    with grown as (${growth(grown)}), facts as (${factRows(list, tied, clusters)}), keys as (${keyRows(list, tied, clusters)})
    ${searchRows(
      list,
      // A search finds what was on the list.
      taken.map(({ mail }) => mail).filter(({ note }) => !note),
    )}`.execute(trx)
  await writeSketches(trx, list, tied)
  await writeReleaseLines(trx, list, taken)
  await countMarks(
    trx,
    list,
    taken.map(({ mail: { seq, facts }, again }) => ({ seq, facts, again: again && !uncounted.has(seq) })),
  )
}

/** An older program may have seen other marks in a mail. Answers the mails whose marks are to be counted anew. */
async function uncountOldMarks(trx: Trx, list: ListId, taken: readonly Taken[]): Promise<ReadonlySet<Seq>> {
  const again = new Map(taken.flatMap(({ mail, again }) => (again ? [[mail.seq, mail.facts] as const] : [])))
  if (again.size === 0) return new Set()
  const { rows } = await sql<{ seq: Seq; facts: MailFacts }>`
    select seq, data as facts from fact
    where list_id = ${list} and seq = any(${[...again.keys()]}::bigint[]) and version < ${factsVersion}`.execute(
    trx,
  )
  const other = rows.filter(({ seq, facts }) => !isDeepStrictEqual(facts.marks, again.get(seq)?.marks))
  await uncountMarks(trx, list, other)
  return new Set(other.map(({ seq }) => seq))
}

function tie({ mail, again }: Taken, mailmap: Mailmap): Tied {
  const facts = withMailmap(mail.facts, mailmap)
  const sketch = sketchOf(facts)
  const hints = sketch ? hintKeys(sketch).map(indexKey) : []
  return { mail, again, keys: edgeKeys(facts), sketch, hints }
}

/** The clusters that hold one of the keys already. */
async function knownClusters(
  trx: Trx,
  list: ListId,
  tied: readonly Tied[],
): Promise<Map<IndexKey, ClusterId>> {
  const keys = [...new Set(tied.flatMap(one => one.keys))]
  const { rows } = await sql<{ key: IndexKey; cluster: ClusterId }>`
    select key, cluster from cluster_key where list_id = ${list} and key = any(${keys}::text[])`.execute(trx)
  return new Map(rows.map(row => [row.key, row.cluster]))
}

interface Candidate {
  readonly cluster: ClusterId
  readonly sketch: Sketch
  readonly hints: readonly IndexKey[]
}

/** Earlier patches under the same hints. */
async function candidatesOf(trx: Trx, list: ListId, tied: readonly Tied[]): Promise<Candidate[]> {
  const hints = [...new Set(tied.flatMap(one => one.hints))]
  if (hints.length === 0) return []
  const said = tied.filter(one => one.sketch !== null).map(one => one.mail.facts.said)
  const days = limits.revisionDaysMax * 86_400_000
  const { rows } = await sql<{ cluster: ClusterId; data: Sketch }>`
    select f.cluster, s.data from sketch s join fact f using (list_id, seq)
    where list_id = ${list} and seq in
      (select h.seq from revision_hint h where h.list_id = ${list} and h.key = any(${hints}::text[])
        and h.said between ${toTimestamp(Math.max(Math.min(...said) - days, firstTime))}
          and ${toTimestamp(Math.min(Math.max(...said) + days, lastTime))})`.execute(trx)
  return rows.map(({ cluster, data }) => ({ cluster, sketch: data, hints: hintKeys(data).map(indexKey) }))
}

interface Group {
  readonly mails: readonly Tied[]
  /** Clusters that stand and become one with these mails. */
  readonly clusters: readonly ClusterId[]
}

/** Union-find over this batch's mails and the clusters they touch. */
function groupsOf(
  tied: readonly Tied[],
  known: ReadonlyMap<IndexKey, ClusterId>,
  candidates: readonly Candidate[],
): Group[] {
  const standing = [...new Set([...known.values(), ...candidates.map(candidate => candidate.cluster)])]
  const place = new Map(standing.map((cluster, index) => [cluster, tied.length + index]))
  const sets = new DisjointSets(tied.length + standing.length)
  const joinCluster = (index: number, cluster: ClusterId) => sets.join(index, place.get(cluster) ?? index)
  const firstWith = new Map<IndexKey, number>()
  const byHint = new Map<IndexKey, Candidate[]>()
  for (const candidate of candidates) {
    for (const hint of candidate.hints) {
      const found = byHint.get(hint)
      if (found) found.push(candidate)
      else byHint.set(hint, [candidate])
    }
  }
  const batchByHint = new Map<IndexKey, number[]>()
  tied.forEach((one, index) => {
    for (const key of one.keys) {
      const cluster = known.get(key)
      if (cluster !== undefined) joinCluster(index, cluster)
      sets.join(firstWith.get(key) ?? index, index)
      if (!firstWith.has(key)) firstWith.set(key, index)
    }
    // A hint for each path and each name of a person: most candidates come by several, and are asked once.
    const tried = new Set(one.hints.flatMap(hint => byHint.get(hint) ?? []))
    for (const { sketch, cluster } of tried)
      if (one.sketch && alike(sketch, one.sketch)) joinCluster(index, cluster)
    for (const hint of one.hints) {
      for (const other of batchByHint.get(hint) ?? [])
        if (one.sketch && likeInBatch(tied[other], one.sketch)) sets.join(other, index)
      batchByHint.set(hint, [...(batchByHint.get(hint) ?? []), index])
    }
  })
  const clustersAt = Map.groupBy(standing, cluster => sets.find(place.get(cluster) ?? 0))
  return [...Map.groupBy(tied.keys(), index => sets.find(index))].map(([root, indexes]) => ({
    mails: indexes.flatMap(index => tied[index] ?? []),
    clusters: clustersAt.get(root) ?? [],
  }))
}

const likeInBatch = (other: Tied | undefined, sketch: Sketch) =>
  other?.sketch != null && alike(other.sketch, sketch)

interface Clusters {
  readonly clusters: ReadonlyMap<Tied, ClusterId>
  readonly grown: readonly Grown[]
}

/** A cluster that stands, and how many mails it gets. */
interface Grown {
  readonly id: ClusterId
  readonly mails: number
  readonly when: When
}

/** The cluster of each mail: a new one, the one that stands, or several joined into one. */
async function clustersFor(trx: Trx, list: ListId, groups: readonly Group[]): Promise<Clusters> {
  const clusters = new Map<Tied, ClusterId>()
  const grown: Grown[] = []
  const fresh = groups.filter(group => group.clusters.length === 0)
  const made = await newClusters(trx, list, fresh)
  for (const group of groups) {
    const standing = made.has(group) ? null : await joinClusters(trx, list, group)
    if (standing) grown.push(standing)
    const cluster = standing?.id ?? made.get(group)
    if (cluster !== undefined) for (const mail of group.mails) clusters.set(mail, cluster)
  }
  return { clusters, grown }
}

async function newClusters(trx: Trx, list: ListId, groups: readonly Group[]): Promise<Map<Group, ClusterId>> {
  if (groups.length === 0) return new Map()
  const rows = await trx
    .insertInto('cluster')
    .values(groups.map(group => ({ list_id: list, mails: newMails(group) })))
    .returning('id')
    .execute()
  return new Map(
    rows.flatMap(({ id }, index) => {
      const group = groups[index]
      return group ? [[group, id]] : []
    }),
  )
}

const newMails = ({ mails }: Group) => mails.filter(({ again }) => !again).length

/** The largest cluster takes the others in, so that few rows change. Row locks keep a fold of any of them away. */
async function joinClusters(trx: Trx, list: ListId, group: Group): Promise<Grown> {
  const [only] = group.clusters
  if (only !== undefined && group.clusters.length === 1)
    return { id: only, mails: newMails(group), when: whenOf(group) }
  const { rows } = await sql<{ id: ClusterId; mails: number; now: boolean }>`
    select id, mails, dirty and not late as now from cluster where id = any(${group.clusters}::bigint[]) order by id for update`.execute(
    trx,
  )
  const [largest, ...others] = rows.sort((a, b) => b.mails - a.mails || Number(BigInt(a.id) - BigInt(b.id)))
  if (!largest) throw new Error(`The clusters ${group.clusters.join(', ')} of list ${list} are gone`)
  const gone = others.map(row => row.id)
  if (gone.length > 0) {
    for (const table of ['fact', 'cluster_key', 'topic', 'topic_mail'] as const)
      await sql`update ${sql.table(table)} set cluster = ${largest.id} where cluster = any(${gone}::bigint[])`.execute(
        trx,
      )
    await sql`delete from cluster where id = any(${gone}::bigint[])`.execute(trx)
  }
  const mails = newMails(group) + others.reduce((sum, row) => sum + row.mails, 0)
  return { id: largest.id, mails, when: rows.some(({ now }) => now) ? 'now' : whenOf(group) }
}

/** Mails that were only read again are on their pages already. */
const whenOf = (group: Group): When => (newMails(group) > 0 ? 'now' : 'late')

const growth = (grown: readonly Grown[]): RawBuilder<unknown> => sql`
  update cluster set mails = cluster.mails + grown.mails, ${wokenWhere(sql`grown.now`)}
  from unnest(${grown.map(({ id }) => id)}::bigint[], ${grown.map(one => one.mails)}::integer[],
    ${grown.map(({ when }) => when === 'now')}::boolean[]) as grown (id, mails, now)
  where cluster.id = grown.id`

/** A cluster that is gone has no row that a fact could be of. */
function factRows(list: ListId, tied: readonly Tied[], clusters: Clusters['clusters']): RawBuilder<unknown> {
  return sql`
    insert into fact (list_id, seq, message_key, cluster, version, dressing_version, said, data)
    select ${list}, seq, message_key, cluster, ${factsVersion}, ${tied[0]?.mail.dressingVersion ?? 0}, said, data::jsonb from rows from (
      unnest(${tied.map(one => one.mail.seq)}::bigint[], ${tied.map(one => one.mail.key)}::text[],
        ${tied.map(one => clusters.get(one) ?? '')}::bigint[],
        ${tied.map(one => toTimestamp(one.mail.facts.said))}::timestamptz[]),
      ${jsonTexts(tied.map(one => toStorableJson(one.mail.facts)))}) as row (seq, message_key, cluster, said, data)
    on conflict (list_id, seq) do update set (cluster, version, dressing_version, said, data) =
      (excluded.cluster, excluded.version, excluded.dressing_version, excluded.said, excluded.data)`
}

function keyRows(list: ListId, tied: readonly Tied[], clusters: Clusters['clusters']): RawBuilder<unknown> {
  const byKey = new Map(tied.flatMap(one => one.keys.map(key => [key, clusters.get(one) ?? ''] as const)))
  return sql`
    insert into cluster_key (list_id, key, cluster)
    select ${list}, key, cluster from unnest(${[...byKey.keys()]}::text[], ${[...byKey.values()]}::bigint[]) as row (key, cluster)
    on conflict do nothing`
}

async function writeSketches(trx: Trx, list: ListId, tied: readonly Tied[]): Promise<void> {
  const patches = tied.filter(one => one.sketch !== null)
  await writeHints(trx, list, tied)
  if (patches.length === 0) return
  await sql`
    insert into sketch (list_id, seq, said, data)
    select ${list}, seq, said, data::jsonb from rows from (
      unnest(${patches.map(one => one.mail.seq)}::bigint[],
        ${patches.map(one => toTimestamp(one.mail.facts.said))}::timestamptz[]),
      ${jsonTexts(patches.map(one => toStorableJson(one.sketch)))}) as row (seq, said, data)
    on conflict (list_id, seq) do update set said = excluded.said, data = excluded.data`.execute(trx)
}

/** Under them other revisions are found, and by `landingKeys` commits. */
async function writeHints(trx: Trx, list: ListId, tied: readonly Tied[]): Promise<void> {
  const hints = tied.flatMap(one =>
    [...new Set([...one.hints, ...landingKeys(one.mail.facts)])].map(hint => ({
      hint,
      seq: one.mail.seq,
      said: toTimestamp(one.mail.facts.said),
    })),
  )
  if (hints.length === 0) return
  await sql`
    insert into revision_hint (list_id, key, seq, said)
    select ${list}, * from unnest(${hints.map(one => one.hint)}::text[], ${hints.map(one => one.seq)}::bigint[],
      ${hints.map(one => one.said)}::timestamptz[])
    on conflict do nothing`.execute(trx)
}

const toTimestamp = (said: number) => new Date(said).toISOString()
