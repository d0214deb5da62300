// How far the sender of a mail is authenticated: by the copy that is shown (mails.ts).
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import type { CheckResult, Grade, How } from '../../tracker/topic/verdict.ts'

export type ShownVerdict =
  | { readonly grade: Grade; readonly how: How; readonly checks: readonly CheckResult[] }
  /** It came live and is not looked at yet, it comes from an archive, or it came before there were verdicts. */
  | 'pending'
  | 'imported'
  | 'unknown'

export async function readVerdict(db: Kysely<Tables>, list: ListId, id: MessageId): Promise<ShownVerdict> {
  const { rows } = await sql<{ verdicts: VerdictRow[] | null }>`
    select ${verdictsOf(list, indexKey(id))} as verdicts`.execute(db)
  return shownVerdict(rows[0]?.verdicts ?? [])
}

/** What is known of the copies of a mail, the one that is shown first; null of none. */
export const verdictsOf = (list: ListId, key: IndexKey): RawBuilder<VerdictRow[] | null> => sql<
  VerdictRow[] | null
>`(
  select json_agg(json_build_object('grade', c.grade, 'how', c.how, 'checks', c.checks, 'pending', c.pending, 'live', c.live) order by c.place)
  from (
    select v.grade, v.how, v.data->'checks' as checks, u.seq is not null as pending, m.envelope ?| array['trace', 'later'] as live,
      row_number() over (order by m.raw_hash = (select shown from topic_mail where list_id = ${list} and message_key = ${key}) desc nulls last,
        f.said, m.raw_hash) as place
    from mail m left join verdict v using (list_id, seq) left join verdict_due u using (list_id, seq)
      left join fact f using (list_id, seq)
    where m.list_id = ${list} and m.message_key = ${key} and not m.hidden
    order by place limit ${limits.copiesReadMax}) c)`

export function shownVerdict(copies: readonly VerdictRow[]): ShownVerdict {
  const [best] = copies
  const pending = copies.some(copy => copy.pending)
  if (best?.grade && best.how !== null && !(best.grade === 'C' && pending))
    return { grade: best.grade, how: best.how, checks: best.checks ?? [] }
  if (pending) return 'pending'
  return copies.some(({ live }) => live) ? 'unknown' : 'imported'
}

export interface VerdictRow {
  grade: Grade | null
  how: How | null
  checks: CheckResult[] | null
  pending: boolean
  live: boolean
}
