// Mails that were taken out of sight. A tombstone says who did it, when and why, and is asked at each arrival: what
// was hidden stays hidden when it comes again by another road, and what was purged is not kept again.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type IndexKey, type ListId, listId, type MessageId } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { toStorableText } from '../base/storable.ts'
import type { Tables } from './tables.ts'

export interface Tombstone {
  readonly kind: 'hidden' | 'purged'
  /** Every list when absent. */
  readonly list?: ListId | undefined
  readonly messageId: MessageId
  /** These bytes alone when given, else every mail with the id. */
  readonly hash?: Buffer | undefined
  readonly who: string
  readonly reason: string
}

/** Writes it; the same one again changes nothing. Answers whether it is new. */
export async function writeTombstone(db: Kysely<Tables>, stone: Tombstone): Promise<boolean> {
  const { rowCount } = await db
    .insertInto('tombstone')
    .values({
      kind: stone.kind,
      list_id: stone.list ?? null,
      message_id: toStorableText(stone.messageId),
      message_key: indexKey(stone.messageId),
      raw_hash: stone.hash ?? null,
      who: toStorableText(stone.who),
      reason: toStorableText(stone.reason),
    })
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirst()
    .then(result => ({ rowCount: Number(result.numInsertedOrUpdatedRows) }))
  return rowCount > 0
}

/** Lifts what hides the mail, on one list or on all; the rows stay, with who did it and why. Answers how many. */
export async function liftTombstones(
  db: Kysely<Tables>,
  { list, messageId, who, reason }: Omit<Tombstone, 'kind' | 'hash'>,
): Promise<number> {
  const { rows } = await sql`
    update tombstone set lifted_at = now(), lifted_by = ${toStorableText(who)}, lifted_reason = ${toStorableText(reason)}
    where message_key = ${indexKey(messageId)} and kind = 'hidden' and lifted_at is null
      and (${list ?? null}::integer is null or list_id = ${list ?? null}::integer) returning id`.execute(db)
  return rows.length
}

/** What stands on the mail: on this list, or on all of them (null). */
export async function standingTombstones(
  db: Kysely<Tables>,
  id: MessageId,
): Promise<{ kind: Tombstone['kind']; list: ListId | null }[]> {
  const rows = await db
    .selectFrom('tombstone')
    .select(['kind', 'list_id'])
    .where('message_key', '=', indexKey(id))
    .where('lifted_at', 'is', null)
    .execute()
  return rows.map(({ kind, list_id }) => ({ kind, list: list_id === null ? null : listId(list_id) }))
}

interface Arriving {
  readonly list: ListId
  readonly id: MessageId
  readonly hash: Buffer
}

/** What tells the mails that a tombstone is on: `(list_id, raw_hash, message_key, kind)` of those on mails with these keys. */
export const stonesOn = (keys: readonly IndexKey[]): RawBuilder<unknown> => sql`
  select list_id, raw_hash, message_key, kind from tombstone
  where message_key = any(${keys}::text[]) and lifted_at is null`

/** The arriving mails that one of these tombstones is on, with what it says; purged is stronger than hidden. */
export function buriedBy<T extends Arriving>(
  stones: readonly Stone[],
  arriving: readonly T[],
): ReadonlyMap<T, 'hidden' | 'purged'> {
  const found = new Map<T, 'hidden' | 'purged'>()
  for (const one of stones.length === 0 ? [] : arriving) {
    const kinds = stones.filter(stone => isOn(stone, one)).map(stone => stone.kind)
    if (kinds.length > 0) found.set(one, kinds.includes('purged') ? 'purged' : 'hidden')
  }
  return found
}

export type Stone = Pick<Tables['tombstone'], 'list_id' | 'message_key' | 'raw_hash'> & {
  readonly kind: 'hidden' | 'purged'
}

const isOn = (stone: Stone, { list, id, hash }: Arriving) =>
  stone.message_key === indexKey(id) &&
  (stone.list_id === null || stone.list_id === list) &&
  (stone.raw_hash === null || stone.raw_hash.equals(hash))
