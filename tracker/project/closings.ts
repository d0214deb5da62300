// Closings on their way from a patchset to its bug: their rows (outside.ts).
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { type Closing, closingsOf } from '../topic/closing.ts'
import type { Topic } from '../topic/topic.ts'
import type { Heard } from './heard.ts'

/** The closings of the mails with these keys. */
export async function closingsFor(
  db: Kysely<Tables>,
  list: ListId,
  keys: readonly string[],
): Promise<Closing[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<{ data: Closing }>`
    select data from claim where list_id = ${list} and target_key = any(${keys}::text[])`.execute(db)
  return rows.map(row => row.data)
}

export interface ClosingRow extends Heard {
  readonly data: string
}

/** What these topics say now. */
export const closingRows = (topics: readonly { id_key: string; topic: Topic }[]): ClosingRow[] =>
  topics.flatMap(({ id_key, topic }) =>
    closingsOf(topic).map(closing => ({
      topic_key: id_key,
      target_key: indexKey(closing.target),
      data: toStorableJson(closing),
      digest: closingDigest(closing),
    })),
  )

/** Of two closings with the same one a bug hears the same. */
export const closingDigest = ({ target, by, said, title }: Closing) =>
  JSON.stringify([target, by, said, title])

export async function writeClosings(
  db: Kysely<Tables>,
  list: ListId,
  rows: readonly ClosingRow[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into claim (list_id, topic_key, target_key, data)
    select ${list}, topic_key, target_key, data::jsonb
    from unnest(${rows.map(row => row.topic_key)}::text[], ${rows.map(row => row.target_key)}::text[],
      ${rows.map(row => row.data)}::text[]) as row (topic_key, target_key, data)
    on conflict (list_id, topic_key, target_key) do update set data = excluded.data`.execute(db)
}
