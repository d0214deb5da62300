// What the fold needs of a cluster's mails: their facts and hashes, and how far their senders are authenticated.
import { sql, type Transaction } from 'kysely'
import { limits } from '../../base/limits.ts'
import { keepRecent } from '../../base/recent.ts'
import type { Tables } from '../../sql/tables.ts'
import type { MailFacts } from '../mail/facts.ts'
import type { Arrival } from '../topic/unit.ts'
import { readVerdicts } from './verdicts.ts'

/**
 * The arrivals of each cluster, in no order. A thread that is folded again because of one more mail does not read the
 * facts of all others again.
 */
export async function clusterArrivals(
  trx: Transaction<Tables>,
  clusters: readonly string[],
): Promise<Map<string, Arrival[]>> {
  const { rows } = await sql<FactPlace>`
    select f.cluster, f.list_id, f.seq, encode(m.raw_hash, 'hex') as hash,
      concat_ws(' ', encode(m.raw_hash, 'base64'), m.message_id, m.envelope->>'trace', f.version) as key
    from fact f join mail m using (list_id, seq)
    where f.cluster = any(${clusters}::bigint[])`.execute(trx)
  const known = new Map<FactPlace, MailFacts>()
  for (const row of rows) {
    const facts = recent.get(row.key)
    if (facts) known.set(row, facts)
  }
  const absent = rows.filter(row => !known.has(row))
  for (const [row, facts] of await readFacts(trx, absent)) known.set(row, facts)
  const arrivals = new Map<string, Arrival[]>(clusters.map(cluster => [cluster, []]))
  const authentication = await readVerdicts(trx, clusters)
  for (const [{ cluster, hash, seq }, facts] of known)
    arrivals.get(cluster)?.push({ hash, facts, ...authentication(seq) })
  return arrivals
}

interface FactPlace {
  cluster: string
  list_id: number
  seq: string
  hash: string
  /** All that facts are made from: the bytes, the id, the trace, the version of their reader. */
  key: string
}

async function readFacts(
  trx: Transaction<Tables>,
  places: readonly FactPlace[],
): Promise<[FactPlace, MailFacts][]> {
  if (places.length === 0) return []
  const { rows } = await sql<{ seq: string; data: string }>`
    select seq, data::text as data from fact where (list_id, seq) in (
      select * from unnest(${places.map(place => place.list_id)}::integer[], ${places.map(place => place.seq)}::bigint[]))`.execute(
    trx,
  )
  const sizes = Map.groupBy(places, place => place.cluster)
  // An import folds thousands of small threads once: keeping their facts would only cost memory.
  const large = new Set(
    [...sizes].filter(([, mails]) => mails.length >= keptMailsMin).map(([cluster]) => cluster),
  )
  // A seq is one of the whole log, not of a list.
  const bySeq = new Map(places.map(place => [place.seq, place]))
  return rows.flatMap(({ seq, data }): [FactPlace, MailFacts][] => {
    const place = bySeq.get(seq)
    if (place === undefined) return []
    const facts = JSON.parse(data) as MailFacts
    if (large.has(place.cluster)) recent.keep(place.key, facts, data.length)
    return [[place, facts]]
  })
}

/** Below this, reading the facts again costs less than the rest of the fold. */
const keptMailsMin = 30

const recent = keepRecent<MailFacts>(limits.factsKeptBytesMax)
