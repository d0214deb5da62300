// Unsorted mails -> clusters. One advisory lock for each list is held for the assignment only: without it four mails
// of a thread that come at once land in four clusters. Decoding happens before, folding after it.
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Log } from '../../base/log.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { factsVersion } from '../mail/facts-of.ts'
import { DisjointSets } from '../topic/component.ts'
import { edgeKeys } from '../topic/edges.ts'
import { alike, hintKeys, type Sketch, sketchOf } from '../topic/likeness.ts'
import { type ReadMail, readUnsorted } from './read-mails.ts'
import { writeSearch } from './write-search.ts'

/** Gives at most `count` unsorted mails of the list their cluster; answers how many it took, 0 when none waits. */
export async function assign(db: Kysely<Tables>, list: ListId, count: number, log?: Log): Promise<number> {
  const mails = await readUnsorted(db, list, count, log)
  if (mails.length === 0) return 0
  await db.transaction().execute(async trx => {
    await sql`select pg_advisory_xact_lock(${assignLock}, ${list})`.execute(trx)
    const taken = await take(trx, list, mails)
    if (taken.length > 0) await assignTaken(trx, list, taken)
  })
  return mails.length
}

const assignLock = 7_001

type Trx = Transaction<Tables>

/** Another process may have been faster with some of them. */
async function take(trx: Trx, list: ListId, mails: readonly ReadMail[]): Promise<ReadMail[]> {
  const seqs = mails.map(mail => mail.seq)
  const { rows } = await sql<{ seq: string }>`
    delete from unsorted where list_id = ${list} and seq = any(${seqs}::bigint[]) returning seq`.execute(trx)
  const ours = new Set(rows.map(row => row.seq))
  return mails.filter(mail => ours.has(mail.seq))
}

/** A mail with all that ties it to others. */
interface Tied {
  readonly mail: ReadMail
  readonly keys: readonly string[]
  readonly sketch: Sketch | null
  readonly hints: readonly string[]
}

async function assignTaken(trx: Trx, list: ListId, mails: readonly ReadMail[]): Promise<void> {
  const tied = mails.map(tie)
  const known = await knownClusters(trx, list, tied)
  const candidates = await candidatesOf(trx, list, tied)
  const clusters = await clustersFor(trx, list, groupsOf(tied, known, candidates))
  await writeFacts(trx, list, tied, clusters)
  await writeKeys(trx, list, tied, clusters)
  await writeSketches(trx, list, tied)
  await writeSearch(trx, list, mails)
}

function tie(mail: ReadMail): Tied {
  const sketch = sketchOf(mail.facts)
  return { mail, keys: edgeKeys(mail.facts), sketch, hints: sketch ? hintKeys(sketch).map(indexKey) : [] }
}

/** The clusters that hold one of the keys already. */
async function knownClusters(trx: Trx, list: ListId, tied: readonly Tied[]): Promise<Map<string, string>> {
  const keys = [...new Set(tied.flatMap(one => one.keys))]
  const { rows } = await sql<{ key: string; cluster: string }>`
    select key, cluster from cluster_key where list_id = ${list} and key = any(${keys}::text[])`.execute(trx)
  return new Map(rows.map(row => [row.key, row.cluster]))
}

interface Candidate {
  readonly cluster: string
  readonly sketch: Sketch
  readonly hints: readonly string[]
}

/** Earlier patches under the same hints. */
async function candidatesOf(trx: Trx, list: ListId, tied: readonly Tied[]): Promise<Candidate[]> {
  const hints = [...new Set(tied.flatMap(one => one.hints))]
  if (hints.length === 0) return []
  const { rows } = await sql<{ cluster: string; data: Sketch }>`
    select f.cluster, s.data from sketch s join fact f using (list_id, seq)
    where list_id = ${list} and seq in
      (select h.seq from revision_hint h where h.list_id = ${list} and h.key = any(${hints}::text[]))`.execute(
    trx,
  )
  return rows.map(({ cluster, data }) => ({ cluster, sketch: data, hints: hintKeys(data).map(indexKey) }))
}

interface Group {
  readonly mails: readonly Tied[]
  /** Clusters that stand and become one with these mails. */
  readonly clusters: readonly string[]
}

