// From the checks of a mail and what is known of its sender to one grade. Pure: the means are in the files beside it.
import { limits } from '../../base/limits.ts'
import { sameOrganisation } from '../../base/organisation.ts'
import type { Astray, CheckResult, Grade, How, Note } from '../../tracker/topic/verdict.ts'
import type { Check } from './check.ts'
import type { Purported } from './purported.ts'

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
  readonly how: How
  /** Who is vouched for; null for C. */
  readonly identity: string | null
  /** The address that DKIM was aligned with, whatever the grade: the next mail of it is no longer the first. */
  readonly aligned: string | null
  /** Header fields that what gives the grade covers, in lower case; none for C. */
  readonly covers: readonly string[]
  /** Fields of which it covers some; others of that name were added. */
  readonly partly: readonly string[]
  readonly astray?: Astray
  /** The grade may be better when DNS answers. */
  readonly pending: boolean
}

export function judge(
  claim: Purported,
  checks: readonly Check[],
  known: Known,
  arrivedAt: number,
): Judgement {
  const objection = (check: Check) => objectionTo(check, claim, known, arrivedAt)
  const good = checks.filter(check => check.result === 'pass' && objection(check) === null)
  const dkim = good.find(({ method }) => method === 'DKIM')
  const arc = good.find(({ method }) => method === 'ARC')
  const aligned = dkim ? claim.address : null
  const raise = (grade: 'A' | 'B', code: 'signed' | 'sealed', check: Check, all: Check[]): Judgement => ({
    grade,
    how: { code, check: kept(check) },
    identity: claim.address,
    aligned,
    covers: [...new Set(all.flatMap(({ covers = [] }) => covers))],
    partly: [...new Set(all.flatMap(({ partly = [] }) => partly))],
    pending: false,
  })
  const signed = [...good.filter(isOwn), ...(dkim && (known.person || known.seen) ? [dkim] : [])]
  const [best] = signed
  if (best) return raise('A', 'signed', best, signed)
  if (arc) return raise('B', 'sealed', arc, [arc])
  const how: How = dkim ? { code: 'first', check: kept(dkim) } : nearestMiss(claim, checks, objection)
  const pending = claim.problem === null && checks.some(isPending)
  return { grade: 'C', how, identity: null, aligned, covers: [], partly: [], pending }
}

const isOwn = ({ method }: Check) => method === 'OpenPGP' || method === 'patatt'

/** The checks that would raise the grade if their signatures are new. */
export const countable = (claim: Purported, checks: readonly Check[], arrivedAt: number): Check[] =>
  checks.filter(
    check => check.result === 'pass' && objectionTo(check, claim, nothingKnown, arrivedAt) === null,
  )

/** All that this check stands on. */
export const signaturesOf = ({ signature, carried = [] }: Check): string[] => [
  ...(signature === undefined ? [] : [signature]),
  ...carried,
]

const nothingKnown: Known = { person: false, seen: false, used: new Set() }

/** SPF changes no grade, so nobody waits for it. */
const isPending = ({ method, result }: Check) => result === 'unknown' && method !== 'SPF'

/** Why a check that holds does not count for this mail; null when it does. */
function objectionTo(check: Check, claim: Purported, known: Known, arrivedAt: number): Note | null {
  if (claim.problem !== null) return claim.problem
  if (claim.address === '') return { code: 'author-unclear' }
  return (
    foreignTo(check, claim) ??
    untimely(check.signedAt ?? null, arrivedAt) ??
    (signaturesOf(check).some(signature => known.used.has(signature)) ? { code: 'replayed' } : null)
  )
}

/** Why it does not speak for the claimed address. */
function foreignTo({ method, domains = [], addresses = [] }: Check, claim: Purported): Note | null {
  const { address, rewritten } = claim
  switch (method) {
    case 'OpenPGP':
    case 'patatt':
      return addresses.includes(address) ? null : { code: 'address-other', of: address }
    case 'DKIM':
      if (rewritten) return { code: 'from-rewritten' }
      return domains.some(domain => sameOrganisation(domain, address)) ? null : { code: 'domain-other' }
    case 'ARC':
      if (!domains.some(domain => sameOrganisation(domain, address))) return { code: 'domain-other' }
      // From is gone, and many people share a domain: the sealer must name the person.
      return rewritten && !addresses.includes(address) ? { code: 'address-unnamed', of: address } : null
    case 'SPF':
      return { code: 'information' }
  }
}

const dayMs = 86_400_000

function untimely(signedAt: number | null, arrivedAt: number): Note | null {
  if (signedAt === null) return { code: 'undated' }
  const days = Math.floor((arrivedAt - signedAt) / dayMs)
  if (arrivedAt - signedAt > limits.signedBeforeDaysMax * dayMs) return { code: 'late', of: String(days) }
  return signedAt - arrivedAt > limits.signedAheadSecondsMax * 1000 ? { code: 'early' } : null
}

/** What came nearest to a grade, and why it is none. */
function nearestMiss(
  claim: Purported,
  checks: readonly Check[],
  objection: (check: Check) => Note | null,
): How {
  if (claim.problem !== null) return { code: 'unclear', note: claim.problem }
  const tried = checks.filter(({ method }) => method !== 'SPF')
  const held = tried.find(({ result }) => result === 'pass')
  if (held)
    return { code: 'uncounted', check: { ...kept(held), ...noted(objection(held)), result: 'unused' } }
  const other = nearest.map(wanted => tried.find(({ result }) => result === wanted)).find(Boolean)
  return other ? { code: 'uncounted', check: kept(other) } : { code: 'unsigned' }
}

const nearest = ['unknown', 'unused', 'fail'] as const
const noted = (note: Note | null) => (note === null ? {} : { note })

/** What is written down of a check. */
export const kept = ({ method, result, signer, note }: Check): CheckResult => ({
  method,
  result,
  signer,
  ...(note && { note }),
})
