// The result of one signature of a mail: the common tongue of dkim.ts, arc.ts, pgp.ts and patatt.ts, and what
// verdict.ts makes a grade of.
import type { CheckResult, Note } from '../../tracker/topic/verdict.ts'

export interface Check extends CheckResult {
  /** The domain that a DKIM signature speaks for; of ARC the domains whose DKIM the sealer saw pass. */
  readonly domains?: readonly string[]
  /** Whole addresses that are vouched for, in lower case. */
  readonly addresses?: readonly string[]
  /** When it was signed, in milliseconds; null when no signed field says so. */
  readonly signedAt?: number | null
  /** SHA-256 of the signature in hex: the same one never counts for two mails. */
  readonly signature?: string
  /** Further signatures that this one vouches for; what holds for it holds for them. */
  readonly carried?: readonly string[]
  /** The Authentication-Results fields that it covers. */
  readonly results?: readonly string[]
  /** The author's signature as it stands in his own mail and in what a list server sealed: all of them answer the same. */
  readonly authors?: readonly string[]
  /** Header fields of which every one in the mail is signed, in lower case. */
  readonly covers?: readonly string[]
  /** Header fields of which some in the mail are signed, and others are not. */
  readonly partly?: readonly string[]
}

/** Thrown where a signature turns out to be none; `noteOf` finds the reason again. */
export class BadSignature extends Error {
  readonly note: Note

  constructor(code: Note['code'], of?: string) {
    super(code)
    this.note = of === undefined ? { code } : { code, of }
  }
}

/** What a verifier threw: a reason of ours, or a library's words. */
export const noteOf = (error: unknown): Note =>
  error instanceof BadSignature ? error.note : { code: 'said', of: messageOf(error) }

export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 200)
