// The text of mails, decoded from their bytes for the page that shows them and for no other.
import { type Kysely, sql } from 'kysely'
import { type ListId, type MessageId, type Seq, seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { readDecoded } from './decoded.ts'

/** The mails with these ids, decoded, by id; an id that the log lacks is left out. */
export async function readMails(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<string, DecodedMail>> {
  const primaries = await primaryRows(db, list, ids)
  const decoded = await readDecoded(
    db,
    primaries.map(row => row.raw_hash),
  )
  const byKey = new Map(primaries.map(row => [row.message_key, decoded.get(row.raw_hash.toString('base64'))]))
  const mails = new Map<string, DecodedMail>()
  for (const id of ids) {
    const mail = byKey.get(indexKey(id))
    if (mail !== undefined) mails.set(id, mail)
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
  const rows = await primaryRows(db, list, ids)
  return new Map(rows.map(row => [row.message_key, seq(row.seq)]))
}

async function primaryRows(db: Kysely<Tables>, list: ListId, ids: readonly MessageId[]) {
  if (ids.length === 0) return []
  const { rows } = await sql<{ message_key: string; seq: string; raw_hash: Buffer }>`
    select distinct on (m.message_key) m.message_key, m.seq, m.raw_hash
    from mail m left join fact f on f.list_id = m.list_id and f.seq = m.seq
    where m.list_id = ${list} and m.message_key = any(${ids.map(indexKey)}::text[]) and not m.hidden
    order by m.message_key, f.said, m.raw_hash`.execute(db)
  return rows
}
