// How far the sender of a mail is authenticated. Made once, when the mail arrives (ingest/auth), and kept for good; the fold
// only reads it. So what is kept is codes; verdict-words.ts has a sentence for each.

import type { MessageId } from '../../base/ids.ts'
import type { Method } from './methods.ts'

/**
 * A: own signature or aligned DKIM of a known identity. B: a trusted list server vouches, or a token came back. C: only
 * From. I: imported from an archive, never seen live.
 */
export type Grade = 'A' | 'B' | 'C' | 'I'

/** The signed recipients are others than the list. */
export interface Astray {
  /** The mails that it answers, as far as that is signed. */
  readonly answers: readonly MessageId[]
}

export interface Verdict {
  readonly grade: Grade
  readonly how: How
  /** The address that is vouched for, in lower case; it may be another than the sender's. */
  readonly identity?: string
  /** Header fields that what gives the grade covers, in lower case. */
  readonly covers?: readonly string[]
  readonly astray?: Astray
  /** When its sender confirmed the mail by answering a token mail, milliseconds: it counts from then on. */
  readonly confirmed?: number
}

/** Why the grade is what it is. */
export type How =
  /**
   * `pending`: the job has not looked yet. `imported`: it never will. `unsigned`: there is nothing to look at. `token`: the
   * sender answered a token mail. `astray`: it is signed for other recipients.
   */
  | { readonly code: 'pending' | 'imported' | 'unsigned' | 'token' | 'astray' }
  /** `signed`: this signature counts. `sealed`: this word of a list server does. `first`: it would, but the sender is new here. */
  | { readonly code: 'signed' | 'sealed' | 'first'; readonly check: CheckResult }
  /** Nothing counts, and this comes nearest. */
  | { readonly code: 'uncounted'; readonly check: CheckResult }
  /** A note that Threadwork wrote for whoever holds the token of this name. */
  | { readonly code: 'noted'; readonly token: string }
  /** A note that Threadwork wrote of what the operator brought from the tracker at this host. */
  | { readonly code: 'brought'; readonly from: string }
  /** Of a line that was read from this header field, which no signature covers. */
  | { readonly code: 'uncovered'; readonly field: string }
  /** Nothing can count: who wrote the mail is not plain. */
  | { readonly code: 'unclear'; readonly note: Note }

/** What is kept of a check. */
export interface CheckResult {
  readonly method: Method
  /** `unknown`: a lookup failed. `unused`: it holds or was not tried, but does not count, for the reason in `note`. */
  readonly result: 'pass' | 'fail' | 'unknown' | 'unused'
  /** The domain or the key that signed; null where it does not say. */
  readonly signer: string | null
  /** Why it is not `pass`; what else is worth knowing. */
  readonly note?: Note
}

/** `of` is what the sentence names: an address, a number, a library's own words. */
export interface Note {
  readonly code: NoteCode
  readonly of?: string
}

export type NoteCode =
  // of the header
  | 'header-damaged'
  | 'field-doubled'
  | 'from-several'
  | 'from-none'
  | 'from-rewritten-unclear'
  | 'author-unclear'
  // of a signature by itself
  | 'said'
  | 'threw'
  | 'too-many'
  | 'dns-silent'
  | 'body-part'
  | 'test-key'
  | 'subject-uncovered'
  | 'key-unknown'
  | 'key-of-another'
  | 'text-outside'
  | 'text-below'
  | 'body-changed'
  | 'header-changed'
  | 'header-uncovered'
  | 'signature-large'
  | 'signature-wrong'
  | 'algorithm-unknown'
  | 'time-missing'
  // of what a list server says
  | 'results-uncovered'
  | 'results-several'
  | 'sealer-untrusted'
  | 'chain-long'
  | 'chain-broken'
  | 'chain-of-another'
  | 'dkim-unseen'
  | 'dkim-seen'
  // of a signature that holds, beside this mail
  | 'address-other'
  | 'address-unnamed'
  | 'domain-other'
  | 'from-rewritten'
  | 'undated'
  | 'late'
  | 'early'
  | 'replayed'
  | 'information'

/** What is kept beside a verdict. */
export interface VerdictData {
  /** Every single result, for the mail's page. */
  readonly checks?: readonly CheckResult[]
  /** The address that DKIM was aligned with, whatever the grade. */
  readonly aligned?: string
  /** Header fields that what gives the grade covers. */
  readonly covers?: readonly string[]
  readonly astray?: Astray
  /** When a token mail was answered. */
  readonly confirmed?: string
}

/** Threadwork wrote it as a note: whoever it speaks for was let in elsewhere. */
export const isNoted = ({ how }: Verdict): boolean => how.code === 'noted' || how.code === 'brought'

/** Of a mail that an import brought. */
export const imported: Verdict = { grade: 'I', how: { code: 'imported' } }

/** Of a live mail that the job has not looked at yet: it folds as C, and nothing is mailed because of it. */
export const pending: Verdict = { grade: 'C', how: { code: 'pending' } }
