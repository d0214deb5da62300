// Reads an mbox as a stream: mails stand one after the other, each behind a line that begins with "From ". There
// are two dialects, mboxo and mboxrd, that differ in how a mail's own line "From " is quoted, and nothing in a file
// says which it is. We read mboxrd, the only one that can be undone; public-inbox and git write it.
import { limits } from '../../base/limits.ts'
import { toLogLines } from '../crlf.ts'

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
}

/**
 * The mails of an mbox in their order, with line ends as in the log. `start` is where `chunks` begin in the file: 0
 * or a position that was given out before. Memory holds one mail. A mail that the end of the file cuts is given
 * as it is. Throws when the bytes are not an mbox, and what `chunks` throws.
 */
export async function* readMbox(chunks: AsyncIterable<Buffer>, start = 0): AsyncGenerator<MboxItem> {
  const window = new Window(start)
  for await (const chunk of chunks) {
    window.add(chunk)
    for (let item = window.next(false); item !== undefined; item = window.next(false)) yield item
  }
  for (let item = window.next(true); item !== undefined; item = window.next(true)) yield item
}

/** A longer line is not a separator. */
const fromBytesMax = 1_000

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

  constructor(position: number) {
    this.#position = position
  }

  add(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length)
    chunk.copy(this.#bytes, this.#end)
    this.#end += chunk.length
  }

  /** The next whole mail; at the end of the file also the last one. Undefined when there is none in memory. */
  next(atEnd: boolean): MboxItem | undefined {
    if (!this.#begun && !this.#begin(atEnd)) return undefined
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

  /** Skips blank lines before the first mail. False while too little was read to tell. */
  #begin(atEnd: boolean): boolean {
    while (this.#start < this.#end && isLineEnd(this.#bytes[this.#start])) this.#advance(1)
    this.#searched = this.#start
    if (this.#start === this.#end) return false
    const line = this.#lineAt(this.#start, atEnd)
    if (line === undefined) return false
    if (!isFromLine(line)) throw new Error('not an mbox: it does not begin with a "From " line')
    this.#begun = true
    return true
  }

  /** The line feed of the blank line before the next mail; mailbox formats put one there (RFC 4155). */
  #findSeparator(atEnd: boolean): number | undefined {
    const read = this.#bytes.subarray(0, this.#end)
    for (;;) {
      const found = read.indexOf('\nFrom ', this.#searched)
      // All but the last five bytes, which may be the first of a separator.
      this.#searched = found < 0 ? Math.max(this.#searched, this.#end - 5) : found
      if (found < 0) return undefined
      const line = this.#lineAt(found + 1, atEnd)
      if (line === undefined) return undefined
      if (this.#isBlankLineEnd(found) && isFromLine(line)) return found
      this.#searched = found + 1
    }
  }

  #isBlankLineEnd(at: number): boolean {
    const before = this.#bytes[at - 1] === CR ? at - 2 : at - 1
    return before >= this.#start && this.#bytes[before] === LF
  }

  /** The line without its end; undefined when its end was not read yet. */
  #lineAt(at: number, atEnd: boolean): string | undefined {
    const most = this.#bytes.subarray(at, Math.min(this.#end, at + fromBytesMax))
    const end = most.indexOf(LF)
    if (end < 0 && !atEnd && most.length < fromBytesMax) return undefined
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
      this.#dropped > 0 ? { bytes: null, tooLarge: this.#dropped + content.length } : toMail(content)
    this.#advance(next - this.#start)
    this.#searched = this.#start
    this.#dropped = 0
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

/**
 * The rule of git's mailsplit: behind the last colon stand two digits, then a year; before it a time. A line of
 * prose that begins with "From " does not pass.
 */
const isFromLine = (line: string) =>
  /^From .*\d:\d\d:\d\d (?:[A-Z]{1,5} |[+-]\d{4} )?(?:19[7-9]|[2-9]\d\d)\d/.test(line)

/** `content` begins with the "From " line. A file with CRLF shows it there; then all of its line ends are CRLF. */
function toMail(content: Buffer): MboxMail {
  const line = content.indexOf(LF)
  const mail = Buffer.from(line < 0 ? '' : content.subarray(line + 1))
  const hasCrlf = content[line - 1] === CR
  const lines = hasCrlf ? toLogLines(mail) : mail
  // The blank line behind a CRLF mail leaves its CR.
  return { bytes: unquote(hasCrlf && lines.at(-1) === CR ? lines.subarray(0, -1) : lines) }
}

/** Takes one ">" from each line that is "From " behind any number of them. */
function unquote(mail: Buffer): Buffer {
  const pieces: Buffer[] = []
  let kept = 0
  for (let at = mail.indexOf('>From '); at >= 0; at = mail.indexOf('>From ', at + 1)) {
    let first = at
    while (first > 0 && mail[first - 1] === 0x3e) first--
    if (first > 0 && mail[first - 1] !== LF) continue
    pieces.push(mail.subarray(kept, first))
    kept = first + 1
  }
  return pieces.length === 0 ? mail : Buffer.concat([...pieces, mail.subarray(kept)])
}
