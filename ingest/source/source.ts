// What an archive is to the import, whatever its form: mails one after the other, each with the place behind it, so
// that an interrupted import goes on there.

export type SourceItem = SourcePosition & (SourceMail | SourceDeletion | SourceTooLarge | SourceUnreadable)

interface SourcePosition {
  /** Where the next item begins, in the source's own words; null when the item does not end at such a place. */
  readonly position: string | null
  /** For a sentence: `at byte 100`, `cur/1234.host`, `in commit 0123abc`. */
  readonly at: string
}

export interface SourceMail {
  readonly kind: 'mail'
  /** With line ends as in the log. */
  readonly bytes: Buffer
  /** What an mbox says above a mail without a Date, ISO 8601. */
  readonly posted?: string
}

/** The archive took this mail out again. */
interface SourceDeletion {
  readonly kind: 'deleted'
  readonly bytes: Buffer
}

/** A mail above `importMailBytesMax`. */
interface SourceTooLarge {
  readonly kind: 'too-large'
  readonly size: number
}

/** A file that may be read another time; what is behind it is read all the same. */
interface SourceUnreadable {
  readonly kind: 'unreadable'
  readonly reason: string
}

export interface Source {
  /** As it was named on the command line, or a part of that. */
  readonly path: string
  /** The source and the state it is in: one that changed is another source and is read from its start. */
  readonly key: string
  /** About how many bytes there are, and how many of them were read. */
  readonly size: number
  readonly done: number
  /** Only ever grows at its end: when it is imported again, only what came since is read. */
  readonly grows: boolean
  /** From a position that it gave out, else from its start. Throws when it cannot be read on. */
  read(position: string | undefined): AsyncIterable<SourceItem>
}
