// What each method of authentication is worth: the grade that it gives, and for whom it speaks.
import { sameOrganisation } from '../../base/organisation.ts'
import type { Method } from '../../tracker/topic/methods.ts'
import type { Note } from '../../tracker/topic/verdict.ts'
import type { Check } from './check.ts'
import type { Purported } from './purported.ts'

interface Worth {
  /** Null: for information. */
  readonly grade: 'A' | 'B' | null
  /** It names a person; otherwise a domain, and that person must be known here. */
  readonly personal: boolean
  /** Why a check that holds does not speak for the claimed address; null when it does. */
  readonly foreign: (check: Check, claim: Purported) => Note | null
}

const byKey: Worth = {
  grade: 'A',
  personal: true,
  foreign: ({ addresses = [] }, { address }) =>
    addresses.includes(address) ? null : { code: 'address-other', of: address },
}

const byServer: Worth = {
  grade: 'B',
  personal: true,
  foreign: (check, { address, rewritten }) => {
    if (!isAligned(check, address)) return { code: 'domain-other' }
    // From is gone, and many people share a domain: the server must name the person.
    return rewritten && !check.addresses?.includes(address) ? { code: 'address-unnamed', of: address } : null
  },
}

/** The first that counts gives the grade. */
export const worth: Readonly<Record<Method, Worth>> = {
  outbox: { grade: 'A', personal: true, foreign: () => null },
  OpenPGP: byKey,
  patatt: byKey,
  DKIM: {
    grade: 'A',
    personal: false,
    foreign: (check, { address, rewritten }) => {
      if (rewritten) return { code: 'from-rewritten' }
      return isAligned(check, address) ? null : { code: 'domain-other' }
    },
  },
  ARC: byServer,
  'Authentication-Results': byServer,
  SPF: { grade: null, personal: false, foreign: () => ({ code: 'information' }) },
}

const isAligned = ({ domains = [] }: Check, address: string) =>
  domains.some(domain => sameOrganisation(domain, address))
