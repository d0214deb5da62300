// Mails of a list whose Message-IDs begin like one that it does not have: an id that a line end cut, or the next number of a series
// (git send-email counts in the middle of it). They are its neighbours in the index of ids.
import { type Kysely, sql } from 'kysely'
import { type ListId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'

export interface NearId {
  readonly id: string
  /** Of its topic. */
  readonly title: string
}

const neighbours = 4
/** Fewer letters in common are chance. */
const sharedMin = 8

/** The nearest first. */
export async function readNearIds(db: Kysely<Tables>, list: ListId, asked: string): Promise<NearId[]> {
  const id = messageId(toStorableText(asked))
  const key = indexKey(id)
  const beside = (sign: typeof before) => sql`
    (select m.message_key, m.message_id from mail m where m.list_id = ${list} and m.message_key ${sign.than} ${key}
      and not m.hidden and not m.note order by m.message_key ${sign.order} limit ${sql.lit(neighbours)})`
  const { rows } = await sql<NearId>`
    select distinct m.message_id as id, t.title from (${beside(before)} union all ${beside(behind)}) m
      join topic_mail tm on tm.list_id = ${list} and tm.message_key = m.message_key
      join topic t on t.list_id = ${list} and t.id_key = tm.topic_key and t.kind <> 'spam'`.execute(db)
  return rows
    .map(row => ({ ...row, shared: sharedLetters(row.id, id) }))
    .filter(({ shared }) => shared >= Math.min(sharedMin, Math.max(4, id.length / 2)))
    .toSorted((a, b) => b.shared - a.shared || a.id.localeCompare(b.id))
    .map(({ id, title }) => ({ id, title }))
}

const before = { than: sql`<`, order: sql`desc` }
const behind = { than: sql`>`, order: sql`asc` }

function sharedLetters(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
