// From the checks of a mail and what is known of its sender to one grade. Pure: the means are in the files beside it.
import { limits } from '../../base/limits.ts'
import { sameOrganisation } from '../../base/organisation.ts'
import type { Grade } from '../../tracker/topic/verdict.ts'
import type { Check } from './check.ts'
import type { Claim } from './claim.ts'

/** What the mail itself cannot say. */
export interface Known {
  /** The claimed address is in the list's configuration, its .mailmap or the keyring. */
  readonly person: boolean
  /** Another mail of this address on this list had aligned DKIM before. */
  readonly seen: boolean
  /** Signatures that came with another mail before. */
  readonly used: ReadonlySet<string>
}

export interface Judgement {
  readonly grade: Exclude<Grade, 'I'>
  readonly how: string
  /** Who is vouched for; null for C. */
  readonly identity: string | null
  /** The address that DKIM was aligned with, whatever the grade: the next mail of it is no longer the first. */
  readonly aligned: string | null
  /** The grade may be better when DNS answers. */
  readonly pending: boolean
}

export function judge(claim: Claim, checks: readonly Check[], known: Known, arrivedAt: number): Judgement {
  const objection = (check: Check) => objectionTo(check, claim, known, arrivedAt)
  const good = checks.filter(check => check.result === 'pass' && objection(check) === null)
  const own = good.find(({ method }) => method === 'OpenPGP' || method === 'patatt')
  const dkim = good.find(({ method }) => method === 'DKIM')
  const arc = good.find(({ method }) => method === 'ARC')
  const aligned = dkim ? claim.address : null
  const raise = (grade: 'A' | 'B', how: string): Judgement => ({
    grade,
    how,
    identity: claim.address,
    aligned,
    pending: false,
  })
  if (own) return raise('A', own.method === 'patatt' ? `patatt ${own.signer}` : `OpenPGP key ${own.signer}`)
  if (dkim && (known.person || known.seen)) return raise('A', `DKIM of ${dkim.signer}`)
  if (arc) return raise('B', `ARC of ${arc.signer}, which ${arc.note}`)
  const how = dkim ? `DKIM of ${dkim.signer}, first seen` : reasonOf(claim, checks, objection)
  const pending = claim.problem === null && checks.some(isPending)
  return { grade: 'C', how, identity: null, aligned, pending }
}

/** The checks that would raise the grade if their signatures are new. */
export const countable = (claim: Claim, checks: readonly Check[], arrivedAt: number): Check[] =>
  checks.filter(
    check => check.result === 'pass' && objectionTo(check, claim, nothingKnown, arrivedAt) === null,
  )

const nothingKnown: Known = { person: false, seen: false, used: new Set() }

/** SPF changes no grade, so nobody waits for it. */
const isPending = ({ method, result }: Check) => result === 'unknown' && method !== 'SPF'

/** Why a check that holds does not count for this mail; null when it does. */
function objectionTo(check: Check, claim: Claim, known: Known, arrivedAt: number): string | null {
  if (claim.problem !== null) return claim.problem
  if (claim.address === '') return 'it is unclear who wrote it'
  return (
    foreignTo(check, claim) ??
    untimely(check.signedAt ?? null, arrivedAt) ??
    (check.signature !== undefined && known.used.has(check.signature)
      ? 'this signature came with another mail before'
      : null)
  )
}

/** Why it does not speak for the claimed address. */
function foreignTo({ method, domains = [], addresses = [] }: Check, claim: Claim): string | null {
  const { address, rewritten } = claim
  switch (method) {
    case 'OpenPGP':
    case 'patatt':
      return addresses.includes(address) ? null : `it is not of ${address}`
    case 'DKIM':
      if (rewritten) return 'a list rewrote From'
      return domains.some(domain => sameOrganisation(domain, address)) ? null : `From is of another domain`
    case 'ARC':
      if (!domains.some(domain => sameOrganisation(domain, address))) return 'From is of another domain'
      // From is gone, and many people share a domain: the sealer must name the person.
      return rewritten && !addresses.includes(address) ? `it does not name ${address}` : null
    case 'SPF':
      return 'for information'
  }
}

const dayMs = 86_400_000

function untimely(signedAt: number | null, arrivedAt: number): string | null {
  if (signedAt === null) return 'no signed field says when it was sent'
  const days = Math.floor((arrivedAt - signedAt) / dayMs)
  if (arrivedAt - signedAt > limits.signedBeforeDaysMax * dayMs)
    return `it was signed ${days} days before it arrived`
  return signedAt - arrivedAt > limits.signedAheadSecondsMax * 1000 ? 'it was signed in the future' : null
}

/** The nearest miss, for people. */
function reasonOf(
  claim: Claim,
  checks: readonly Check[],
  objection: (check: Check) => string | null,
): string {
  if (claim.problem !== null) return `only From: ${claim.problem}`
  const name = ({ method, signer }: Check) => `${method} ${method === 'OpenPGP' ? 'key' : 'of'} ${signer}`
  const tried = checks.filter(({ method }) => method !== 'SPF')
  const held = tried.find(({ result }) => result === 'pass')
  if (held) return `only From: ${name(held)} does not count, ${objection(held)}`
  const other =
    tried.find(({ result }) => result === 'unknown') ??
    tried.find(({ result }) => result === 'unused') ??
    tried.find(({ result }) => result === 'fail')
  if (other === undefined) return 'only From: it is not signed'
  return `only From: ${name(other)} ${verbs[other.result]}${other.note ? `, ${other.note}` : ''}`
}

const verbs = { pass: 'holds', fail: 'does not hold', unknown: 'is unknown', unused: 'does not count' }
