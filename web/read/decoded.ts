// Mails decoded from their bytes, kept by hash for the next reader. The caller
// has asked the log whether the mails may be seen.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { keepRecent } from '../../base/recent.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'

/** The mails with these hashes, by hash in base64; one whose bytes are gone is left out. */
export async function readDecoded(
  db: Kysely<Tables>,
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<string, DecodedMail>> {
  const mails = new Map<string, DecodedMail>()
  const absent: Buffer[] = []
  for (const hash of hashes) {
    const key = hash.toString('base64')
    const mail = recent.get(key)
    if (mail) mails.set(key, mail)
    else absent.push(hash)
  }
  for await (const [key, bytes] of rawBytes(db, absent)) {
    const mail = decodeMail(bytes)
    mails.set(key, mail)
    // Its text and its headers are about as large as its bytes.
    recent.keep(key, mail, bytes.length)
  }
  return mails
}

const recent = keepRecent<DecodedMail>(limits.decodedBytesMax)
