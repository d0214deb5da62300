// All mails of a topic as one mbox, read in batches so that a thread of a thousand mails is never in memory whole.
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Kysely } from 'kysely'
import { type ListId, type MessageId, messageId, type Seq, seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { readRawBatch } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { findPrimaries } from '../read/mails.ts'
import { archiveMboxrd } from './mboxrd.ts'

const batchMails = 25

/** Gzipped mboxrd in the order of `ids`, one mail for each; every text of those in `reused`. */
export function threadMbox(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
  reused: ReadonlySet<MessageId>,
): ReadableStream {
  const mails = Readable.from(mboxParts(db, list, ids, reused))
  // An error on the way must end the answer, or a cut mbox would look like a whole one.
  const gzip = createGzip()
  mails.once('error', error => gzip.destroy(error))
  return Readable.toWeb(mails.pipe(gzip)) as ReadableStream
}

async function* mboxParts(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
  reused: ReadonlySet<MessageId>,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < ids.length; at += batchMails) {
    const places = await placesOf(db, list, ids.slice(at, at + batchMails), reused)
    const stored = new Map((await readRawBatch(db, list, places)).map(mail => [mail.seq, mail.bytes]))
    for (const place of places) {
      const bytes = stored.get(place)
      if (bytes) yield archiveMboxrd(bytes)
    }
  }
}

async function placesOf(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
  reused: ReadonlySet<MessageId>,
): Promise<Seq[]> {
  const primaries = await findPrimaries(db, list, ids)
  const places: Seq[] = []
  for (const id of ids) {
    const primary = primaries.get(indexKey(id))
    if (primary !== undefined) places.push(primary)
    if (reused.has(id)) places.push(...(await placesOfAll(db, list, id)).filter(place => place !== primary))
  }
  return places
}

/** Every arrival of one Message-ID, in log order. */
export async function placesOfAll(db: Kysely<Tables>, list: ListId, id: string): Promise<Seq[]> {
  const rows = await db
    .selectFrom('mail')
    .select('seq')
    .where('list_id', '=', list)
    .where('message_key', '=', indexKey(messageId(id)))
    .where('hidden', '=', false)
    .orderBy('seq')
    .execute()
  return rows.map(row => seq(row.seq))
}
