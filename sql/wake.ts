// What is to be made again, and when: clusters that are folded, mails that are read. The only place that says so; a fold
// clears it. Whatever changes for many mails at once waits behind new mail.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** `now`: there is new mail, or somebody waits for the page. `late`: behind all of those. */
export type When = 'now' | 'late'

/**
 * The clusters with the ids that `which` selects are folded again. A fold holds rows itself and never waits for others
 * (`beside`): whoever holds one of them is waking it.
 */
export async function wake(
  db: Kysely<Tables>,
  which: RawBuilder<unknown>,
  when: When,
  from?: 'beside',
): Promise<void> {
  await sql`
    update cluster set ${woken(when)} where id in (
      select id from cluster where id in (${which}) order by id for update ${from ? sql`skip locked` : sql``})`.execute(
    db,
  )
}

/** For the `set` of a statement that changes the cluster anyway. One that waits for new mail is not put behind it. */
export const woken = (when: When): RawBuilder<unknown> => wokenWhere(sql.lit(when === 'now'))

/** The same, where rows differ in it. */
export const wokenWhere = (now: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`dirty = true, late = not ${now} and (late or not dirty)`

/** Mails that were read are read once more, from the rows (list_id, seq) that `which` selects. Their topics stand meanwhile. */
export async function readAgain(db: Kysely<Tables>, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into unsorted (list_id, seq, late) select list_id, seq, true from (${which}) as mail on conflict do nothing`.execute(
    db,
  )
}
