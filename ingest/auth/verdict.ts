// From the checks of a mail and what is known of its sender to one grade. Pure: the means are in the files beside it.
import { limits } from '../../base/limits.ts'
import type { Astray, CheckResult, Grade, How, Note } from '../../tracker/topic/verdict.ts'
import type { Check } from './check.ts'
import type { Purported } from './purported.ts'
import { worth } from './worth.ts'

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
  const ofDomain = good.find(({ method }) => worth[method].grade === 'A' && !worth[method].personal)
  const aligned = ofDomain ? claim.address : null
  const raise = (grade: 'A' | 'B', code: 'signed' | 'sealed', check: Check, all: Check[]): Judgement => ({
    grade,
    how: { code, check: kept(check) },
    identity: claim.address,
    aligned,
    covers: [...new Set(all.flatMap(({ covers = [] }) => covers))],
    partly: [...new Set(all.flatMap(({ partly = [] }) => partly))],
    pending: false,
  })
  const isKnown = known.person || known.seen
  const signed = good.filter(({ method }) => worth[method].grade === 'A' && worth[method].personal)
  if (ofDomain && isKnown) signed.push(ofDomain)
  const [best] = signed
  if (best) return raise('A', 'signed', best, signed)
  const vouching = good.find(({ method }) => worth[method].grade === 'B')
  if (vouching) return raise('B', 'sealed', vouching, [vouching])
  const how: How = ofDomain ? { code: 'first', check: kept(ofDomain) } : nearestMiss(claim, checks, objection)
  const pending = claim.problem === null && checks.some(isPending)
  return { grade: 'C', how, identity: null, aligned, covers: [], partly: [], pending }
}

/** The checks that would raise the grade if their signatures are new. */
export const countable = (claim: Purported, checks: readonly Check[], arrivedAt: number): Check[] =>
  checks.filter(
    check => check.result === 'pass' && objectionTo(check, claim, nothingKnown, arrivedAt) === null,
  )

/** All that this check stands on. */
export const signaturesOf = ({ signature, carried = [], authors = [] }: Check): string[] => [
  ...(signature === undefined ? [] : [signature]),
  ...carried,
  ...authors,
]

const nothingKnown: Known = { person: false, seen: false, used: new Set() }

/** Nobody waits for what changes no grade. */
const isPending = ({ method, result }: Check) => result === 'unknown' && worth[method].grade !== null

/** Why a check that holds does not count for this mail; null when it does. */
function objectionTo(check: Check, claim: Purported, known: Known, arrivedAt: number): Note | null {
  if (claim.problem !== null) return claim.problem
  if (claim.address === '') return { code: 'author-unclear' }
  return (
    worth[check.method].foreign(check, claim) ??
    untimely(check.signedAt ?? null, arrivedAt) ??
    (signaturesOf(check).some(signature => known.used.has(signature)) ? { code: 'replayed' } : null)
  )
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
  const tried = checks.filter(({ method }) => worth[method].grade !== null)
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
