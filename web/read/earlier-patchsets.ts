// How many patchsets somebody had posted to a list before: a fact that says more than any grade of who sends the next one.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import { queryCondition } from './query-sql.ts'

/** By the address. Counted up to `max`, which stands for "so many or more". */
export async function readEarlierPatchsets(
  db: Kysely<Tables>,
  list: ListId,
  { address, before, max }: { readonly address: string; readonly before: Date; readonly max: number },
): Promise<number> {
  // No index has addresses; that of the words finds the few mails which may be his.
  const words = wordsOf(address)
  if (words.length === 0) return 0
  const { holds } = queryCondition({ what: 'words', field: 'f', words, open: false })
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select distinct m.topic_key from search s join fact f using (list_id, seq)
        join topic_mail m on m.list_id = f.list_id and m.message_key = f.message_key
      where s.list_id = ${list} and ${holds} and f.said < ${before} and f.data->'sender'->>'address' = ${address}
        and f.data ? 'amHash' limit ${max}) earlier`.execute(db)
  return rows[0]?.count ?? 0
}
