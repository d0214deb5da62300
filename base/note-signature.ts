// The signature of what an instance tells its mirrors: a first line above the bytes, by the instance's Ed25519 key, over the bytes, the list
// that they are for and their number on it. So nothing can be changed, left out unseen, or told on another list.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

export interface Numbered {
  /** The address of the list. */
  readonly list: string
  /** From 1, one after the other on the list. */
  readonly number: number
}

const field = 'X-Threadwork-Signature'

export function signNote(bytes: Buffer, { list, number }: Numbered, key: KeyObject): Buffer {
  const signature = sign(null, signedBytes(bytes, { list, number }), key).toString('base64')
  return Buffer.concat([Buffer.from(`${field}: v=1; n=${number}; b=${signature}\n`), bytes])
}

/** The number and the bytes below the signature; null where it is not that of this key for this list. */
export function verifiedNote(
  signed: Buffer,
  list: string,
  key: string,
): { readonly number: number; readonly bytes: Buffer } | null {
  const end = signed.indexOf('\n')
  const line = signed.toString('latin1', 0, Math.min(Math.max(end, 0), 300))
  const [, digits, signature] = line.match(lineOfField) ?? []
  if (digits === undefined || signature === undefined) return null
  const bytes = signed.subarray(end + 1)
  const number = Number(digits)
  const holds = verify(
    null,
    signedBytes(bytes, { list, number }),
    publicKey(key),
    Buffer.from(signature, 'base64'),
  )
  return holds ? { number, bytes } : null
}

const lineOfField = new RegExp(`^${field}: v=1; n=(\\d{1,15}); b=([A-Za-z0-9+/]{86}==)$`)

const signedBytes = (bytes: Buffer, { list, number }: Numbered): Buffer =>
  Buffer.concat([Buffer.from(`threadwork note 1\n${list.toLowerCase()}\n${number}\n`), bytes])

/** As people hand it on: the 32 bytes in base64. */
export const keyText = (key: KeyObject): string =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')

/** Throws for what is no key. */
export function publicKey(text: string): KeyObject {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32)
    throw new Error(
      `Cannot verify notes with the key ${JSON.stringify(text)}; allowed: 44 characters of base64`,
    )
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  })
}
