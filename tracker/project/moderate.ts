// Takes mails out of sight, and back. What is hidden stays in the log and in nothing that is made from it; of what is purged only
// the hash is left. Both are a tombstone first, so that the mail stays away when it comes again.

import { type Kysely, sql, type Transaction } from 'kysely'
import { type ClusterId, type ListId, listId, type MessageId, type Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { noteInboxChange } from '../../sql/inbox-change.ts'
import { renewPages } from '../../sql/pages-version.ts'
import type { Tables } from '../../sql/tables.ts'
import { liftTombstones, standingTombstones, type Tombstone, writeTombstone } from '../../sql/tombstones.ts'
import { type When, woken } from '../../sql/wake.ts'
import type { MailFacts } from '../mail/facts.ts'
import { uncountMarks } from './dressing.ts'
import { type Moderated, release, showAgain } from './hold.ts'
import { lockAssignment } from './lock.ts'
import { dropStatements } from './statements.ts'

/** On one list, or on each that has the mail. Again it changes nothing. Clusters that it touched wait to be folded. */
export async function hide(db: Kysely<Tables>, stone: Omit<Tombstone, 'kind'>): Promise<Moderated> {
  return bury(db, { ...stone, kind: 'hidden' })
}

/** The same, and the bytes go: at once when no other list holds them, else from this list. */
export async function purge(db: Kysely<Tables>, stone: Omit<Tombstone, 'kind'>): Promise<Moderated> {
  return bury(db, { ...stone, kind: 'purged' })
}

/** Shows a hidden mail again. Throws for one whose bytes are gone, and for one that is hidden on more lists than asked. */
export async function unhide(
  db: Kysely<Tables>,
  asked: Omit<Tombstone, 'kind' | 'hash'>,
): Promise<Moderated> {
  const holders = await holdersOf(db, asked)
  if (holders.length === 0) return { lists: [], changed: 0 }
  const cannot = (reason: string) => new Error(`Cannot unhide "${asked.messageId}": ${reason}`)
  const standing = await standingTombstones(db, asked.messageId)
  const here = standing.filter(({ list }) => list === null || holders.some(({ id }) => id === list))
  if (here.some(({ kind }) => kind === 'purged')) throw cannot('it was purged, and its bytes are gone')
  if (asked.list !== undefined && here.some(({ list }) => list === null))
    throw cannot('it was hidden on every list; allowed: without --list')
  await liftTombstones(db, asked)
  let changed = 0
  for (const { id } of holders)
    changed += await db.transaction().execute(async trx => {
      await lockAssignment(trx, id)
      return showAgain(trx, id, await arrivalsOf(trx, id, asked.messageId))
    })
  return { lists: holders, changed }
}

/** By the words of the command line. */
export const moderate = { hide, purge, unhide, release }

type Trx = Transaction<Tables>

async function arrivalsOf(trx: Trx, list: ListId, id: MessageId): Promise<Seq[]> {
  const rows = await trx
    .selectFrom('mail')
    .select('seq')
    .where('list_id', '=', list)
    .where('message_key', '=', indexKey(id))
    .execute()
  return rows.map(({ seq }) => seq)
}

async function bury(db: Kysely<Tables>, stone: Tombstone): Promise<Moderated> {
  const holders = await holdersOf(db, stone)
  if (holders.length === 0) return { lists: [], changed: 0 }
  if (stone.who === 'archive' && (await wasLifted(db, stone))) return { lists: holders, changed: 0 }
  // First and for itself: an arrival in between meets it.
  await writeTombstone(db, stone)
  let changed = 0
  for (const { id } of holders) changed += await db.transaction().execute(trx => buryOnList(trx, id, stone))
  return { lists: holders, changed }
}

/** An archive that is read once more says again what it deleted; what somebody decided here since then stands. */
async function wasLifted(db: Kysely<Tables>, { list, messageId }: Tombstone): Promise<boolean> {
  const { rows } = await sql`
    select from tombstone where message_key = ${indexKey(messageId)} and who = 'archive' and lifted_by <> 'archive'
      and list_id is not distinct from ${list ?? null}::integer limit 1`.execute(db)
  return rows.length > 0
}

async function holdersOf(
  db: Kysely<Tables>,
  { list, messageId, hash }: Pick<Tombstone, 'list' | 'messageId' | 'hash'>,
): Promise<{ id: ListId; name: string }[]> {
  const { rows } = await sql<{ id: number; name: string }>`
    select l.id, l.name from list l
    where (${list ?? null}::integer is null or l.id = ${list ?? null}::integer) and exists (
      select from mail m where m.list_id = l.id and m.message_key = ${indexKey(messageId)}
        and (${hash ?? null}::bytea is null or m.raw_hash = ${hash ?? null}::bytea))
    order by l.name`.execute(db)
  return rows.map(({ id, name }) => ({ id: listId(id), name }))
}

async function buryOnList(trx: Trx, list: ListId, stone: Tombstone): Promise<number> {
  await lockAssignment(trx, list)
  const { rows } = await sql<{ seq: Seq; was_hidden: boolean }>`
    update mail m set hidden = true from mail before
    where m.list_id = ${list} and m.message_key = ${indexKey(stone.messageId)}
      and (${stone.hash ?? null}::bytea is null or m.raw_hash = ${stone.hash ?? null}::bytea)
      and before.list_id = m.list_id and before.seq = m.seq
    returning m.seq, before.hidden as was_hidden`.execute(trx)
  // Nobody is asked about it any more.
  await sql`
    update held set released_at = now(), released_by = ${`${stone.kind} by ${stone.who}`}
    where list_id = ${list} and seq = any(${rows.map(row => row.seq)}::bigint[]) and released_at is null`.execute(
    trx,
  )
  const fresh = rows.filter(row => !row.was_hidden).map(row => row.seq)
  const all = rows.map(row => row.seq)
  await (stone.kind === 'purged'
    ? noteInboxChange(trx, list, all, 'purged')
    : noteInboxChange(trx, list, fresh, 'hidden'))
  if (fresh.length > 0)
    await forget(trx, list, stone.messageId, fresh, stone.who === 'archive' ? 'late' : 'now')
  const emptied = stone.kind === 'purged' ? await empty(trx, list, all) : 0
  return Math.max(fresh.length, emptied)
}

/** Everything that was made from these arrivals. Their clusters are folded again without them. */
async function forget(
  trx: Trx,
  list: ListId,
  id: MessageId,
  seqs: readonly Seq[],
  when: When,
): Promise<void> {
  const { rows } = await sql<{ cluster: ClusterId; seq: Seq; data: MailFacts }>`
    delete from fact where list_id = ${list} and seq = any(${seqs}::bigint[]) returning cluster, seq, data`.execute(
    trx,
  )
  for (const table of ['unsorted', 'verdict_due', 'search', 'sketch', 'revision_hint'] as const)
    await sql`delete from ${sql.table(table)} where list_id = ${list} and seq = any(${seqs}::bigint[])`.execute(
      trx,
    )
  await sql`
    delete from topic_mail where list_id = ${list} and message_key = ${indexKey(id)} and not exists (
      select from fact f where f.list_id = topic_mail.list_id and f.message_key = topic_mail.message_key)`.execute(
    trx,
  )
  await uncountMarks(
    trx,
    list,
    rows.map(({ seq, data }) => ({ seq, facts: data })),
  )
  for (const cluster of new Set(rows.map(row => row.cluster))) await shrink(trx, list, cluster, when)
  await renewPages(trx, list)
}

/** A cluster without mails has no topics; nobody would fold it. */
async function shrink(trx: Trx, list: ListId, cluster: ClusterId, when: When): Promise<void> {
  const { rows } = await sql<{ mails: number }>`
    update cluster set ${woken(when)}, mails = (select count(*)::int from fact where cluster = ${cluster}::bigint)
    where id = ${cluster}::bigint returning mails`.execute(trx)
  if (rows[0]?.mails !== 0) return
  await dropStatements(trx, list, cluster, when)
  for (const table of ['topic', 'topic_mail', 'cluster_key'] as const)
    await sql`delete from ${sql.table(table)} where cluster = ${cluster}::bigint`.execute(trx)
  await trx.deleteFrom('cluster').where('id', '=', cluster).execute()
}

/** Takes away the bytes that no list shows any more, and who sent them. Answers how many mails had something to take. */
async function empty(trx: Trx, list: ListId, seqs: readonly Seq[]): Promise<number> {
  const { rows: mails } = await sql<{ raw_hash: Buffer }>`
    update mail set envelope = jsonb_build_object('road', envelope->'road')
    where list_id = ${list} and seq = any(${seqs}::bigint[]) returning raw_hash`.execute(trx)
  const hashes = mails.map(mail => mail.raw_hash)
  const { rows } = await sql`
    update raw set bytes = '', encoding = 'purged', size = 0
    where hash = any(${hashes}::bytea[]) and encoding <> 'purged' and not exists (
      select from mail m where m.raw_hash = raw.hash and not (m.list_id = ${list} and m.seq = any(${seqs}::bigint[]))
        and not exists (
          select from tombstone t where t.message_key = m.message_key and t.kind = 'purged'
            and (t.list_id is null or t.list_id = m.list_id) and (t.raw_hash is null or t.raw_hash = m.raw_hash)))
    returning hash`.execute(trx)
  return rows.length
}
