// The way out that needs no tool of ours: a list's log as mboxrd, which mutt, git, b4 and public-inbox read.
import type { Kysely } from 'kysely'
import { type ListId, type Seq, seq } from '../../base/ids.ts'
import { toMboxrd } from '../../base/mboxrd.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'

/** Every arrival of the list in log order, copies and imposters too, or its notes; one chunk is a mail. */
export async function* exportMbox(
  db: Kysely<Tables>,
  list: ListId,
  what: 'mbox' | 'notes' = 'mbox',
): AsyncGenerator<Buffer> {
  let last = seq(0)
  for (;;) {
    const rows = await rowsBehind(db, list, last, what === 'notes')
    const end = rows.at(-1)
    if (end === undefined) return
    const hashes = rows.map(row => row.raw_hash)
    for await (const [, bytes] of rawBytes(db, hashes)) yield toMboxrd(bytes)
    last = end.seq
  }
}

const batchMails = 100

const rowsBehind = (db: Kysely<Tables>, list: ListId, last: Seq, notes: boolean) =>
  db
    .selectFrom('mail')
    .select(['seq', 'raw_hash'])
    .where('list_id', '=', list)
    .where('seq', '>', last)
    .where('hidden', '=', false)
    .where('note', '=', notes)
    .orderBy('seq')
    .limit(batchMails)
    .execute()
