// How far the senders of a cluster's mails are authenticated, and when the live ones came. Read anew for each fold: of
// all that a fold takes, this alone may change while its mail stays the same.
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import type { Arrival } from '../topic/unit.ts'
import { imported, type Verdict } from '../topic/verdict.ts'

export type Authentication = Pick<Arrival, 'verdict' | 'knownAt'>

/** Of an imported mail that nobody looked at. */
const archived: Authentication = { verdict: imported, knownAt: null }

/** By the seq of each mail. One row a cluster, and nothing of mails that an import brought. */
export async function readVerdicts(
  trx: Transaction<Tables>,
  clusters: readonly string[],
): Promise<(seq: string) => Authentication> {
  const { rows } = await sql<{ mails: Row[] }>`
    select json_agg(json_build_array(f.seq::text,
      case when m.envelope->>'trace' is not null then floor(extract(epoch from m.known_at) * 1000) end,
      v.grade, v.how, v.identity, floor(extract(epoch from (v.data->>'confirmed')::timestamptz) * 1000))) as mails
    from fact f join mail m using (list_id, seq) left join verdict v using (list_id, seq)
    where f.cluster = any(${clusters}::bigint[]) and (m.envelope->>'trace' is not null or v.seq is not null)
    group by f.cluster`.execute(trx)
  const bySeq = new Map(rows.flatMap(({ mails }) => mails.map(row => [row[0], authenticationOf(row)])))
  return seq => bySeq.get(seq) ?? archived
}

type Row = readonly [
  seq: string,
  knownAt: number | null,
  grade: 'A' | 'B' | 'C' | null,
  how: string | null,
  identity: string | null,
  confirmed: number | null,
]

/** A live mail without a verdict is pending. */
function authenticationOf([, knownAt, grade, how, identity, confirmed]: Row): Authentication {
  if (grade === null) return { verdict: null, knownAt }
  const verdict: Verdict = {
    grade,
    how: how ?? '',
    ...(identity === null ? {} : { identity }),
    ...(confirmed === null ? {} : { confirmed }),
  }
  return { verdict, knownAt }
}
