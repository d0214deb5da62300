// The articles of a group: a list's mails under their first place in the log, which never changes. What is hidden, held or a note has none,
// nor has what came behind a mail that is not sorted yet: a number that was passed must not be filled later.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId, MessageId, Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { primaryFirst } from '../read/mails.ts'

export interface Numbered {
  readonly number: Seq
  readonly id: MessageId
  /** Of its bytes. */
  readonly hash: Buffer
}

export interface Range {
  readonly first: number
  readonly last: number
}

export interface Extent extends Range {
  /** About so many. */
  readonly count: number
}

/** Of the numbers in use; they may be further apart than the articles. */
export async function extentOf(db: Kysely<Tables>, list: ListId): Promise<Extent> {
  const { rows } = await sql<{ first: string | null; last: string | null; count: number }>`
    select (select seq from mail where list_id = ${list} order by seq limit 1) as first,
      (select seq from mail where list_id = ${list} and not note and ${sorted(list)} order by seq desc limit 1) as last,
      (select count(*)::int from (
        select from mail where list_id = ${list} and not hidden and not note and ${sorted(list)} limit ${limits.newsCountMax + 1}) c) as count`.execute(
    db,
  )
  const { first = null, last = null, count = 0 } = rows[0] ?? {}
  if (first === null || last === null || count === 0) return { first: 1, last: 0, count: 0 }
  const span = Number(last) - Number(first) + 1
  return {
    first: Number(first),
    last: Number(last),
    count: count > limits.newsCountMax ? span : Math.min(count, span),
  }
}

/** In their order, some at a time. */
export async function* articlesIn(
  db: Kysely<Tables>,
  list: ListId,
  { first, last }: Range,
): AsyncGenerator<readonly Numbered[]> {
  for (let from = first; from <= last; ) {
    const rows = await readSome(
      db,
      list,
      sql`a.seq between ${from} and ${last} order by a.seq limit ${batchMails}`,
    )
    yield rows.filter(canBeSaid)
    if (rows.length < batchMails) return
    from = Number(rows.at(-1)?.number) + 1
  }
}

/** The next one above a number, or below it. */
export async function neighbourOf(
  db: Kysely<Tables>,
  list: ListId,
  number: number,
  where: 'above' | 'below',
): Promise<Numbered | undefined> {
  const order =
    where === 'above' ? sql`a.seq > ${number} order by a.seq` : sql`a.seq < ${number} order by a.seq desc`
  const rows = await readSome(db, list, sql`${order} limit ${batchMails}`)
  return rows.find(canBeSaid)
}

export async function articleAt(
  db: Kysely<Tables>,
  list: ListId,
  number: number,
): Promise<Numbered | undefined> {
  const rows = await readSome(db, list, sql`a.seq = ${number}`)
  return rows.find(canBeSaid)
}

/** On the first of these lists that has it. */
export async function articleBy(
  db: Kysely<Tables>,
  lists: readonly ListId[],
  id: string,
): Promise<(Numbered & { readonly list: ListId }) | undefined> {
  for (const list of lists) {
    const rows = await readSome(db, list, sql`a.message_key = ${indexKey(id)}`)
    const [found] = rows.filter(canBeSaid)
    if (found) return { ...found, list }
  }
  return undefined
}

/** Those that came since, as the log knows them. */
export async function* articlesSince(
  db: Kysely<Tables>,
  list: ListId,
  since: Date,
): AsyncGenerator<readonly Numbered[]> {
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    select min(seq) as first, max(seq) as last from mail where list_id = ${list} and known_at >= ${since}`.execute(
    db,
  )
  const { first = null, last = null } = rows[0] ?? {}
  if (first === null || last === null) return
  for await (const some of articlesIn(db, list, { first: Number(first), last: Number(last) })) yield some
}

const batchMails = 100
/** RFC 3977 6: no article has a larger one. */
const numberMax = 2_147_483_647

const sorted = (list: ListId): RawBuilder<unknown> =>
  sql`seq <= ${numberMax} and seq < coalesce((select min(u.seq) from unsorted u where u.list_id = ${list} and not u.late), ${numberMax + 1})`

async function readSome(
  db: Kysely<Tables>,
  list: ListId,
  which: RawBuilder<unknown>,
): Promise<readonly Numbered[]> {
  const { rows } = await sql<Numbered>`
    select a.seq as number, a.message_id as id, own.raw_hash as hash
    from (select * from mail where list_id = ${list} and not note and ${sorted(list)}) a
    cross join lateral (
      select m.raw_hash from mail m ${primaryFirst(sql`a.list_id`, sql`a.message_key`, sql`not m.note`)}) own
    where not exists (
      select from mail e where e.list_id = a.list_id and e.message_key = a.message_key and e.seq < a.seq and not e.note) and ${which}`.execute(
    db,
  )
  return rows
}

/** RFC 3977 3.6: no blank, no `>`, and 250 with its brackets. An odd id of an old archive cannot be written. */
const canBeSaid = ({ id }: Numbered): boolean => /^[!-=?-~]{1,248}$/.test(id)

/** When the list got its first mail; null while it has none. */
export async function firstKnown(db: Kysely<Tables>, list: ListId): Promise<Date | null> {
  const row = await db
    .selectFrom('mail')
    .select('known_at')
    .where('list_id', '=', list)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  return row?.known_at ?? null
}
