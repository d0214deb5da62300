// What a list has taught us of its dressing, in the database: the marks of its mails, counted, and which of them are
// dressing. When that changes, the mails that have such a mark are read again. Nothing here depends on the order of
// arrival: what is learnt is a function of the mails that are in sight, and a mail's marks are a function of its bytes.
import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ListId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { readAgain } from '../../sql/wake.ts'
import { type Dressing, isDressing, type Mark } from '../mail/dressing.ts'
import type { MailFacts } from '../mail/facts.ts'

type Trx = Transaction<Tables>

/** The dressing of now, and its version: what was read under another one is read again. */
export interface ListDressing extends Dressing {
  readonly version: number
}

export async function dressingOf(db: Kysely<Tables>, list: ListId): Promise<ListDressing> {
  const { rows } = await sql<Row>`
    select settings->>'address' as address, settings->>'listId' as list_id, settings->>'prefix' as prefix, dressing_version as version,
      array(select mark::text from mark_count d where d.list_id = l.id and d.learnt) as learnt
    from list l where id = ${list}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error(`There is no list ${list}`)
  const { address, list_id, prefix, learnt, version } = row
  return { address: address.toLowerCase(), listId: list_id, prefix, learnt: new Set(learnt), version }
}

type Row = {
  address: string
  list_id: string | null
  prefix: string | null
  version: number
  learnt: string[]
}

/** A mail that was read: for the first time, or again. */
interface Seen {
  readonly seq: Seq
  readonly facts: MailFacts
  readonly again: boolean
}

/** Counts the marks of these mails. Call it under the list's assignment lock. */
export async function countMarks(trx: Trx, list: ListId, mails: readonly Seen[]): Promise<void> {
  const stamped = mails.filter(({ facts }) => facts.marks !== undefined)
  if (stamped.length === 0) return
  const [marks, people, seqs] = columns(stamped)
  const fresh = stamped.filter(({ again }) => !again).length
  await learn(
    trx,
    list,
    sql<Counted>`
      with fresh as (
        insert into mail_mark select ${list}, * from unnest(${marks}::bigint[], ${people}::bigint[], ${seqs}::bigint[])
        on conflict do nothing returning mark, person, seq),
      counted as (
        select mark, count(*)::int as mails, (count(distinct person) filter (where not exists (
          select from mail_mark w where w.list_id = ${list} and w.mark = fresh.mark and w.person = fresh.person)))::int as people
        from fresh group by mark
        union all select 0, ${fresh}, 0 where ${fresh} > 0),
      summed as (
        insert into mark_count (list_id, mark, people, mails) select ${list}, mark, people, mails from counted
        on conflict (list_id, mark) do update
          set people = mark_count.people + excluded.people, mails = mark_count.mails + excluded.mails
        returning mark, people, mails, learnt)
      ${counts(list)}`,
  )
}

/** The reverse, for mails that went out of sight. */
export async function uncountMarks(
  trx: Trx,
  list: ListId,
  mails: readonly Omit<Seen, 'again'>[],
): Promise<void> {
  const stamped = mails.filter(({ facts }) => facts.marks !== undefined)
  if (stamped.length === 0) return
  const [marks, people, seqs] = columns(stamped)
  await learn(
    trx,
    list,
    sql<Counted>`
      with gone as (
        delete from mail_mark using unnest(${marks}::bigint[], ${people}::bigint[], ${seqs}::bigint[]) as g (mark, person, seq)
        where list_id = ${list} and mail_mark.mark = g.mark and mail_mark.person = g.person and mail_mark.seq = g.seq
        returning mail_mark.mark, mail_mark.person, mail_mark.seq),
      counted as (
        select mark, count(*)::int as mails, (count(distinct person) filter (where not exists (
          select from mail_mark w where w.list_id = ${list} and w.mark = gone.mark and w.person = gone.person
            and w.seq not in (select seq from gone))))::int as people
        from gone group by mark
        union all select 0, ${stamped.length}, 0),
      summed as (
        update mark_count d set people = d.people - counted.people, mails = d.mails - counted.mails
        from counted where d.list_id = ${list} and d.mark = counted.mark
        returning d.mark, d.people, d.mails, d.learnt)
      ${counts(list)}`,
  )
}

interface Counted {
  mark: Mark
  people: number
  mails: number
  learnt: boolean
}

/** Every mark that may be dressing, with the counts of `summed` where it has them: the rest stands as it stood before. */
const counts = (list: ListId) => sql`
  select mark::text as mark, people, mails, learnt from summed
  where mark = 0 or learnt or people >= ${limits.dressingPeopleMin}
  union all
  select mark::text, people, mails, learnt from mark_count d
  where list_id = ${list} and (learnt or people >= 5 or mark = 0) and mark not in (select mark from summed)`

/** Turns what the counts turn. A mail is read at most a few times for it; see `isDressing`. */
async function learn(trx: Trx, list: ListId, counting: ReturnType<typeof sql<Counted>>): Promise<void> {
  const { rows } = await counting.execute(trx)
  const all = rows.find(({ mark }) => mark === '0')?.mails ?? 0
  const turned = rows.filter(row => row.mark !== '0' && isDressing(row, all) !== row.learnt)
  if (turned.length === 0) return
  const marks = turned.map(({ mark }) => mark)
  await sql`update mark_count set learnt = not learnt where list_id = ${list} and mark = any(${marks}::bigint[])`.execute(
    trx,
  )
  await sql`update list set dressing_version = dressing_version + 1 where id = ${list}`.execute(trx)
  await readAgain(
    trx,
    sql`select distinct list_id, seq from mail_mark where list_id = ${list} and mark = any(${marks}::bigint[])`,
  )
}

/** One row for each mark of each mail. */
function columns(mails: readonly Omit<Seen, 'again'>[]): [string[], string[], string[]] {
  const rows = mails.flatMap(({ seq, facts }) =>
    [...new Set(facts.marks)].map(mark => ({ mark, person: personOf(facts), seq })),
  )
  return [rows.map(row => row.mark), rows.map(row => row.person), rows.map(row => row.seq)]
}

/** A short name for whoever sent the mail: as many as there are are only counted. */
const personOf = ({ sender }: MailFacts): string =>
  createHash('sha256')
    .update(sender.address || sender.name.toLowerCase())
    .digest()
    .readBigInt64BE()
    .toString()
