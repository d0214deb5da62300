// The arrivals of one mail with their bytes, by one statement: programs ask for thousands of raw mails, and for nothing else of them.
import { type Kysely, sql } from 'kysely'
import type { Seq } from '../../base/ids.ts'
import { messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import { smallBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'

export interface ArrivalBytes {
  readonly seq: Seq
  readonly hash: Buffer
  readonly size: number
  readonly encoding: Tables['raw']['encoding']
  /** Null of large ones. */
  readonly bytes: Buffer | null
}

/** In the order they came. None where `locateMail` finds no mail that may be shown. */
export async function readArrivals(db: Kysely<Tables>, list: string, id: string): Promise<ArrivalBytes[]> {
  const key = indexKey(messageId(toStorableText(id)))
  const { rows } = await sql<ArrivalBytes>`
    select m.seq, r.hash, r.size, r.encoding, ${smallBytes(sql`r`)} as bytes
    from list l join mail m on m.list_id = l.id and m.message_key = ${key} and not m.hidden join raw r on r.hash = m.raw_hash
    where l.name = ${toStorableText(list)} and (l.settings->>'moderate' <> 'first'
      or exists (select from topic_mail tm where tm.list_id = l.id and tm.message_key = ${key}))
    order by m.seq limit ${limits.copiesReadMax}`.execute(db)
  return rows
}
