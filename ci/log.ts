// A script's output on its way to whoever keeps it: its start as it comes, its end when it ends, nothing between the two
// when it is too long. What could move a reader's cursor or hide text is made visible, and secrets are masked.
import type { Tests } from './result.ts'
import { tapReader } from './tap.ts'

export interface StepLog {
  write(chunk: Buffer): void
  /** Hands over what was held back. */
  end(): void
  /** All that was written, as it came. */
  readonly outputBytes: number
  /** What is not in the log, of the text that would be. */
  readonly leftOutBytes: number
  /** The last line that says something, for a sentence. */
  last(): string
  /** What it said of single tests; null when nothing. */
  tests(): Tests | null
}

export interface LogOptions {
  /** Of the start and the end together. */
  readonly bytesMax: number
  readonly secrets?: readonly string[]
  /** Is given whole lines, except where one is longer than `lineCharactersMax`. */
  readonly emit: (text: string) => void
}

/** A longer line is handed on in pieces, so that a stream without line ends is seen, and not held. */
const lineCharactersMax = 16_384

export function stepLog({ bytesMax, secrets = [], emit }: LogOptions): StepLog {
  const decoder = new TextDecoder()
  const kept = headAndTail(bytesMax, emit)
  const words = maskedWords(secrets)
  const tap = tapReader()
  let pending = ''
  let outputBytes = 0
  let last = ''
  const take = (text: string, all: boolean) => {
    pending += text
    const cut = all ? pending.length : cutOf(pending, words)
    if (cut === 0) return
    const shown = mask(harmless(pending.slice(0, cut)), words)
    last = lastLine(shown) || last
    tap.write(shown)
    kept.write(shown)
    pending = pending.slice(cut)
  }
  return {
    write(chunk) {
      outputBytes += chunk.length
      take(decoder.decode(chunk, { stream: true }), false)
    },
    end() {
      take(decoder.decode(), true)
      kept.end()
    },
    last: () => last,
    tests: () => tap.tests(),
    get outputBytes() {
      return outputBytes
    },
    get leftOutBytes() {
      return kept.leftOutBytes()
    },
  }
}

const lastLine = (text: string): string =>
  text.trimEnd().slice(-lastCharactersMax).split('\n').at(-1)?.trim() ?? ''

const lastCharactersMax = 300

/** How much can go: up to the last line end, or, of an endless line, all that a secret cannot reach into. */
function cutOf(text: string, words: readonly string[]): number {
  const lineEnd = text.lastIndexOf('\n') + 1
  if (text.length - lineEnd < lineCharactersMax) return lineEnd
  let cut = text.length - Math.max(escapeCharactersMax, ...words.map(word => word.length))
  for (const word of words) {
    const across = text.lastIndexOf(word, cut)
    if (across >= 0 && across < cut && across + word.length > cut) cut = across
  }
  return cut
}

const escapeCharactersMax = 64

/**
 * Text that does nothing in a terminal, a page or a mail: colours and cursor movements are taken out (ECMA-48), a lone
 * carriage return begins a line, and what has no form of its own is shown as ^X or as the character for "not a character".
 * So are the marks that turn the direction of writing, behind which code can hide (CVE-2021-42574).
 */
export function harmless(text: string): string {
  return text
    .replace(escapes, '')
    .replace(/\r+\n?/g, ends => (ends.endsWith('\n') ? '\n' : '\n'.repeat(ends.length)))
    .replace(/[^\P{Cc}\t\n]/gu, shownControl)
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '\ufffd')
}

/** CSI, then OSC and its kin up to their end, then the short ones (ECMA-48, 5.3 to 5.6). */
const escapes = new RegExp(
  [
    String.raw`\x1b\[[0-?]{0,40}[ -/]{0,10}[@-~]`,
    String.raw`\x1b[\]PX^_][^\x07\x1b\n]{0,1000}(?:\x07|\x1b\\)`,
    String.raw`\x1b[ -/]{0,4}[0-Z\\^-~]`,
  ].join('|'),
  'g',
)

const shownControl = (character: string): string => {
  const code = character.charCodeAt(0)
  if (code === 0x7f) return '^?'
  return code < 0x20 ? `^${String.fromCharCode(code + 64)}` : '\ufffd'
}

/** The longest first, so that one within another does not leave half of it. Shorter ones would blacken every log. */
const maskedWords = (secrets: readonly string[]): string[] =>
  secrets.filter(secret => secret.length >= secretCharactersMin).sort((a, b) => b.length - a.length)

const secretCharactersMin = 4

const mask = (text: string, words: readonly string[]): string =>
  words.reduce((masked, word) => masked.replaceAll(word, '***'), text)

function headAndTail(bytesMax: number, emit: (text: string) => void) {
  const half = Math.floor(bytesMax / 2)
  let head = 0
  let tail: Buffer[] = []
  let tailBytes = 0
  let leftOut = 0
  const drop = () => {
    while (tailBytes > half && tail[0] !== undefined) {
      const [first] = tail
      const rest = first.subarray(Math.max(0, tailBytes - half))
      const shorter = rest.length > 0 ? fromLineStart(rest) : rest
      tail = shorter.length > 0 ? [shorter, ...tail.slice(1)] : tail.slice(1)
      leftOut += first.length - shorter.length
      tailBytes -= first.length - shorter.length
    }
  }
  return {
    write(text: string) {
      const bytes = Buffer.from(text)
      const room = head < half ? lineEndBefore(bytes, half - head, head === 0) : 0
      if (room > 0) emit(bytes.toString('utf8', 0, room))
      head = room === bytes.length ? head + room : half
      if (room === bytes.length) return
      tail.push(bytes.subarray(room))
      tailBytes += bytes.length - room
      if (tailBytes > 2 * half) drop()
    },
    end() {
      drop()
      if (leftOut > 0) emit(`[... ${leftOut.toLocaleString('en')} bytes are left out here ...]\n`)
      if (tailBytes > 0) emit(Buffer.concat(tail).toString())
    },
    leftOutBytes: () => leftOut,
  }
}

/** All, or as many whole lines as fit; the first one is cut between two characters when it does not fit. */
function lineEndBefore(bytes: Buffer, most: number, first: boolean): number {
  if (bytes.length <= most) return bytes.length
  const line = bytes.lastIndexOf('\n', most - 1) + 1
  return line > 0 || !first ? line : characterStart(bytes, most)
}

function fromLineStart(bytes: Buffer): Buffer {
  const line = bytes.indexOf('\n') + 1
  if (line > 0) return bytes.subarray(line)
  let start = 0
  while (start < bytes.length && isContinuation(bytes[start])) start++
  return bytes.subarray(start)
}

function characterStart(bytes: Buffer, at: number): number {
  let start = at
  while (start > 0 && isContinuation(bytes[start])) start--
  return start
}

/** Of a character in UTF-8, all bytes but the first. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
