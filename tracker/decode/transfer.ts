// Content-Transfer-Encoding undone (RFC 2045, section 6): the bytes of a part as they were before they travelled.
import { lfText } from '../../base/line-ends.ts'

export interface Undone {
  readonly bytes: Buffer
  /** True when the bytes were packed, so that line ends among them are the sender's own. */
  readonly packed: boolean
  readonly problem: string | null
}

/** `encoding` is the field's value or null; an unknown one is read as it stands. Never throws. */
export function undoTransfer(bytes: Buffer, encoding: string | null): Undone {
  const name = (encoding ?? '').trim().toLowerCase()
  switch (name) {
    case 'quoted-printable':
      return { bytes: undoQuotedPrintable(bytes), packed: true, problem: null }
    case 'base64':
      return undoBase64(bytes)
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return { bytes, packed: false, problem: null }
    default: {
      // Comments and parameters behind the word are dirt of old mailers.
      const word = /^[a-z0-9-]+/.exec(name)?.[0] ?? ''
      if (word !== name && encodings.has(word)) return undoTransfer(bytes, word)
      const problem = `The transfer encoding "${name.slice(0, 40)}" is unknown; the part is read as it stands`
      return { bytes, packed: false, problem }
    }
  }
}

const encodings = new Set(['quoted-printable', 'base64', '7bit', '8bit', 'binary'])

const CR = 13
const LF = 10
const EQUALS = 61

/**
 * RFC 2045 lets a reader drop white space at line ends; git keeps it and so do we, because the blank context line
 * of a patch is one space. An `=` that starts nothing stays as it is.
 */
function undoQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let at = 0
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] as number
    if (byte === EQUALS) {
      const high = hexDigit(bytes[i + 1])
      const low = hexDigit(bytes[i + 2])
      const next = high >= 0 && low >= 0 ? null : softBreakEnd(bytes, i + 1)
      if (next === null) out[at++] = high >= 0 && low >= 0 ? high * 16 + low : byte
      i = next ?? (high >= 0 && low >= 0 ? i + 3 : i + 1)
    } else {
      // Line ends that are not encoded are the transport's.
      if (byte !== CR || bytes[i + 1] !== LF) out[at++] = byte
      i++
    }
  }
  return out.subarray(0, at)
}

/** Where the text goes on after an `=` at a line end (transports add white space there); null when it is none. */
function softBreakEnd(bytes: Buffer, from: number): number | null {
  let i = from
  while (bytes[i] === 32 || bytes[i] === 9) i++
  if (i >= bytes.length || bytes[i] === LF) return i + 1
  return bytes[i] === CR && bytes[i + 1] === LF ? i + 2 : null
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/**
 * Broken base64 gives what can be read of it. A list server that knows no MIME glues its footer on as plain text;
 * that is kept as text, else it would come out as noise.
 */
function undoBase64(bytes: Buffer): Undone {
  const text = bytes.toString('latin1')
  const foreign = text.search(/[^A-Za-z0-9+/=\s]/)
  if (!startsPacked(text)) {
    return {
      bytes,
      packed: false,
      problem: 'A part says that it is base64 and is not; it is read as it stands',
    }
  }
  if (foreign < 0) return { bytes: undoStretches(text), packed: true, problem: cutProblem(text) }
  const line = text.lastIndexOf('\n', foreign) + 1
  const rest = text.slice(line)
  if (!/[ _]|--/.test(rest) || /^[A-Za-z0-9+/]{40,}=*\r?$/m.test(rest)) {
    const problem = 'The base64 of a part holds foreign characters; what can be read is shown'
    return { bytes: undoStretches(text), packed: true, problem }
  }
  const packed = undoStretches(text.slice(0, line))
  const between = packed.at(-1) === LF ? '' : '\n'
  return {
    bytes: Buffer.concat([packed, Buffer.from(between + lfText(rest), 'latin1')]),
    packed: true,
    problem: 'Plain text stands behind the base64 of a part; both are shown',
  }
}

/** Lines of base64 hold no space; prose does. */
function startsPacked(text: string): boolean {
  const start = text.search(/\S/)
  if (start < 0) return true
  const end = text.indexOf('\n', start)
  return !/[^A-Za-z0-9+/=]/.test(text.slice(start, end < 0 ? text.length : end).trimEnd())
}

function cutProblem(text: string): string | null {
  if (text.includes('=') || text.includes(' ')) return null
  const letters = text.length - count(text, '\n') - count(text, '\r')
  return letters % 4 === 0 ? null : 'The base64 of a part is cut short; what is there is shown'
}

function count(text: string, sign: string): number {
  let found = 0
  for (let i = text.indexOf(sign); i >= 0; i = text.indexOf(sign, i + 1)) found++
  return found
}

/** Some software pads every line, so padding ends a stretch and not the whole. */
function undoStretches(text: string): Buffer {
  const padding = text.indexOf('=')
  if (padding < 0 || /^[=\s]*$/.test(text.slice(padding))) return Buffer.from(text, 'base64')
  const out = Buffer.allocUnsafe(text.length)
  let at = 0
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('=', from)
    const stretch = text.slice(from, end < 0 ? text.length : end)
    at += out.write(stretch, at, 'base64')
    from += stretch.length + 1
  }
  return out.subarray(0, at)
}
