// The text of mails, decoded from their bytes for the page that shows them and for no other.
import { type Kysely, sql } from 'kysely'
import { type ListId, type MessageId, type Seq, seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { readRawBatch } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'

/** The mails with these ids, decoded, by id; an id that the log lacks is left out. */
export async function readMails(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<string, DecodedMail>> {
  const places = await findPrimaries(db, list, ids)
  const stored = await readRawBatch(db, list, [...places.values()])
  const bySeq = new Map(stored.map(mail => [mail.seq, mail.bytes]))
  const mails = new Map<string, DecodedMail>()
  for (const id of ids) {
    const at = places.get(indexKey(id))
    const bytes = at === undefined ? undefined : bySeq.get(at)
    if (bytes !== undefined) mails.set(id, decodeMail(bytes))
  }
  return mails
}

/**
 * Of each mail's copies the place of the one to show, by key: the earliest said, then the lowest hash. Never the
 * first to arrive, or two mirrors of one list would show different texts.
 */
export async function findPrimaries(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<string, Seq>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ message_key: string; seq: string }>`
    select distinct on (m.message_key) m.message_key, m.seq
    from mail m left join fact f on f.list_id = m.list_id and f.seq = m.seq
    where m.list_id = ${list} and m.message_key = any(${ids.map(indexKey)}::text[])
    order by m.message_key, f.said, m.raw_hash`.execute(db)
  return new Map(rows.map(row => [row.message_key, seq(row.seq)]))
}
