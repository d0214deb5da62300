// How far the sender of a mail is authenticated. Made once, when the mail arrives (ingest/auth); the fold only reads it.

/**
 * A: own signature or aligned DKIM of a known identity. B: a trusted list server vouches, or a token came back. C: only
 * From. I: imported from an archive, never seen live.
 */
export type Grade = 'A' | 'B' | 'C' | 'I'

export interface Verdict {
  readonly grade: Grade
  /** One clause: "DKIM of example.org"; "pending" while the job has not looked yet. */
  readonly how: string
  /** The address that is vouched for, in lower case; it may be another than the sender's. */
  readonly identity?: string
  /** When its sender confirmed the mail by answering a token mail, milliseconds: it counts from then on. */
  readonly confirmed?: number
}

/** Of a mail that an import brought. */
export const imported: Verdict = { grade: 'I', how: 'imported' }

/** Of a live mail that the job has not looked at yet: it folds as C, and nothing is mailed because of it. */
export const pending: Verdict = { grade: 'C', how: 'pending' }
