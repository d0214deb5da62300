// The text of mails, decoded from their bytes for the page that shows them and for no other.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../../base/ids.ts'
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
  const primaries = await findPrimaries(db, list, ids)
  const decoded = await readDecoded(db, [...primaries.values()])
  const mails = new Map<string, DecodedMail>()
  for (const id of ids) {
    const mail = decoded.get(primaries.get(indexKey(id))?.toString('base64') ?? '')
    if (mail !== undefined) mails.set(id, mail)
  }
  return mails
}

/** The hash of the copy to show of each mail, by key. */
export async function findPrimaries(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (ids.length === 0) return new Map()
  // As JSON: of an array PostgreSQL counts the items and makes a plan for each number, at more than the query costs.
  const { rows } = await sql<{ key: IndexKey; raw_hash: Buffer }>`
    select k.key, own.raw_hash from json_array_elements_text(${JSON.stringify(ids.map(indexKey))}::json) as k(key)
    cross join lateral (select m.raw_hash from mail m ${primaryFirst(sql`${list}`, sql`k.key`)}) own`.execute(
    db,
  )
  return new Map(rows.map(row => [row.key, row.raw_hash]))
}

/**
 * Of a mail's copies the one to show, for a query over `mail m`: the one that its topic names, else the earliest
 * said, then the lowest hash. `among`: a condition of what may be shown at all. Never the first to arrive, or two mirrors of one list would show different texts.
 */
export const primaryFirst = (
  list: RawBuilder<unknown>,
  key: RawBuilder<unknown>,
  among: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> => sql`
  left join fact f on f.list_id = m.list_id and f.seq = m.seq
  where m.list_id = ${list} and m.message_key = ${key} and not m.hidden and ${among}
  order by m.raw_hash = (select shown from topic_mail where list_id = ${list} and message_key = ${key}) desc nulls last,
    f.said, m.raw_hash limit 1`
