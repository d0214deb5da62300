// Some lists leave of a sender whose From they rewrite only the name: "Ada via demo". What a trusted server saw when the
// mail came may name the address.
import { sameOrganisation } from '../../base/organisation.ts'
import type { Check } from './check.ts'
import type { Purported } from './purported.ts'
import { worth } from './worth.ts'

/** The claim with the one address that such servers vouch for; the same where From says it, or it is unclear. */
export function withHiddenSender(claim: Purported, checks: readonly Check[]): Purported {
  if (claim.address !== '' || !claim.rewritten || claim.problem !== null) return claim
  const named = checks
    .filter(({ method, result }) => result === 'pass' && worth[method].grade === 'B')
    .flatMap(({ addresses = [], domains = [] }) =>
      addresses.filter(address => domains.some(domain => sameOrganisation(domain, address))),
    )
  const [address, ...others] = new Set(named)
  return address === undefined || others.length > 0 || isReturnPath(address) ? claim : { ...claim, address }
}

/** Of a list or a service that sends for others: many people stand behind it. */
const isReturnPath = (address: string) =>
  /^(?:bounces?|owner|return|errors?|no-?reply)\b|[-+.](?:bounces?|bnc|owner|return|request|errors?)\b|=.*@/.test(
    address,
  )
