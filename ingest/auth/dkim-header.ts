// What a list's footer leaves of a DKIM signature: it still covers the header. That gives no grade, since anybody may have put
// another body below; it shows that the signer sent a mail with this Message-ID, which no forger can make many of.
import { createHash, verify } from 'node:crypto'
import type { DKIMResult } from 'mailauth'
import tools from 'mailauth/lib/tools.js'
import { limits } from '../../base/limits.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import type { Resolve } from './resolver.ts'
import { signatureTags } from './signature-tags.ts'

/** False, too, when the key cannot be had. `result` is of a signature whose body hash does not fit. */
export async function headerHolds(
  result: DKIMResult,
  headers: readonly Header[],
  resolve: Resolve,
): Promise<boolean> {
  const { signingHeaders, signingDomain, selector } = result
  const names = signingHeaders?.keys.toLowerCase().split(/[:\s]+/) ?? []
  const tags = headers
    .filter(({ name }) => name === 'dkim-signature')
    .slice(0, limits.signaturesMax)
    .map(({ value }) => signatureTags(value))
    .find(one => one.get('d') === signingDomain && one.get('s') === selector)
  if (!signingHeaders || !tags || !names.includes('message-id')) return false
  try {
    const name = `${selector}._domainkey.${signingDomain}`
    const { publicKey, testing } = await tools.getPublicKey('DKIM', name, 1_024, resolve)
    if (testing) return false
    const signed = Buffer.from(signingHeaders.canonicalizedHeader, 'base64')
    const signature = Buffer.from(tags.get('b') ?? '', 'base64')
    return tags.get('a')?.toLowerCase() === 'rsa-sha256'
      ? verify('sha256', signed, publicKey, signature)
      : verify(null, createHash('sha256').update(signed).digest(), publicKey, signature)
  } catch {
    return false
  }
}
