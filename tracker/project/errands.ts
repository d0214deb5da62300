// Errands on their way from the topic whose mail speaks of another one: their rows (outside.ts).
import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { isUnconfirmed } from '../topic/errand.ts'
import type { Errand, Topic } from '../topic/topic.ts'
import type { Heard } from './heard.ts'

/** The errands to the mails with these keys; of too many for one mail those that the fold would choose (voicesFor). */
export async function errandsFor(
  db: Kysely<Tables>,
  list: ListId,
  keys: readonly string[],
): Promise<Errand[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<{ data: Errand }>`
    select data from (
      select data, row_number() over (partition by target_key order by unconfirmed, said, mail_key) as place
      from errand where list_id = ${list} and target_key = any(${keys}::text[])) ranked
    where place <= ${limits.errandsInMax}`.execute(db)
  return rows.map(row => row.data)
}

export interface ErrandRow extends Heard {
  readonly mail_key: string
  readonly data: string
  readonly unconfirmed: boolean
  readonly said: number
}

/** What these topics say now. */
export const errandRows = (topics: readonly { id_key: string; topic: Topic }[]): ErrandRow[] =>
  topics.flatMap(({ id_key, topic }) => (topic.errands ?? []).map(errand => errandRow(id_key, errand)))

function errandRow(topic: string, errand: Errand): ErrandRow {
  const data = toStorableJson(errand)
  return {
    topic_key: topic,
    target_key: indexKey(errand.target),
    mail_key: indexKey(errand.mail),
    data,
    digest: createHash('sha256').update(data).digest('base64url'),
    unconfirmed: isUnconfirmed(errand),
    said: errand.said,
  }
}

export async function writeErrands(
  trx: Transaction<Tables>,
  list: ListId,
  rows: readonly ErrandRow[],
): Promise<void> {
  if (rows.length === 0) return
  await trx
    .insertInto('errand')
    .values(rows.map(row => ({ list_id: list, ...row, said: String(Math.trunc(row.said)) })))
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
