// OpenPGP signatures by two who know nothing of each other: GnuPG, as git or we ask it, and openpgp.js. GnuPG's "good" is
// about any key that it has, so its keyring has the signers' alone, and which key it was is compared. It prints VALIDSIG for
// keys that have expired or are revoked, too: only how it ended and all lines together count.
import type { Key } from 'openpgp'
import { limits } from '../../base/limits.ts'
import type { Answer } from '../../base/program.ts'
import type { Signed } from './signed.ts'
import { Refusal } from './verdict.ts'

export interface OpenPgpSigner {
  /** Of the primary key, in upper case. */
  readonly fingerprint: string
  /** Milliseconds, as the signature says. */
  readonly at: number
  readonly said: readonly string[]
}

/** `status` are GnuPG's lines (doc/DETAILS), which it escapes. `keys` by fingerprint. Throws `Refusal`. */
export async function checkOpenPgp(
  signed: Signed,
  { code }: Answer,
  status: string,
  keys: ReadonlyMap<string, Key>,
): Promise<OpenPgpSigner> {
  const said = status.split('\n').filter(line => line.startsWith('[GNUPG:] '))
  const lines = said.map(line => line.split(' ').slice(1))
  const of = (word: string) => lines.filter(([first]) => first === word)
  const [valid] = of('VALIDSIG')
  const single = ['NEWSIG', 'GOODSIG', 'VALIDSIG'].every(word => of(word).length === 1)
  if (code !== 0 || !single || valid === undefined) throw new Refusal(whyNot(lines), said)
  const fingerprint = valid.at(-1) ?? ''
  // 00 is of a binary document; one of text (01) fits texts with other line ends as well (RFC 9580, 5.2.1).
  if (valid[9] !== '00') throw new Refusal('The signature is of another kind than git makes', said)
  const other = await secondOpinion(signed, keys).catch(error => {
    throw new Refusal(`GnuPG takes the signature, and openpgp.js does not: ${(error as Error).message}`, said)
  })
  if (other.fingerprint !== fingerprint) throw new Refusal('GnuPG and openpgp.js find different keys', said)
  return { ...other, said }
}

function whyNot(lines: readonly string[][]): string {
  const has = (word: string) => lines.some(([first]) => first === word)
  const key = lines.find(([first]) => first === 'NO_PUBKEY')?.[1]
  if (lines.filter(([first]) => first === 'NEWSIG').length > 1) return 'There is more than one signature'
  if (key !== undefined) return `It is signed by the OpenPGP key ${key}, which is no signer's`
  if (has('BADSIG')) return 'The signature does not fit what it signs'
  if (has('REVKEYSIG')) return 'The key of the signature is revoked'
  if (has('EXPKEYSIG')) return 'The key of the signature has expired'
  if (has('EXPSIG')) return 'The signature has expired'
  return 'GnuPG does not take the signature'
}

async function secondOpinion(
  { payload, signature }: Signed,
  keys: ReadonlyMap<string, Key>,
): Promise<{ fingerprint: string; at: number }> {
  const { createMessage, readSignature, verify } = await import('openpgp')
  const read = await readSignature({ armoredSignature: signature })
  const [packet, second] = read.packets
  if (packet === undefined || second !== undefined) throw new Error('there is more than one signature')
  const now = Date.now()
  const { signatures } = await verify({
    message: await createMessage({ binary: new Uint8Array(Buffer.from(payload, 'latin1')) }),
    signature: read,
    verificationKeys: [...keys.values()],
    // Clocks differ.
    date: new Date(now + limits.signedAheadSecondsMax * 1_000),
  })
  const [one] = signatures
  if (one === undefined) throw new Error('there is no signature')
  await one.verified
  const key = [...keys.values()].find(each => each.getKeys(one.keyID).length > 0)
  if (key === undefined) throw new Error('its key is not here')
  // Whether the key still holds: `verified` is about the day of the signature.
  await key.getSigningKey(one.keyID, new Date(now))
  return { fingerprint: key.getFingerprint().toUpperCase(), at: packet.created?.getTime() ?? now }
}
