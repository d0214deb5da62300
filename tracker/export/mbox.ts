// The way out that needs no tool of ours: a list's log as mboxrd, which mutt, git, b4 and public-inbox read.
import type { Kysely } from 'kysely'
import { type ListId, type Seq, seq } from '../../base/ids.ts'
import { readRawBatch, type StoredMail } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'

/** Every arrival of the list in log order, copies and imposters too; one chunk is a batch of mails. */
export async function* exportMbox(db: Kysely<Tables>, list: ListId): AsyncGenerator<Buffer> {
  let last = seq(0)
  for (;;) {
    const places = await placesBehind(db, list, last)
    const end = places.at(-1)
    if (end === undefined) return
    for (const mail of await readRawBatch(db, list, places)) yield toMboxrd(mail)
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

/** The separator is public-inbox's: no address and no time of ours, so equal logs export equal bytes. */
const fromLine = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n')

function toMboxrd({ bytes }: StoredMail): Buffer {
  const end = bytes.at(-1) === LF ? '\n' : '\n\n'
  return Buffer.concat([fromLine, ...quoted(bytes), Buffer.from(end)])
}

const LF = 0x0a

/** mboxrd puts one more ">" before each line that is "From " behind any number of them. */
function quoted(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let kept = 0
  for (let at = bytes.indexOf('From '); at >= 0; at = bytes.indexOf('From ', at + 1)) {
    let first = at
    while (first > 0 && bytes[first - 1] === 0x3e) first--
    if (first > 0 && bytes[first - 1] !== LF) continue
    pieces.push(bytes.subarray(kept, first), Buffer.from('>'))
    kept = first
  }
  return [...pieces, bytes.subarray(kept)]
}
