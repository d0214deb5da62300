// How many mails wait for a maintainer on a moderated list.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

/** Copies of a mail are one. */
export async function countHeld(db: Kysely<Tables>, list: ListId, countMax: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select distinct message_key from held where list_id = ${list} and released_at is null limit ${countMax + 1}) h`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
