// Keys that people proved over HTTP to be theirs: by reading a mail at their address, and signing what stood in it.
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Tables } from './tables.ts'

export type SubmissionKey = Selectable<Tables['submission_key']>
export type NewKey = Pick<SubmissionKey, 'identity' | 'selector' | 'algorithm' | 'key'>

/** Of those in use, the oldest first. */
export const currentKeys = (db: Kysely<Tables>): Promise<SubmissionKey[]> =>
  db.selectFrom('submission_key').selectAll().where('revoked_at', 'is', null).orderBy('id').execute()

/** All that ever were, by whose they are. */
export const allKeys = (db: Kysely<Tables>): Promise<SubmissionKey[]> =>
  db.selectFrom('submission_key').selectAll().orderBy('identity').orderBy('id').execute()

/** Within the caller's transaction. Another key of the person under this selector is worth nothing from now on. */
export async function saveKey(trx: Kysely<Tables>, given: NewKey): Promise<void> {
  const { identity, selector, key } = given
  const [same] = await trx
    .updateTable('submission_key')
    .set({ verified_at: sql`now()` })
    .where('identity', '=', identity)
    .where('selector', '=', selector)
    .where('key', '=', key)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  if (same !== undefined) return
  await revokeKeys(trx, identity, selector)
  await trx.insertInto('submission_key').values(given).execute()
}

/** Null for all selectors. Answers how many were in use. */
export async function revokeKeys(
  db: Kysely<Tables>,
  identity: string,
  selector: string | null,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('submission_key')
    .set({ revoked_at: sql`now()` })
    .where('identity', '=', identity)
    .$if(selector !== null, query => query.where('selector', '=', selector))
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** With how many there are. */
export async function newestKeys(
  db: Kysely<Tables>,
  max: number,
): Promise<{ keys: SubmissionKey[]; count: number }> {
  const { rows } = await sql<SubmissionKey & { count: number }>`
    select *, count(*) over ()::int as count from submission_key order by id desc limit ${max}`.execute(db)
  return { keys: rows, count: rows[0]?.count ?? 0 }
}
