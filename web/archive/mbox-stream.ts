// Mails as one gzipped mbox, read batch by batch so that a thread of a thousand mails is never in memory whole.
import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import type { Kysely } from 'kysely'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { archiveMboxrd } from './mboxrd.ts'

/** Gzipped mboxrd of the mails with these hashes. */
export const mboxStream = (
  db: Kysely<Tables>,
  batches: AsyncIterable<readonly Buffer[]> | Iterable<readonly Buffer[]>,
): ReadableStream => ReadableStream.from(gzipMembers(mboxParts(db, batches)))

/** The same of few mails, in one piece and without a stream. */
export async function smallMbox(db: Kysely<Tables>, hashes: readonly Buffer[]): Promise<Buffer<ArrayBuffer>> {
  const mails: Buffer[] = []
  for await (const mail of mboxParts(db, [hashes])) mails.push(mail)
  return gzipped(Buffer.concat(mails))
}

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

const gzipped = async (bytes: Buffer): Promise<Buffer<ArrayBuffer>> =>
  bytes.length <= gzipHereBytesMax ? gzipSync(bytes, gzipOptions) : promisify(gzip)(bytes, gzipOptions)

async function* mboxParts(
  db: Kysely<Tables>,
  batches: AsyncIterable<readonly Buffer[]> | Iterable<readonly Buffer[]>,
): AsyncGenerator<Buffer> {
  for await (const hashes of batches)
    for await (const [, bytes] of rawBytes(db, hashes)) yield archiveMboxrd(bytes)
}
