// The way out that needs no tool of ours: a list's log as mboxrd, which mutt, git, b4 and public-inbox read.
import type { Kysely } from 'kysely'
import { type ListId, type Seq, seq } from '../../base/ids.ts'
import { toMboxrd } from '../../base/mboxrd.ts'
import { readRawBatch } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'

/** Every arrival of the list in log order, copies and imposters too; one chunk is a batch of mails. */
export async function* exportMbox(db: Kysely<Tables>, list: ListId): AsyncGenerator<Buffer> {
  let last = seq(0)
  for (;;) {
    const places = await placesBehind(db, list, last)
    const end = places.at(-1)
    if (end === undefined) return
    for (const mail of await readRawBatch(db, list, places)) yield toMboxrd(mail.bytes)
    last = end
  }
}

const batchMailsMax = 100
/** Large mails come one by one. */
const batchBytesMax = 8 * 1024 * 1024

async function placesBehind(db: Kysely<Tables>, list: ListId, last: Seq): Promise<Seq[]> {
  const rows = await db
    .selectFrom('mail')
    .innerJoin('raw', 'raw.hash', 'mail.raw_hash')
    .select(['mail.seq', 'raw.size'])
    .where('mail.list_id', '=', list)
    .where('mail.seq', '>', last)
    .where('mail.hidden', '=', false)
    .orderBy('mail.seq')
    .limit(batchMailsMax)
    .execute()
  let bytes = 0
  const end = rows.findIndex(({ size }, index) => {
    bytes += size
    return index > 0 && bytes > batchBytesMax
  })
  return rows.slice(0, end < 0 ? rows.length : end).map(row => seq(row.seq))
}
