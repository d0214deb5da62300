// Reads an mbox as a stream: mails stand one after the other, each behind a line that begins with "From ". How a
// mail's own line "From " is told from that depends on the dialect (mbox-dialect.ts).
import { limits } from '../../base/limits.ts'
import { toLogLines } from '../../base/line-ends.ts'
import { headersOf } from '../../tracker/decode/headers.ts'
import { parseDate } from '../../tracker/mail/date.ts'
import { hasDate } from '../../tracker/mail/said-time.ts'
import { markLength } from './byte-order-mark.ts'
import { beginsHeader, contentLength, isFromLine, type MboxDialect } from './mbox-dialect.ts'

/**
 * A mail, or the size of one above `importMailBytesMax`. `begin` is where its "From " line stands in the file,
 * `position` the byte behind it, where the next one begins.
 */
export type MboxItem = (MboxMail | { readonly bytes: null; readonly tooLarge: number }) & {
  readonly begin: number
  readonly position: number
}
interface MboxMail {
  readonly bytes: Buffer
  /** The time of its "From " line, ISO 8601, where the mail has no Date of its own. */
  readonly posted?: string
}

/**
 * The mails of an mbox in their order, with line ends as in the log. `start` is where `chunks` begin in the file: 0
 * or a position that was given out before. Memory holds one mail. A mail that the end of the file cuts is given
 * as it is. Throws when the bytes are not an mbox, and what `chunks` throws.
 */
export async function* readMbox(
  chunks: AsyncIterable<Buffer>,
  start = 0,
  dialect: MboxDialect = 'mboxrd',
): AsyncGenerator<MboxItem> {
  const window = new Window(start, dialect)
  for await (const chunk of chunks) {
    window.add(chunk)
    for (let item = window.next(false); item !== undefined; item = window.next(false)) yield item
  }
  for (let item = window.next(true); item !== undefined; item = window.next(true)) yield item
}

/** The part of the file that is in memory: the current mail from its "From " line on, and what was read behind it. */
class Window {
  #bytes = Buffer.alloc(512 * 1024)
  /** The current mail begins here, in `#bytes`. */
  #start = 0
  #end = 0
  /** No separator begins before here. */
  #searched = 0
  #begun = false
  /** Where `#start` stands in the file. */
  #position: number
  /** Bytes of the current mail that were let go because it is too large. */
  #dropped = 0
  readonly #dialect: MboxDialect
  /** Where the Content-Length of the current mail ends, from `#start`; undefined before that was looked for. */
  #claim: number | null | undefined

  constructor(position: number, dialect: MboxDialect) {
    this.#position = position
    this.#dialect = dialect
  }

  add(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length)
    chunk.copy(this.#bytes, this.#end)
    this.#end += chunk.length
  }

