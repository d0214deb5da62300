// What is left of a mail once its encodings are undone. Made by `decodeMail`, read by everything behind it.
import type { MessageId } from '../../base/ids.ts'

/** One header field: name in lower case, value unfolded, RFC 2047 words still encoded. */
export interface Header {
  readonly name: string
  readonly value: string
}

/** A leaf of the MIME tree that holds text. Line ends are LF; everything else is as it was sent. */
export interface TextPart {
  /** Where it lies in the tree: `1`, `1.2`. */
  readonly path: string
  /** Lower case, without parameters. */
  readonly type: string
  readonly filename: string | null
  /** True for `Content-Disposition: attachment`, and for inline parts with a file name that are not text/plain. */
  readonly attached: boolean
  readonly charset: string
  readonly text: string
}

/** A leaf that does not hold text; its bytes stay in the raw mail. */
export interface OtherPart {
  readonly path: string
  readonly type: string
  readonly filename: string | null
  readonly bytes: number
}

export interface DecodedMail {
  /** The Message-ID of the mail inside, when a list wrapped it whole: all below is read from there. */
  readonly wraps?: MessageId
  readonly headers: readonly Header[]
  /** Text leaves in the order of the mail. */
  readonly parts: readonly TextPart[]
  readonly others: readonly OtherPart[]
  /**
   * What a reader reads and a patch is read from: the inline text/plain parts (of alternatives the plain one,
   * text/html only when there is no plain text, with its tags removed), joined by a line end where one is missing, and
   * without the armour of a clear-signed text.
   */
  readonly body: string
  /** Of a mail that bears a signature for a part of it: which lines of the body that is. `end` is not in it. */
  readonly signed?: { readonly from: number; readonly end: number }
  /** Attached patches (known by type, name or text: patch-part.ts), in order; not in `body`. */
  readonly attachedPatches: readonly TextPart[]
  /** Sentences for a person about what was wrong with the bytes; empty for a good mail. */
  readonly problems: readonly string[]
}
