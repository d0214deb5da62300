// How far the senders of a cluster's mails are authenticated. Read anew for each fold: of all that a fold takes, this alone
// may change while its mail stays the same.
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import type { Arrival } from '../topic/unit.ts'
import { imported, type Verdict } from '../topic/verdict.ts'

/**
 * By the seq of a mail, and when it was known if it came live: such a one without a verdict is pending. One row a
 * cluster, and nothing of mails without a verdict.
 */
export async function readVerdicts(
  trx: Transaction<Tables>,
  clusters: readonly string[],
): Promise<(seq: string, knownAt: Arrival['knownAt']) => Arrival['verdict']> {
  const { rows } = await sql<{ mails: Row[] }>`
    select json_agg(json_build_array(v.seq::text, v.grade, v.how, v.identity,
      floor(extract(epoch from (v.data->>'confirmed')::timestamptz) * 1000))) as mails
    from fact f join verdict v using (list_id, seq)
    where f.cluster = any(${clusters}::bigint[]) group by f.cluster`.execute(trx)
  const bySeq = new Map(rows.flatMap(({ mails }) => mails.map(row => [row[0], verdictOf(row)])))
  return (seq, knownAt) => bySeq.get(seq) ?? (knownAt === null ? imported : null)
}

type Row = readonly [
  seq: string,
  grade: 'A' | 'B' | 'C',
  how: string,
  identity: string | null,
  confirmed: number | null,
]

const verdictOf = ([, grade, how, identity, confirmed]: Row): Verdict => ({
  grade,
  how,
  ...(identity === null ? {} : { identity }),
  ...(confirmed === null ? {} : { confirmed }),
})
