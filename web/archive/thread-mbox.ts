// All mails of a topic as one mbox, read in batches so that a thread of a thousand mails is never in memory whole.
import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import type { ListId, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { arrivalsOf } from '../../sql/log.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { findPrimaries } from '../read/mails.ts'
import { archiveMboxrd } from './mboxrd.ts'

const batchMails = 25

/** Gzipped mboxrd in the order of `ids`, one mail for each; every text of those in `reused`. */
export const threadMbox = (
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
  reused: ReadonlySet<MessageId>,
): ReadableStream => ReadableStream.from(gzipMembers(mboxParts(db, list, ids, reused)))

/** A gzip file is a series of members (RFC 1952 2.2): each is made in one go, without a stream around zlib. */
async function* gzipMembers(parts: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let kept: Buffer[] = []
  let bytes = 0
  for await (const part of parts) {
    kept.push(part)
    bytes += part.length
    if (bytes < memberBytes) continue
    yield await gzipped(Buffer.concat(kept))
    kept = []
    bytes = 0
  }
  yield await gzipped(Buffer.concat(kept))
}

const memberBytes = 1024 * 1024

/** A third to a half of the usual level's time for 6 to 10 % more bytes. */
const gzipOptions = { level: 2 }
/** Below this, handing the work to a thread costs a third of the work. */
const gzipHereBytesMax = 256 * 1024

const gzipped = async (bytes: Buffer): Promise<Buffer> =>
  bytes.length <= gzipHereBytesMax ? gzipSync(bytes, gzipOptions) : promisify(gzip)(bytes, gzipOptions)

async function* mboxParts(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
  reused: ReadonlySet<MessageId>,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < ids.length; at += batchMails) {
    const hashes = await hashesOf(db, list, ids.slice(at, at + batchMails), reused)
    for await (const [, bytes] of rawBytes(db, hashes)) yield archiveMboxrd(bytes)
  }
}

async function hashesOf(
  db: Kysely<Tables>,
  list: ListId,
  ids: readonly MessageId[],
  reused: ReadonlySet<MessageId>,
): Promise<Buffer[]> {
  const primaries = await findPrimaries(db, list, ids)
  const hashes: Buffer[] = []
  for (const id of ids) {
    const primary = primaries.get(indexKey(id))
    if (primary !== undefined) hashes.push(primary)
    if (!reused.has(id)) continue
    const all = await arrivalsOf(db, list, indexKey(id))
    hashes.push(...all.map(arrival => arrival.raw_hash).filter(hash => !(primary && hash.equals(primary))))
  }
  return hashes
}
