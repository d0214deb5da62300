// DKIM (RFC 6376) by mailauth, with what we ask of a signature beyond the RFC: it must cover the whole body and the
// fields that people read.

import type { ARCSigningData, DKIMResult } from 'mailauth'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { limits } from '../../base/limits.ts'
import { crlfOnly } from '../../base/line-ends.ts'
import { headerStart } from '../../tracker/decode/headers.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import type { Note } from '../../tracker/topic/verdict.ts'
import type { Check } from './check.ts'
import { coveredFields, partlyCovered } from './coverage.ts'
import { headerHolds } from './dkim-header.ts'
import { signatureHash } from './keyring.ts'
import type { Purported } from './purported.ts'
import type { Resolve } from './resolver.ts'

export interface DkimChecks {
  readonly checks: readonly Check[]
  /** For arc.ts, which goes on where this ended. */
  readonly arc: ARCSigningData | null
}

/** `bytes` as in the log; `now` is the time of arrival, at which a signature must not have expired. */
export async function checkDkim(
  bytes: Buffer,
  claim: Purported,
  resolve: Resolve,
  now: number,
): Promise<DkimChecks> {
  const { headers } = claim
  const signatures = headers.filter(({ name }) => /^(?:dkim-|arc-message-)signature$/.test(name))
  if (signatures.length === 0) return { checks: [], arc: null }
  if (signatures.length > limits.signaturesMax) {
    const note = { code: 'too-many', of: String(limits.signaturesMax) } as const
    return { checks: [{ method: 'DKIM', result: 'unused', signer: null, note }], arc: null }
  }
  const { results, arc } = await dkimVerify(toWire(bytes), {
    resolver: resolve,
    curTime: new Date(now),
    rejectRsaSha1: true,
  })
  const tried = results.filter(result => result.signingDomain !== undefined)
  const checks = await Promise.all(tried.map(result => toCheck(result, claim, resolve)))
  return { checks, arc: arc ?? null }
}

/** What was signed had CRLF; the log keeps LF. A `From ` line of an mbox above the header was never signed. */
function toWire(bytes: Buffer): Buffer {
  return crlfOnly(bytes.subarray(headerStart(bytes) ?? 0))
}

async function toCheck(result: DKIMResult, claim: Purported, resolve: Resolve): Promise<Check> {
  const { status, signingDomain = '' } = result
  const domain = signingDomain.toLowerCase()
  const check = { method: 'DKIM' as const, signer: domain }
  if (status.result === 'temperror') return { ...check, result: 'unknown', note: { code: 'dns-silent' } }
  if (status.result === 'neutral' && result.bodyHash !== result.bodyHashExpecting)
    if (await headerHolds(result, claim.headers, resolve))
      return { ...check, result: 'fail', note: { code: 'body-changed' } }
  if (status.result !== 'pass')
    return { ...check, result: 'fail', note: { code: 'said', of: status.comment || status.result } }
  const weakness = weaknessOf(result, claim)
  if (weakness !== null) return { ...check, result: 'unused', note: weakness }
  return {
    ...check,
    result: 'pass',
    domains: [domain],
    signedAt: signedTime(result, claim),
    ...coverageOf(result, claim.headers),
    results: lastOf(claim.headers, 'authentication-results', result),
    ...(result.id && { signature: result.id, authors: [authorsHash(result.signature ?? '')] }),
  }
}

/** `b`: of the author's DKIM signature. */
export const authorsHash = (b: string): string => signatureHash(`author ${b.replace(/\s+/g, '')}`)

/** Why a signature that holds is not enough, of DKIM or of an ARC set; null when it is. */
export function weaknessOf(result: DKIMResult, claim: Purported): Note | null {
  // With l= anybody may append to the mail (RFC 6376 8.2).
  if (result.canonBodyLengthLimited) return { code: 'body-part' }
  // RFC 6376 3.6.1: mail of a domain that is testing is to be treated as unsigned.
  if (result.status.testing) return { code: 'test-key' }
  return claim.subject && !covers(result, 'subject') ? { code: 'subject-uncovered' } : null
}

/** From t=, which is always signed, else from a signed Date. */
export function signedTime(result: DKIMResult, claim: Purported): number | null {
  if (result.signTime) return Date.parse(result.signTime)
  return covers(result, 'date') ? claim.date : null
}

/** Of an ARC set, too. */
export function coverageOf(
  result: DKIMResult,
  headers: readonly Header[],
): Required<Pick<Check, 'covers' | 'partly'>> {
  const signed = (result.signingHeaders?.keys ?? '').split(':')
  return { covers: coveredFields(headers, signed), partly: partlyCovered(headers, signed) }
}

/** Of the fields of a name those that are signed: the lowest, as often as h= names it (RFC 6376 5.4.2). */
function lastOf(headers: readonly Header[], name: string, result: DKIMResult): string[] {
  const fields = headers.filter(header => header.name === name).map(({ value }) => value)
  const signed = (result.signingHeaders?.keys ?? '').toLowerCase().split(/[:\s]+/)
  const count = signed.filter(one => one === name).length
  return fields.slice(Math.max(0, fields.length - count))
}

const covers = (result: DKIMResult, name: string): boolean =>
  (result.signingHeaders?.keys ?? '')
    .toLowerCase()
    .split(/[:\s]+/)
    .includes(name)