/** Union-find over this batch's mails and the clusters they touch. */
function groupsOf(
  tied: readonly Tied[],
  known: ReadonlyMap<string, string>,
  candidates: readonly Candidate[],
): Group[] {
  const standing = [...new Set([...known.values(), ...candidates.map(candidate => candidate.cluster)])]
  const place = new Map(standing.map((cluster, index) => [cluster, tied.length + index]))
  const sets = new DisjointSets(tied.length + standing.length)
  const joinCluster = (index: number, cluster: string) => sets.join(index, place.get(cluster) ?? index)
  const firstWith = new Map<string, number>()
  const byHint = Map.groupBy(
    candidates.flatMap(candidate => candidate.hints.map(hint => ({ hint, candidate }))),
    ({ hint }) => hint,
  )
  const batchByHint = new Map<string, number[]>()
  tied.forEach((one, index) => {
    for (const key of one.keys) {
      const cluster = known.get(key)
      if (cluster !== undefined) joinCluster(index, cluster)
      sets.join(firstWith.get(key) ?? index, index)
      if (!firstWith.has(key)) firstWith.set(key, index)
    }
    for (const hint of one.hints) {
      for (const { candidate } of byHint.get(hint) ?? [])
        if (one.sketch && alike(candidate.sketch, one.sketch)) joinCluster(index, candidate.cluster)
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

/** The cluster of each mail: a new one, the one that stands, or several joined into one. */
async function clustersFor(trx: Trx, list: ListId, groups: readonly Group[]): Promise<Map<Tied, string>> {
  const result = new Map<Tied, string>()
  const fresh = groups.filter(group => group.clusters.length === 0)
  const made = await newClusters(trx, list, fresh)
  for (const group of groups) {
    const cluster = made.get(group) ?? (await joinClusters(trx, list, group))
    for (const mail of group.mails) result.set(mail, cluster)
  }
  return result
}

async function newClusters(trx: Trx, list: ListId, groups: readonly Group[]): Promise<Map<Group, string>> {
  if (groups.length === 0) return new Map()
  const rows = await trx
    .insertInto('cluster')
    .values(groups.map(group => ({ list_id: list, mails: group.mails.length })))
    .returning('id')
    .execute()
  return new Map(groups.map((group, index) => [group, rows[index]?.id ?? '']))
}

/** The largest cluster takes the others in, so that few rows change. Row locks keep a fold of any of them away. */
async function joinClusters(trx: Trx, list: ListId, group: Group): Promise<string> {
  const { rows } = await sql<{ id: string; mails: number }>`
    select id, mails from cluster where id = any(${group.clusters}::bigint[]) order by id for update`.execute(
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
  const mails = group.mails.length + others.reduce((sum, row) => sum + row.mails, 0)
  await sql`update cluster set mails = mails + ${mails}, dirty = true where id = ${largest.id}`.execute(trx)
  return largest.id
}

async function writeFacts(
  trx: Trx,
  list: ListId,
  tied: readonly Tied[],
  clusters: ReadonlyMap<Tied, string>,
): Promise<void> {
  const rows = tied.map(one => ({
    list_id: list,
    seq: one.mail.seq,
    message_key: one.mail.key,
    cluster: clusters.get(one) ?? '',
    version: factsVersion,
    said: toTimestamp(one.mail.facts.said),
    data: one.mail.facts,
  }))
  await sql`
    insert into fact select * from jsonb_to_recordset(${toStorableJson(rows)}::jsonb)
      as row (list_id integer, seq bigint, message_key text, cluster bigint, version integer, said timestamptz, data jsonb)`.execute(
    trx,
  )
}

async function writeKeys(
  trx: Trx,
  list: ListId,
  tied: readonly Tied[],
  clusters: ReadonlyMap<Tied, string>,
): Promise<void> {
  const byKey = new Map(tied.flatMap(one => one.keys.map(key => [key, clusters.get(one) ?? ''] as const)))
  await sql`
    insert into cluster_key (list_id, key, cluster)
    select ${list}, key, cluster from unnest(${[...byKey.keys()]}::text[], ${[...byKey.values()]}::bigint[]) as row (key, cluster)
    on conflict do nothing`.execute(trx)
}

async function writeSketches(trx: Trx, list: ListId, tied: readonly Tied[]): Promise<void> {
  const patches = tied.filter(one => one.sketch !== null)
  if (patches.length === 0) return
  const rows = patches.map(one => ({
    list_id: list,
    seq: one.mail.seq,
    said: toTimestamp(one.mail.facts.said),
    data: one.sketch,
  }))
  await sql`
    insert into sketch select * from jsonb_to_recordset(${toStorableJson(rows)}::jsonb)
      as row (list_id integer, seq bigint, said timestamptz, data jsonb) on conflict do nothing`.execute(trx)
  const hints = patches.flatMap(one => [...new Set(one.hints)].map(hint => [hint, one.mail.seq] as const))
  await sql`
    insert into revision_hint (list_id, key, seq)
    select ${list}, key, seq from unnest(${hints.map(([hint]) => hint)}::text[], ${hints.map(([, seq]) => seq)}::bigint[]) as row (key, seq)
    on conflict do nothing`.execute(trx)
}

const toTimestamp = (said: number) => new Date(said).toISOString()
