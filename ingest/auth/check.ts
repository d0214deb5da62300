// The result of one signature of a mail: the common tongue of dkim.ts, arc.ts, pgp.ts and patatt.ts, and what
// verdict.ts makes a grade of.

export interface Check {
  readonly method: 'DKIM' | 'ARC' | 'OpenPGP' | 'patatt' | 'SPF'
  /**
   * `unknown`: a lookup failed, it may be tried again. `unused`: it holds or was not tried, but does not count, for
   * the reason in `note`.
   */
  readonly result: 'pass' | 'fail' | 'unknown' | 'unused'
  /** The domain or the key that signed, for people. */
  readonly signer: string
  /** Why it is not `pass`; what else is worth knowing. */
  readonly note?: string
  /** The domain that a DKIM signature speaks for; of ARC the domains whose DKIM the sealer saw pass. */
  readonly domains?: readonly string[]
  /** Whole addresses that are vouched for, in lower case. */
  readonly addresses?: readonly string[]
  /** When it was signed, in milliseconds; null when no signed field says so. */
  readonly signedAt?: number | null
  /** SHA-256 of the signature in hex: the same one never counts for two mails. */
  readonly signature?: string
}
