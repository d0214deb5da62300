// The word index, one row a mail.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { ReadMail } from './read-mails.ts'

/** Weights: subject A, author B, files C, body D. 'simple': code has no grammar to stem. */
export async function writeSearch(
  db: Kysely<Tables>,
  list: ListId,
  mails: readonly ReadMail[],
): Promise<void> {
  const rows = mails.map(({ seq, key, facts, search }) => ({
    seq,
    message_key: key,
    said: new Date(facts.said).toISOString(),
    ...search,
  }))
  await sql`
    insert into search (list_id, seq, message_key, said, words)
    select ${list}, seq, message_key, said,
      setweight(to_tsvector('simple', subject), 'A') || setweight(to_tsvector('simple', author), 'B') ||
      setweight(to_tsvector('simple', files), 'C') || setweight(to_tsvector('simple', body), 'D')
    from jsonb_to_recordset(${toStorableJson(rows)}::jsonb)
      as row (seq bigint, message_key text, said timestamptz, subject text, author text, files text, body text)
    on conflict (list_id, seq) do update set words = excluded.words, said = excluded.said
      where search.words is distinct from excluded.words`.execute(db)
}
