// What the log holds, for tests that look whether every byte is there.
import type { Kysely } from 'kysely'
import type { IndexKey, ListId } from '../base/ids.ts'
import { arrivalsOf } from '../sql/log.ts'
import { rawBytes } from '../sql/raw.ts'
import type { Tables } from '../sql/tables.ts'

/** The bytes of every arrival under this index key, the first to come first. */
export async function storedMails(db: Kysely<Tables>, list: ListId, key: IndexKey): Promise<Buffer[]> {
  const arrivals = await arrivalsOf(db, list, key)
  const mails: Buffer[] = []
  const hashes = arrivals.map(arrival => arrival.raw_hash)
  for await (const [, bytes] of rawBytes(db, hashes)) mails.push(bytes)
  return mails
}
