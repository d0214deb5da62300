// Keys that people proved over HTTP beside those of the operator's keyring. Whom the keyring knows has the keys that it has:
// who reads somebody's mail for an hour must not get a key that stays.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { keepRecent } from '../../base/recent.ts'
import { currentKeys, type NewKey } from '../../sql/submission-keys.ts'
import type { Tables } from '../../sql/tables.ts'
import { type Keyring, type Keys, type PgpKey, readPgpKeys } from '../auth/keyring.ts'

/** Answers the keys as they are now. */
export const withProvenKeys =
  (keyring: Keyring, db: Kysely<Tables>): Keyring =>
  async () => {
    const [keys, proven] = await Promise.all([keyring(), currentKeys(db)])
    return proven.length === 0 ? keys : keysWith(keys, proven)
  }

/** `addresses` stays as it is: whose DKIM makes him known is the operator's to say. */
export async function keysWith(keys: Keys, proven: readonly NewKey[]): Promise<Keys> {
  const others = proven.filter(({ identity }) => !keys.addresses.has(identity))
  const people = others.flatMap(({ algorithm, identity: address, selector, key: text }) =>
    algorithm === 'ed25519' ? [{ algorithm, address, selector, text, file }] : [],
  )
  const pgp = await Promise.all(others.filter(({ algorithm }) => algorithm === 'openpgp').map(readOnce))
  return { ...keys, people: [...keys.people, ...people], pgp: [...keys.pgp, ...pgp.flat()] }
}

const file = 'web submission'

/** Reading one takes milliseconds, and each mail asks. */
const read = keepRecent<Promise<readonly PgpKey[]>>(limits.provenKeyBytesKeptMax)

function readOnce({ identity, key }: NewKey): Promise<readonly PgpKey[]> {
  const name = `${identity} ${key}`
  const kept = read.get(name)
  if (kept !== undefined) return kept
  const keys = readPgpKeys(Buffer.from(key), file, identity).catch(() => [])
  read.keep(name, keys, key.length)
  return keys
}
