// Whether two domains belong together, as DMARC has it.
import { getDomain } from 'tldts'

/** Relaxed alignment (RFC 7489 3.1.1): both are of one organisation, by the Public Suffix List. */
export function sameOrganisation(domain: string, address: string): boolean {
  return organisation(domain) === organisation(address.slice(address.lastIndexOf('@') + 1))
}

const organisation = (domain: string): string =>
  (getDomain(domain, { allowPrivateDomains: true }) ?? domain).toLowerCase().replace(/\.$/, '')
