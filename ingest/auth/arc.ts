// ARC (RFC 8617) by mailauth: a list server that changed a mail seals what it saw before. Whoever seals can write what
// he likes, so only the seals of servers that the operator names are looked at.
import type { ARCChainEntry, ARCResult, ARCSigningData } from 'mailauth'
import { arc as verifyChain } from 'mailauth/lib/arc/index.js'
import { limits } from '../../base/limits.ts'
import type { Check } from './check.ts'
import { coverageOf, signedTime, weaknessOf } from './dkim.ts'
import type { Purported } from './purported.ts'
import type { Lookups } from './resolver.ts'
import { passedOn, readResults } from './results.ts'

/** The check of the newest seal; null for a mail without ARC. `trusted` are domains in lower case. */
export async function checkArc(
  data: ARCSigningData | null,
  claim: Purported,
  trusted: readonly string[],
  { resolve, failed }: Lookups,
): Promise<Check | null> {
  if (data === null) return null
  const chain = data.chain || []
  const newest = chain.at(-1)
  if (newest === undefined) {
    if (!data.error) return null
    return {
      method: 'ARC',
      result: 'fail',
      signer: null,
      note: { code: 'said', of: data.error.message.slice(0, 200) },
    }
  }
  const sealer = sealerOf(newest)
  const check = { method: 'ARC' as const, signer: sealer }
  if (!trusted.includes(sealer)) return { ...check, result: 'unused', note: { code: 'sealer-untrusted' } }
  if (chain.length > limits.signaturesMax) return { ...check, result: 'unused', note: { code: 'chain-long' } }
  const result = await verifyChain({ ...data, chain }, { resolver: resolve })
  if (result.status.result === 'pass') return passed(check, result, claim)
  // A seal whose key could not be fetched looks like a broken one.
  if (keyNames(chain).some(name => failed.has(name)))
    return { ...check, result: 'unknown', note: { code: 'dns-silent' } }
  const { comment } = result.status
  return {
    ...check,
    result: 'fail',
    note: comment ? { code: 'said', of: comment } : { code: 'chain-broken' },
  }
}

const tagOf = (entry: ARCChainEntry, header: 'arc-seal' | 'arc-message-signature', tag: string): string =>
  String(entry[header]?.parsed?.[tag]?.value ?? '').toLowerCase()

const sealerOf = (entry: ARCChainEntry) => tagOf(entry, 'arc-seal', 'd')

const keyNames = (chain: readonly ARCChainEntry[]): string[] =>
  chain.flatMap(entry =>
    (['arc-seal', 'arc-message-signature'] as const).map(
      header => `${tagOf(entry, header, 's')}._domainkey.${tagOf(entry, header, 'd')}`,
    ),
  )

function passed(check: Pick<Check, 'method' | 'signer'>, result: ARCResult, claim: Purported): Check {
  const { signature, authenticationResults } = result
  // The chain passes only with a valid message signature, but another domain than the sealer's may have made it.
  if (!signature || signature.signingDomain?.toLowerCase() !== check.signer)
    return { ...check, result: 'unused', note: { code: 'chain-of-another' } }
  const weakness = weaknessOf(signature, claim)
  if (weakness !== null) return { ...check, result: 'unused', note: weakness }
  const seen = readResults(authenticationResults)
  if (seen.domains.length === 0) return { ...check, result: 'unused', note: { code: 'dkim-unseen' } }
  return {
    ...check,
    result: 'pass',
    ...seen,
    note: { code: 'dkim-seen', of: seen.domains.join(', ') },
    signedAt: signedTime(signature, claim),
    ...passedOn(coverageOf(signature, claim.headers), claim.headers, seen.domains),
    ...(signature.id && { signature: signature.id }),
  }
}