  /** The next whole mail; at the end of the file also the last one. Undefined when there is none in memory. */
  next(atEnd: boolean): MboxItem | undefined {
    if (!this.#begun && !this.#begin(atEnd)) return undefined
    if (this.#counts()) {
      const counted = this.#findCounted(atEnd)
      if (counted === 'unread') return undefined
      if (counted !== undefined) return this.#take(counted.end, counted.next)
    }
    const blank = this.#findSeparator(atEnd)
    if (blank !== undefined) return this.#take(blank, blank + 1)
    if (!atEnd) this.#dropTooLarge()
    else if (this.#start < this.#end) return this.#take(this.#lastByte(), this.#end)
    return undefined
  }

  #makeRoom(more: number): void {
    const kept = this.#bytes.subarray(this.#start, this.#end)
    const target =
      kept.length + more > this.#bytes.length ? Buffer.alloc(2 * (kept.length + more)) : this.#bytes
    kept.copy(target)
    this.#bytes = target
    this.#searched -= this.#start
    this.#end -= this.#start
    this.#start = 0
  }

  /** Skips what may stand before the first mail: blank lines, a mark. False while too little was read to tell. */
  #begin(atEnd: boolean): boolean {
    if (this.#end < 3 && !atEnd) return false
    if (this.#position === 0) this.#advance(markLength(this.#bytes.subarray(0, this.#end)))
    while (this.#start < this.#end && isLineEnd(this.#bytes[this.#start])) this.#advance(1)
    this.#searched = this.#start
    if (this.#start === this.#end) return false
    const begins = this.#beginsMail(this.#start, atEnd)
    if (begins === undefined) return false
    if (!begins) throw new Error('not an mbox: it does not begin with a "From " line')
    this.#begun = true
    return true
  }

  #counts(): boolean {
    return this.#claim !== null && (this.#dialect === 'mboxcl' || this.#dialect === 'mboxcl2')
  }

  /** The end that Content-Length claims, when a mail or the end of the file is there. Any other claim is forgotten. */
  #findCounted(atEnd: boolean): { end: number; next: number } | 'unread' | undefined {
    this.#claim ??= this.#readClaim(atEnd)
    if (this.#claim === undefined) return 'unread'
    if (this.#claim !== null) {
      const end = this.#start + this.#claim
      if (!atEnd && end + limits.mboxFromLineBytesMax > this.#end) return 'unread'
      const next = this.#nextMailAt(end)
      if (next !== undefined) return { end, next }
    }
    this.#claim = null
    return undefined
  }

  /** Undefined while too little was read to tell. */
  #readClaim(atEnd: boolean): number | null | undefined {
    const head = this.#bytes.toString(
      'latin1',
      this.#start,
      Math.min(this.#end, this.#start + limits.headerBytesMax),
    )
    const blank = /\n\r?\n/.exec(head)
    if (blank === null) return atEnd || head.length === limits.headerBytesMax ? null : undefined
    const begin = blank.index + blank[0].length
    const length = contentLength(head.slice(0, begin))
    return length === undefined || length > limits.importMailBytesMax ? null : begin + length
  }

  /** Behind at most one blank line; the end of the file is as good as a mail. */
  #nextMailAt(end: number): number | undefined {
    let at = end
    while (at < end + 4 && at < this.#end && isLineEnd(this.#bytes[at])) at++
    if (at === this.#end && end <= this.#end) return at
    return at < this.#end && isFromLine(this.#lineAt(at, true) ?? '') ? at : undefined
  }

  /** The line feed of the blank line before the next mail; mailbox formats put one there (RFC 4155). */
  #findSeparator(atEnd: boolean): number | undefined {
    const read = this.#bytes.subarray(0, this.#end)
    for (;;) {
      const found = read.indexOf('\nFrom ', this.#searched)
      // All but the last five bytes, which may be the first of a separator.
      this.#searched = found < 0 ? Math.max(this.#searched, this.#end - 5) : found
      if (found < 0) return undefined
      const begins = this.#isBlankLineEnd(found) && this.#beginsMail(found + 1, atEnd)
      if (begins === undefined) return undefined
      if (begins) return found
      this.#searched = found + 1
    }
  }

  /** A "From " line with its date, or a bare one above a header; undefined while too little was read to tell. */
  #beginsMail(at: number, atEnd: boolean): boolean | undefined {
    const line = this.#lineAt(at, atEnd)
    if (line === undefined) return undefined
    if (!line.startsWith('From ')) return false
    if (isFromLine(line)) return true
    const below = at + line.length + 1
    const head = this.#bytes.toString('latin1', below, Math.min(this.#end, below + limits.mboxHeadBytesMax))
    const whole = atEnd || head.length === limits.mboxHeadBytesMax || /\n\r?\n/.test(head)
    return whole ? beginsHeader(head) : undefined
  }

  #isBlankLineEnd(at: number): boolean {
    const before = this.#bytes[at - 1] === CR ? at - 2 : at - 1
    return before >= this.#start && this.#bytes[before] === LF
  }

  /** The line without its end; undefined when its end was not read yet. */
  #lineAt(at: number, atEnd: boolean): string | undefined {
    const most = this.#bytes.subarray(at, Math.min(this.#end, at + limits.mboxFromLineBytesMax))
    const end = most.indexOf(LF)
    if (end < 0 && !atEnd && most.length < limits.mboxFromLineBytesMax) return undefined
    return most.toString('latin1', 0, end < 0 ? most.length : end)
  }

  /** Where the last mail ends: before the blank line that closes it, when there is one. */
  #lastByte(): number {
    const last = this.#end - 1
    return this.#bytes[last] === LF && this.#isBlankLineEnd(last) ? last : this.#end
  }

