// The word index, one row a mail.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { ReadMail } from './read-mails.ts'

/** Writes the words of mails that are new, or whose words changed. */
export async function writeSearch(
  db: Kysely<Tables>,
  list: ListId,
  mails: readonly ReadMail[],
): Promise<void> {
  await sql`
    insert into search (list_id, seq, message_key, said, words)
    select ${list}, * from unnest(
      ${mails.map(mail => mail.seq)}::bigint[], ${mails.map(mail => mail.key)}::text[],
      ${mails.map(mail => new Date(mail.facts.said).toISOString())}::timestamptz[],
      ${mails.map(mail => mail.words)}::tsvector[])
    on conflict (list_id, seq) do update set words = excluded.words, said = excluded.said
      where search.words is distinct from excluded.words`.execute(db)
}
