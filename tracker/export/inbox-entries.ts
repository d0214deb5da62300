// What the inbox of a list holds, in its order: each mail at its place in the log, and what was taken out of sight or shown again
// at the place where that was. Read from the rows as they are decided (0007), so that it reads the same for ever, but for purged mails.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListId, Seq } from '../../base/ids.ts'
import type { Envelope, Tables } from '../../sql/tables.ts'

export interface InboxEntry {
  readonly place: Seq
  /** `m` brings a mail, `d` takes it out, as public-inbox names the file. */
  readonly file: 'm' | 'd'
  readonly hash: Buffer
  readonly size: number
  /** Milliseconds: of a mail that tells no time itself, and of whatever happened to it later. */
  readonly at: number
}

/** The first `count` behind `after`, up to `last`. */
export async function inboxEntries(
  db: Kysely<Tables>,
  list: ListId,
  { after, last }: { readonly after: Seq; readonly last: Seq },
  count: number,
): Promise<InboxEntry[]> {
  const notPurged = (mail: RawBuilder<unknown>) => sql`not exists (
    select from inbox_change p where p.list_id = ${list} and p.seq = ${mail} and p.kind = 'purged')`
  const { rows } = await sql<EntryRow>`
    select e.place, e.file, e.changed, m.raw_hash, m.envelope, r.size from (
      (select m.seq as place, m.seq, 'm' as file, null::timestamptz as changed from mail m
        where m.list_id = ${list} and m.seq > ${after} and m.seq <= ${last} and coalesce(${bornSeen}, not m.hidden) and not m.note
          and ${notPurged(sql`m.seq`)} order by m.seq limit ${count})
      union all
      (select c.place, c.seq, case c.kind when 'hidden' then 'd' else 'm' end, c.at from inbox_change c
        where c.list_id = ${list} and c.place > ${after} and c.place <= ${last} and c.kind <> 'purged'
          and ${notPurged(sql`c.seq`)} order by c.place limit ${count})) e
    join mail m on m.list_id = ${list} and m.seq = e.seq join raw r on r.hash = m.raw_hash
    order by e.place limit ${count}`.execute(db)
  return rows.map(({ place, file, changed, raw_hash: hash, size, envelope }) => ({
    ...{ place, file, hash, size },
    at: changed?.getTime() ?? arrivedAt(envelope),
  }))
}

interface EntryRow {
  place: Seq
  file: 'm' | 'd'
  changed: Date | null
  raw_hash: Buffer
  size: number
  envelope: Envelope
}

/** What first happened to it tells how it was before; null when nothing did. */
const bornSeen = sql`(
  select c.kind = 'hidden' from inbox_change c where c.list_id = m.list_id and c.seq = m.seq order by c.place limit 1)`

/** Not when it was written down here: another machine with the same archive wrote it at another time. */
const arrivedAt = ({ posted, trace }: Envelope): number => Date.parse(posted ?? trace ?? '') || 0
