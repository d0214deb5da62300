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
}
