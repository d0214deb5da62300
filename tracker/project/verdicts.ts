// How far the senders of a cluster's mails are authenticated. Read anew for each fold: of all that a fold takes, this alone
// may change while its mail stays the same.
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import type { Arrival } from '../topic/unit.ts'
import { imported, type Verdict } from '../topic/verdict.ts'

/**
 * By the seq of a mail, and when it was known if it came live: such a one without a verdict is pending. One row for all
 * mails of which the same is said, and nothing of mails without a verdict.
 */
export async function readVerdicts(
  trx: Transaction<Tables>,
  clusters: readonly string[],
): Promise<(seq: string, knownAt: Arrival['knownAt']) => Arrival['verdict']> {
  const { rows } = await sql<Row>`
    select string_agg(v.seq::text, ',') as seqs, v.grade, v.how, v.identity,
      floor(extract(epoch from (v.data->>'confirmed')::timestamptz) * 1000)::float as confirmed
    from fact f join verdict v using (list_id, seq)
    where f.cluster = any(${clusters}::bigint[]) group by v.grade, v.how, v.identity, v.data->>'confirmed'`.execute(
    trx,
  )
  const bySeq = new Map<string, Verdict>()
  for (const row of rows) {
    const verdict = verdictOf(row)
    for (const seq of row.seqs.split(',')) bySeq.set(seq, verdict)
  }
  return (seq, knownAt) => bySeq.get(seq) ?? (knownAt === null ? imported : null)
}

interface Row {
  readonly seqs: string
  readonly grade: 'A' | 'B' | 'C'
  readonly how: string
  readonly identity: string | null
  readonly confirmed: number | null
}

const verdictOf = ({ grade, how, identity, confirmed }: Row): Verdict => ({
  grade,
  how,
  ...(identity === null ? {} : { identity }),
  ...(confirmed === null ? {} : { confirmed }),
})