  /** The mail up to the line feed of its blank line; the next begins at `next`. */
  #take(blank: number, next: number): MboxItem {
    const begin = this.#position - this.#dropped
    const content = this.#bytes.subarray(this.#start, blank)
    const item =
      this.#dropped > 0
        ? { bytes: null, tooLarge: this.#dropped + content.length }
        : toMail(content, this.#dialect)
    this.#advance(next - this.#start)
    this.#searched = this.#start
    this.#dropped = 0
    this.#claim = undefined
    return { ...item, begin, position: this.#position }
  }

  #dropTooLarge(): void {
    if (this.#dropped + this.#searched - this.#start <= limits.importMailBytesMax) return
    // Two bytes before a separator tell whether it stands behind a blank line.
    const gone = this.#searched - 2 - this.#start
    this.#advance(gone)
    this.#dropped += gone
  }

  #advance(bytes: number): void {
    this.#start += bytes
    this.#position += bytes
  }
}

const LF = 0x0a
const CR = 0x0d
const isLineEnd = (byte: number | undefined) => byte === LF || byte === CR

/** `content` begins with the "From " line. A file with CRLF shows it there; then all of its line ends are CRLF. */
function toMail(content: Buffer, dialect: MboxDialect): MboxMail {
  const line = content.indexOf(LF)
  const mail = copyOf(content.subarray(line < 0 ? content.length : line + 1))
  const hasCrlf = content[line - 1] === CR
  const lines = hasCrlf ? toLogLines(mail) : mail
  // The blank line behind a CRLF mail leaves its CR.
  const bytes = unquote(hasCrlf && lines.at(-1) === CR ? lines.subarray(0, -1) : lines, dialect)
  const posted = postedAt(content.toString('latin1', 0, Math.max(0, line)), bytes)
  return posted === null ? { bytes } : { bytes, posted }
}

/** In memory of its own, which whoever keeps the mail for the next reader need not copy once more (sql/recent-bytes.ts). */
function copyOf(part: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(part.length)
  part.copy(copy)
  return copy
}

/** git and public-inbox write the same time above all mails, which is none. */
function postedAt(fromLine: string, mail: Buffer): string | null {
  if (/ 1970\s*$/.test(fromLine) || hasDate(headersOf(mail).headers)) return null
  const time = parseDate(fromLine.slice('From '.length).replace(/^\S+\s/, ''))
  return time === null ? null : new Date(time).toISOString()
}

/** Takes one ">" from each line that is "From " behind any number of them; in mboxo and mboxcl behind just one. */
function unquote(mail: Buffer, dialect: MboxDialect): Buffer {
  if (dialect === 'mboxcl2') return mail
  const pieces: Buffer[] = []
  let kept = 0
  for (let at = mail.indexOf('>From '); at >= 0; at = mail.indexOf('>From ', at + 1)) {
    let first = at
    while (first > 0 && mail[first - 1] === 0x3e) first--
    if (first > 0 && mail[first - 1] !== LF) continue
    if (first < at && dialect !== 'mboxrd') continue
    pieces.push(mail.subarray(kept, first))
    kept = first + 1
  }
  return pieces.length === 0 ? mail : Buffer.concat([...pieces, mail.subarray(kept)])
}
