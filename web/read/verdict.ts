// How far the sender of a mail is authenticated: by the copy that is shown (mails.ts).
import { type Kysely, sql } from 'kysely'
import type { ListId, MessageId } from '../../base/ids.ts'
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
  const { rows } = await sql<VerdictRow>`
    select v.grade, v.how, v.data->'checks' as checks, u.seq is not null as pending, m.envelope ?| array['trace', 'later'] as live
    from mail m left join verdict v using (list_id, seq) left join verdict_due u using (list_id, seq)
      left join fact f using (list_id, seq)
    where m.list_id = ${list} and m.message_key = ${indexKey(id)} and not m.hidden
    order by m.raw_hash = (select shown from topic_mail where list_id = ${list} and message_key = ${indexKey(id)}) desc nulls last,
      f.said, m.raw_hash limit ${limits.copiesReadMax}`.execute(db)
  const [best] = rows
  const pending = rows.some(row => row.pending)
  if (best?.grade && best.how !== null && !(best.grade === 'C' && pending))
    return { grade: best.grade, how: best.how, checks: best.checks ?? [] }
  if (pending) return 'pending'
  return rows.some(({ live }) => live) ? 'unknown' : 'imported'
}

interface VerdictRow {
  grade: Grade | null
  how: How | null
  checks: CheckResult[] | null
  pending: boolean
  live: boolean
}
