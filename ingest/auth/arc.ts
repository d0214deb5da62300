// ARC (RFC 8617) by mailauth: a list server that changed a mail seals what it saw before. Whoever seals can write what
// he likes, so only the seals of servers that the operator names are looked at.
import type { ARCChainEntry, ARCResult, ARCSigningData } from 'mailauth'
import { arc as verifyChain } from 'mailauth/lib/arc/index.js'
import { limits } from '../../base/limits.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import type { Check } from './check.ts'
import { coveredFields, partlyCovered } from './coverage.ts'
import { coverageOf, signedTime, weaknessOf } from './dkim.ts'
import { signatureHash } from './keyring.ts'
import type { Purported } from './purported.ts'
import type { Lookups } from './resolver.ts'

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

/**
 * The sealer saw that the author's signature holds, and that covers what its own h= names: whoever changes another field
 * and sends the mail to the list again gets another seal. So it covers what both do, and the author's signature, too, is
 * used once.
 */
function passedOn(
  own: ReturnType<typeof coverageOf>,
  headers: readonly Header[],
  domains: readonly string[],
): Pick<Check, 'covers' | 'partly' | 'carried'> {
  const authors = headers
    .filter(({ name }) => name === 'dkim-signature')
    .slice(0, limits.signaturesMax)
    .map(({ value }) => signatureTags(value))
    .filter(tags => domains.includes((tags.get('d') ?? '').toLowerCase()))
  const signed = authors.map(tags => (tags.get('h') ?? '').split(':'))
  const whole = signed.map(names => coveredFields(headers, names))
  return {
    covers: own.covers.filter(name => whole.length > 0 && whole.every(names => names.includes(name))),
    partly: [...own.partly, ...signed.flatMap(names => partlyCovered(headers, names))],
    carried: authors.map(tags => signatureHash(`dkim ${tags.get('b') ?? ''}`)),
  }
}

const signatureTags = (value: string): ReadonlyMap<string, string> =>
  new Map(
    value
      .slice(0, limits.headerBytesMax)
      .replace(/\s+/g, '')
      .split(';')
      .map(tag => [tag.slice(0, tag.indexOf('=')).toLowerCase(), tag.slice(tag.indexOf('=') + 1)] as const),
  )

/**
 * The domains whose DKIM passed at the sealer, and the addresses that it names whole: the user of a signature, or the
 * sender for whom SPF passed.
 */
function readResults(results: unknown): { domains: string[]; addresses: string[] } {
  const dkim = asList(field(results, 'dkim')).filter(entry => field(entry, 'result') === 'pass')
  const users = dkim.map(entry => textOf(field(field(entry, 'header'), 'i')))
  const domains = dkim.map(entry => textOf(field(field(entry, 'header'), 'd')))
  const spf = field(results, 'spf')
  const sender = field(spf, 'result') === 'pass' ? textOf(field(field(spf, 'smtp'), 'mailfrom')) : ''
  return {
    domains: distinct([...domains, ...users.map(user => user.slice(user.lastIndexOf('@') + 1))]),
    addresses: distinct([...users, sender].filter(address => address.indexOf('@') > 0)),
  }
}

const distinct = (words: readonly string[]) => [...new Set(words)].filter(word => word !== '').slice(0, 20)
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.toLowerCase().slice(0, 320) : ''
