// Whether a mail may leave here with somebody's address in From. Where his domain says that receivers shall refuse what it did
// not send (DMARC, RFC 9989), the list's subscribers would never see it.
import getDmarcRecord from 'mailauth/lib/dmarc/get-dmarc-record.js'
import { sameOrganisation } from '../../base/organisation.ts'
import type { Resolve } from '../auth/resolver.ts'

/** `own`: our address; whoever relays our mail speaks for its domain. */
export async function forbidsOthers(address: string, own: string, resolve: Resolve): Promise<boolean> {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  if (sameOrganisation(domain, own)) return false
  try {
    const record = await getDmarcRecord(domain, resolve)
    if (record === false) return false
    const policy = (record.isOrgRecord ? record.sp : undefined) ?? record.p
    return policy === 'quarantine' || policy === 'reject'
  } catch {
    // DNS is silent: better a mail that says "via" than one that nobody gets.
    return true
  }
}
