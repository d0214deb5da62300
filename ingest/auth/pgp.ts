// OpenPGP signatures by openpgp.js: clearsigned text and PGP/MIME, with the keys of the operator's keyring. A key counts
// for the addresses it belongs to, and only for what was signed while it was neither expired nor revoked.
import type { SignaturePacket, VerifyMessageResult } from 'openpgp'
import { limits } from '../../base/limits.ts'
import { type Check, noteOf } from './check.ts'
import { type Keys, keyName, type PgpKey, signatureHash } from './keyring.ts'
import { type Signed, signedText } from './signed-text.ts'

/** `now` is the time of arrival: a signature must not be of the future. */
export async function checkPgp(bytes: Buffer, keys: Keys, now: number): Promise<Check[]> {
  const signed = signedText(bytes)
  if (signed === null) return []
  const openpgp = await import('openpgp')
  try {
    const date = clockAhead(now)
    const result =
      signed.kind === 'clear'
        ? await openpgp.verify({
            message: await openpgp.readCleartextMessage({ cleartextMessage: signed.armored }),
            verificationKeys: keysOf(keys),
            date,
          })
        : await openpgp.verify({
            message: await openpgp.createMessage({ binary: new Uint8Array(signed.bytes) }),
            signature: await openpgp.readSignature({ armoredSignature: signed.armored }),
            verificationKeys: keysOf(keys),
            date,
          })
    const checks = await checkSignatures(result, keys.pgp)
    return signed.whole && isRead(signed, result.data) ? checks : checks.map(partOnly)
  } catch (error) {
    return [{ method: 'OpenPGP', result: 'fail', signer: null, note: noteOf(error) }]
  }
}

/** Is what a reader takes for the signed text what the signature covers? */
function isRead(signed: Signed, data: string | Uint8Array): boolean {
  if (signed.kind === 'mime') return true
  const lines = (text: string) => text.split('\n').map(line => line.trimEnd())
  const read = lines(signed.text).map(line => line.replace(/^- /, ''))
  return lines(String(data)).join('\n').trimEnd() === read.join('\n').trimEnd()
}

/** The time until which a signature is not of the future: clocks differ. */
export const clockAhead = (now: number) => new Date(now + limits.signedAheadSecondsMax * 1000)

export const keysOf = ({ pgp }: Keys) => pgp.map(({ key }) => key)

const partOnly = (check: Check): Check =>
  check.result === 'pass' ? { ...check, result: 'unused', note: { code: 'text-outside' } } : check

/** One check for each signature, of those that a mail can have in good faith. */
export function checkSignatures(
  { data, signatures }: VerifyMessageResult<string | Uint8Array>,
  keys: readonly PgpKey[],
): Promise<Check[]> {
  return Promise.all(signatures.slice(0, limits.signaturesMax).map(one => checkOne(one, data, keys)))
}

async function checkOne(
  { keyID, verified, signature }: VerifyMessageResult['signatures'][number],
  data: string | Uint8Array,
  keys: readonly PgpKey[],
): Promise<Check> {
  const method = 'OpenPGP'
  const holders = keys.filter(({ key }) => key.getKeys(keyID).length > 0)
  const named = holders[0] ? keyName(holders[0].key) : keyID.toHex().toUpperCase()
  try {
    await verified
    const [packet] = (await signature).packets
    return {
      method,
      result: 'pass',
      signer: named,
      addresses: [...new Set(holders.flatMap(({ addresses }) => addresses))],
      signedAt: packet?.created?.getTime() ?? null,
      signature: hashOf(packet, data),
      // It signs the text.
      covers: [],
    }
  } catch (error) {
    if (holders.length === 0) return { method, result: 'fail', signer: named, note: { code: 'key-unknown' } }
    return { method, result: 'fail', signer: named, note: noteOf(error) }
  }
}

/**
 * Of what was signed and when, not of the numbers of the signature: those of ECDSA can be turned into others that hold
 * as well.
 */
const hashOf = (packet: SignaturePacket | undefined, data: string | Uint8Array): string =>
  signatureHash(Buffer.concat([packet?.signatureData ?? Buffer.alloc(0), Buffer.from(data)]))
