// What the fold needs of a cluster's mails: their facts and hashes, and how far their senders are authenticated.

import { type Kysely, sql, type Transaction } from 'kysely'
import type { ClusterId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { memo } from '../../base/memo.ts'
import { keepRecent } from '../../base/recent.ts'
import type { Tables } from '../../sql/tables.ts'
import type { MailFacts } from '../mail/facts.ts'
import type { Place } from '../topic/patchwork-items.ts'
import type { Arrival } from '../topic/unit.ts'
import { imported, type Verdict } from '../topic/verdict.ts'
import { type VerdictRow, verdictColumns, verdictGroup, verdictOf } from './verdict-row.ts'

/** What of an arrival never changes. */
type ReadArrival = Pick<StoredArrival, 'hash' | 'facts' | 'knownAt' | 'note' | 'place'>

export interface StoredArrival extends Arrival {
  /** Of the first copy of its mail. */
  readonly place: Place
}

/**
 * The arrivals of each cluster, in no order. A thread that is folded again because of one more mail reads only which
 * mails it has, as one text for each verdict: of 2,000 rows, each parsed for itself, that alone took 10 ms. `trx` is one
 * of `db`.
 */
export async function clusterArrivals(
  trx: Transaction<Tables>,
  clusters: readonly ClusterId[],
  db: Kysely<Tables>,
): Promise<Map<ClusterId, StoredArrival[]>> {
  const { rows } = await sql<ClusterMails>`
    select f.cluster, f.list_id, ${verdictColumns}, string_agg(concat_ws(' ', f.seq, f.version, f.dressing_version), ',') as mails
    from fact f left join verdict v using (list_id, seq)
    where f.cluster = any(${clusters}::bigint[]) group by f.cluster, f.list_id, ${verdictGroup}`.execute(trx)
  const recent = recentOf(db)
  const arrivals = new Map<ClusterId, StoredArrival[]>(clusters.map(cluster => [cluster, []]))
  const absent: StoredMail[] = []
  for (const row of rows) {
    const verdict = verdictOf(row)
    const { cluster, list_id } = row
    const here = arrivals.get(cluster)
    const names = row.mails.split(',')
    const large = names.length >= keptMailsMin
    for (const name of names) {
      const known = recent.get(name)
      if (known) here?.push(withVerdict(known, verdict))
      else absent.push({ cluster, list_id, name, verdict, large })
    }
  }
  for (const [mail, arrival, bytes] of await readArrivals(trx, absent)) {
    arrivals.get(mail.cluster)?.push(withVerdict(arrival, mail.verdict))
    // An import folds thousands of small threads once: keeping their facts would only cost memory.
    if (mail.large) recent.keep(mail.name, arrival, bytes)
  }
  return arrivals
}

/** A live mail without a verdict is pending. */
const withVerdict = (read: ReadArrival, verdict: Verdict | null): StoredArrival => ({
  ...read,
  verdict: verdict ?? (read.knownAt === null ? imported : null),
})

interface ClusterMails extends VerdictRow {
  cluster: ClusterId
  list_id: number
  /** `seq version dressing_version` of each. */
  mails: string
}

interface StoredMail {
  readonly cluster: ClusterId
  readonly list_id: number
  /** The mail's seq, which is never used again, and the versions of the reader and of the list's dressing: so its facts are the same. */
  readonly name: string
  readonly verdict: Verdict | null
  readonly large: boolean
}

const seqOf = (name: string) => name.slice(0, name.indexOf(' '))

async function readArrivals(
  trx: Transaction<Tables>,
  mails: readonly StoredMail[],
): Promise<[StoredMail, ReadArrival, number][]> {
  if (mails.length === 0) return []
  // A seq is one of the whole log, not of a list.
  const bySeq = new Map(mails.map(mail => [seqOf(mail.name), mail]))
  const { rows } = await sql<{
    seq: Seq
    hash: string
    known_at: number | null
    note: boolean
    data: string
    first: Seq
    since: number
  }>`
    select f.seq, encode(m.raw_hash, 'hex') as hash, m.note, f.data::text as data, copies.first, copies.since,
      case when m.envelope ?| array['trace', 'later'] then floor(extract(epoch from m.known_at) * 1000)::float end as known_at
    from fact f join mail m using (list_id, seq), lateral (
      select min(seq) as first, floor(extract(epoch from min(known_at)) * 1000)::float as since from (
        select seq, known_at from mail where list_id = f.list_id and message_key = f.message_key offset 0) one) copies
    where (list_id, seq) in (
      select * from unnest(${mails.map(mail => mail.list_id)}::integer[], ${[...bySeq.keys()]}::bigint[]))`.execute(
    trx,
  )
  return rows.flatMap((row): [StoredMail, ReadArrival, number][] => {
    const { hash, known_at: knownAt, note, data } = row
    const mail = bySeq.get(row.seq)
    const facts = JSON.parse(data) as MailFacts
    const place = { seq: Number(row.first), known: row.since }
    return mail ? [[mail, { hash, knownAt, facts, place, ...(note ? { note } : {}) }, data.length]] : []
  })
}

/** Below this, reading the facts again costs less than the rest of the fold. */
const keptMailsMin = 30

/** Of each database: another one has other mails under the same seqs. */
const recentOf = memo((_: Kysely<Tables>) => keepRecent<ReadArrival>(limits.factsKeptBytesMax))
