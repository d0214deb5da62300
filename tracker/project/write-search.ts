// The word index, one row a mail.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { binaryArray } from '../../sql/binary-array.ts'
import type { Tables } from '../../sql/tables.ts'
import type { ReadMail } from './read-mails.ts'

/** What writes the words of mails that are new, or whose words changed. */
export const searchRows = (list: ListId, mails: readonly ReadMail[]): RawBuilder<unknown> => sql`
  insert into search (list_id, seq, message_key, said, words, beside)
  select ${list}, * from unnest(
    ${mails.map(mail => mail.seq)}::bigint[], ${mails.map(mail => mail.key)}::text[],
    ${mails.map(mail => new Date(mail.facts.said).toISOString())}::timestamptz[],
    ${binaryArray(
      'tsvector',
      mails.map(mail => mail.words),
    )}::tsvector[], ${binaryArray(
      'bytea',
      mails.map(mail => mail.beside),
    )}::bytea[])
  on conflict (list_id, seq) do update set words = excluded.words, said = excluded.said, beside = excluded.beside
    where (search.words, search.beside, search.said) is distinct from (excluded.words, excluded.beside, excluded.said)`

/** What `gatherWords` left for later goes into the index; until then each search reads through it. */
export async function indexWords(db: Kysely<Tables>): Promise<void> {
  await sql`
    select gin_clean_pending_list(index::regclass)
    from unnest(array['search_words', 'search_heads']) as index`.execute(db)
}

/** As many at once come from an import or after a pause, never one by one from a list. */
const manyMails = 100

/**
 * Before many mails are written: new words wait in a list and go into the index together, and each word's entry is written
 * anew then. With 16 MB at a time instead of 4 an index of 20,000 mails took a third less of the write-ahead log.
 * PostgreSQL sorts them in `work_mem`. Until the end of the transaction.
 */
export async function gatherWords(db: Kysely<Tables>, mails: number): Promise<void> {
  if (mails < manyMails) return
  await sql`
    select set_config('gin_pending_list_limit', '16MB', true), set_config('work_mem', '64MB', true)`.execute(
    db,
  )
}
