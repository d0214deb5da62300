// How far the inbox of a list goes (0007): up to a mail below which nothing can come any more. Numbers of the log are given before
// a commit, so a higher one may be seen first; and a mail that is not sorted yet may be held.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type ListId, listId, type Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { lockAssignment } from '../project/lock.ts'

/** Moves the inboxes of these lists on. What is under way now is taken the next time. */
export async function reachOn(db: Kysely<Tables>, lists: readonly ListId[]): Promise<void> {
  const behind = await listsBehind(db, lists)
  if (behind.length === 0) return
  const settled = await settledSeq(db)
  if (settled === null) return
  for (const list of behind) await moveOn(db, list, settled)
}

async function listsBehind(db: Kysely<Tables>, lists: readonly ListId[]): Promise<ListId[]> {
  const { rows } = await sql<{ id: number }>`
    select l.id from unnest(${lists}::integer[]) as l (id) left join inbox i on i.list_id = l.id,
      lateral (select coalesce(i.reached, 0) as reached) r
    where exists (select from mail m where m.list_id = l.id and m.seq > r.reached)
      or exists (select from inbox_change c where c.list_id = l.id and c.place > r.reached)`.execute(db)
  return rows.map(row => listId(row.id))
}

/** No mail gets this number or a lower one from now on. Null while somebody who may hold one does not end. */
async function settledSeq(db: Kysely<Tables>): Promise<Seq | null> {
  // First the number, then who writes: whoever got it, or a lower one, and has not ended is among them.
  const given = await lastGiven(db)
  if (given === null) return null
  let writing = await writers(db)
  for (const began = performance.now(); writing.size > 0; ) {
    if (performance.now() - began > limits.inboxWaitMillisecondsMax) return null
    await sleep(20)
    const now = await writers(db)
    writing = new Set([...writing].filter(one => now.has(one)))
  }
  return given
}

async function lastGiven(db: Kysely<Tables>): Promise<Seq | null> {
  const { rows } = await sql<{ seq: Seq | null }>`
    select pg_sequence_last_value(pg_get_serial_sequence('mail', 'seq')::regclass) as seq`.execute(db)
  return rows[0]?.seq ?? null
}

/** The transactions that wrote mails: an insert locks the table so (PostgreSQL, 13.3.1) before it gives numbers. */
async function writers(db: Kysely<Tables>): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select virtualtransaction as id from pg_locks
    where relation = 'mail'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db)
  return new Set(rows.map(row => row.id))
}

/** Under the lock under which mails are sorted, held, hidden and shown. Durable before anybody writes a commit by it. */
const moveOn = (db: Kysely<Tables>, list: ListId, settled: Seq): Promise<void> =>
  db.transaction().execute(async trx => {
    await lockAssignment(trx, list)
    await sql`
      insert into inbox (list_id, reached)
      select ${list}, least(${settled}::bigint, (
        select min(u.seq) - 1 from unsorted u
        where u.list_id = ${list} and u.seq > coalesce((select reached from inbox where list_id = ${list}), 0)))
      on conflict (list_id) do update set reached = excluded.reached where inbox.reached < excluded.reached`.execute(
      trx,
    )
  })
