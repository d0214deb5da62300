// How far the senders of a cluster's mails are authenticated, for a query over `verdict v`. It is read anew for each fold:
// of all that a fold takes, this alone may change while its mail stays the same.
import { sql } from 'kysely'
import type { Astray, Grade, How, Verdict } from '../topic/verdict.ts'

/** Of mails without a verdict all of it is null. */
export interface VerdictRow {
  readonly grade: Grade | null
  readonly how: How
  readonly identity: string | null
  readonly confirmed: number | null
  readonly covers: readonly string[] | null
  readonly astray: Astray | null
}

export const verdictColumns = sql`v.grade, v.how, v.identity,
  floor(extract(epoch from (v.data->>'confirmed')::timestamptz) * 1000)::float as confirmed,
  v.data->'covers' as covers, v.data->'astray' as astray`
export const verdictGroup = sql`v.grade, v.how, v.identity, v.data->>'confirmed', v.data->'covers', v.data->'astray'`

export const verdictOf = ({ grade, how, identity, confirmed, covers, astray }: VerdictRow): Verdict | null =>
  grade && {
    grade,
    how,
    ...(identity === null ? {} : { identity }),
    ...(confirmed === null ? {} : { confirmed }),
    ...(covers === null ? {} : { covers }),
    ...(astray === null ? {} : { astray }),
  }
