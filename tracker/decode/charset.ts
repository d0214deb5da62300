// Bytes to text. The charset a mail declares is a claim: it is believed where the bytes agree with it, and where
// they don't the text is read in the way that loses nothing of a patch, with a sentence that says so.
import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import libmime from 'libmime'

export interface ReadText {
  readonly text: string
  /** The charset it was read as, lower case. */
  readonly charset: string
  /** What was wrong, for a person; null when the bytes are what they were declared to be. */
  readonly problem: string | null
}

/** Reads `bytes` as the declared charset (null: none declared), else as what they are. Never throws. */
export function readText(bytes: Buffer, declared: string | null): ReadText {
  const label = charsetLabel(declared ?? '')
  const wide = byteOrderMark(bytes)
  if (wide !== null) return readDeclared(bytes, wide, wide)
  if (isAscii(bytes) && !shiftsInAscii(label)) {
    return {
      text: bytes.toString('latin1'),
      charset: label !== '' && isKnown(label) ? label : 'us-ascii',
      problem: null,
    }
  }
  return asciiLabels.has(label) || !isKnown(label) || liesAboutWidth(bytes, label)
    ? readUndeclared(bytes, label)
    : readDeclared(bytes, label, label)
}

/** Header bytes and the like, which declare nothing: UTF-8, and what is not UTF-8 as windows-1252. */
export function readBytes(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString() : readMixed(bytes).text
}

/** Labels under which any 8-bit text is sent; they say nothing about the bytes above 127. */
const asciiLabels = new Set([
  '',
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  '7bit',
  '8bit',
  'unknown-8bit',
])

/** Lower case; `unicode-2-0-utf-8` and the like are UTF-8. */
function charsetLabel(declared: string): string {
  const label = declared.trim().toLowerCase()
  return /^[a-z0-9-]{1,20}-utf-?8$/.test(label) ? 'utf-8' : label
}

/** Charsets that write other letters with bytes below 128. */
const shiftsInAscii = (label: string) => /^(?:(?:cs)?iso-?2022|utf-?16|ucs-?2|unicode)/.test(label)

/** In UTF-16 every line end and Latin letter has a NUL beside it, and a text of other letters is not all ASCII. */
const liesAboutWidth = (bytes: Buffer, label: string) =>
  /^(?:utf-?16|ucs-?2|unicode)/.test(label) &&
  (bytes.includes(10) || bytes.length >= 32) &&
  isAscii(bytes) &&
  !bytes.includes(0)

function readUndeclared(bytes: Buffer, label: string): ReadText {
  const whole = isUtf8(bytes)
  const { text, strays } = whole ? { text: bytes.toString(), strays: 0 } : readMixed(bytes)
  const charset = 'utf-8'
  if (whole && (label === '' || label.startsWith('utf')))
    return { text: withoutMark(text), charset, problem: null }
  const unknown = isKnown(label) ? '' : ', which is no known charset'
  const declared =
    label === '' ? 'The text declares no charset' : `The text is declared as ${quote(label)}${unknown}`
  const count = strays === 1 ? '1 byte that is' : `${strays} bytes that are`
  const read = whole ? 'is read as UTF-8' : `holds ${count} not UTF-8, read as windows-1252`
  return { text: withoutMark(text), charset, problem: `${declared}; it ${read}` }
}

function readDeclared(bytes: Buffer, label: string, charset: string): ReadText {
  const decoder = decoderOf(label)
  if (decoder === null) return readUndeclared(bytes, label)
  try {
    return { text: decoder.strict.decode(bytes), charset, problem: null }
  } catch {
    // The usual lie: a tool converts the text to UTF-8 and leaves the old label.
    if (isUtf8(bytes)) {
      const problem = `The text is declared as ${quote(charset)} but holds UTF-8; it is read as UTF-8`
      return { text: withoutMark(bytes.toString()), charset: 'utf-8', problem }
    }
    const problem = `Some bytes of the text are not ${quote(charset)}; they are shown as \u{fffd}`
    return { text: decoder.lenient.decode(bytes), charset, problem }
  }
}

/** `git diff > x.patch` in PowerShell writes UTF-16 with its mark, and mailers send that as octet-stream. */
function byteOrderMark(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

const withoutMark = (text: string) => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
const quote = (label: string) => `"${label.slice(0, 40)}"`

interface Decoder {
  readonly strict: TextDecoder
  readonly lenient: TextDecoder
}

/** Only charsets that exist are kept, so the map stays small whatever mails declare. */
const decoders = new Map<string, Decoder>()

const isKnown = (label: string) => asciiLabels.has(label) || decoderOf(label) !== null

function decoderOf(label: string): Decoder | null {
  const known = decoders.get(label)
  if (known) return known
  const made = makeDecoder(label) ?? makeDecoder(libmime.normalizeCharset(label.slice(0, 40)))
  if (made) decoders.set(label, made)
  return made
}

function makeDecoder(label: string): Decoder | null {
  try {
    return { strict: new TextDecoder(label, { fatal: true }), lenient: new TextDecoder(label) }
  } catch {
    return null
  }
}

/**
 * Text that is partly UTF-8: what is valid stays, every other byte is one letter of windows-1252. So a Latin-1
 * name in the trailers of a UTF-8 patch is shown right and leaves the rest alone.
 */
function readMixed(bytes: Buffer): { text: string; strays: number } {
  const out = Buffer.allocUnsafe(bytes.length * 3)
  let at = 0
  let strays = 0
  for (let i = 0; i < bytes.length; ) {
    const size = sequenceBytes(bytes, i)
    if (size === 0) {
      for (const byte of windows1252[(bytes[i] as number) - 0x80] as Buffer) out[at++] = byte
      strays++
      i++
    }
    for (let end = i + size; i < end; i++) out[at++] = bytes[i] as number
  }
  return { text: out.toString('utf8', 0, at), strays }
}

/** Bytes 0x80 to 0xff as windows-1252, each as its UTF-8. */
const windows1252 = Array.from({ length: 128 }, (_, i) =>
  Buffer.from(new TextDecoder('windows-1252').decode(new Uint8Array([0x80 + i]))),
)

/** Length of the well-formed UTF-8 sequence at `i` (Unicode, table 3-7), 0 when there is none. */
function sequenceBytes(bytes: Buffer, i: number): number {
  const first = bytes[i] as number
  if (first < 0x80) return 1
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || i + size > bytes.length) return 0
  const second = bytes[i + 1] as number
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let k = 2; k < size; k++) if (((bytes[i + k] as number) & 0xc0) !== 0x80) return 0
  return size
}
