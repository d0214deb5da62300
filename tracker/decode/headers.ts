// The header block of a mail or of a MIME part: fields in their order, unfolded, their bytes read as text.
import { isUtf8 } from 'node:buffer'
import { limits } from '../../base/limits.ts'
import { withoutCr } from '../../base/line-ends.ts'
import { memo } from '../../base/memo.ts'
import { readBytes, readText } from './charset.ts'
import type { Header } from './mail.ts'

export interface HeaderBlock {
  readonly headers: readonly Header[]
  /** Offset of the first byte of the body. */
  readonly bodyAt: number
  readonly problems: readonly string[]
}

/**
 * Reads the block that starts at the first of `bytes`, whose lines end in LF or CRLF. `charset`: what bytes above 127 that
 * are no UTF-8 are read as, windows-1252 without it. Never throws.
 */
export function readHeaders(bytes: Buffer, charset?: string): HeaderBlock {
  const start = headerStart(bytes)
  if (start === null) {
    const text = afterMboxLine(bytes)
    return { headers: [], bodyAt: emptyLineEnd(bytes, text) ?? text, problems: [] }
  }
  const { end, bodyAt } = blockEnd(bytes, start)
  // A CRLF block is at most twice as long as its LF twin, and both must be cut at the same place.
  const block = bytes.subarray(start, Math.min(end, start + 2 * limits.headerBytesMax))
  const text = charset === undefined ? readBytes(block) : linesIn(block, charset)
  return { ...readFields(text), bodyAt }
}

/**
 * The same for bytes that whoever takes, sorts and imports a mail each ask about. They must not change; what `toLogLines` changes in
 * place is another Buffer.
 */
export const headersOf = memo((bytes: Buffer): HeaderBlock => readHeaders(bytes))

/**
 * Each line for itself: beside one of another charset most are ASCII, and some UTF-8. Its end is no text of the charset: in
 * UTF-16 it would be half a letter, and the next line would be of this one.
 */
function linesIn(block: Buffer, charset: string): string {
  const lines: string[] = []
  for (let at = 0; at < block.length; ) {
    const newline = block.indexOf(LF, at)
    const end = newline < 0 ? block.length : newline
    const text = block.subarray(at, block[end - 1] === CR ? end - 1 : end)
    lines.push(isOfCharset(text) ? readText(text, charset).text : readBytes(text), newline < 0 ? '' : '\n')
    at = end + 1
  }
  return lines.join('')
}

/** Bytes that are no UTF-8, or the escapes of ISO-2022. */
export const isOfCharset = (bytes: Buffer): boolean => !isUtf8(bytes) || bytes.includes(0x1b)

/** Offset of the first field, null when the bytes do not begin with one. */
export function headerStart(bytes: Buffer): number | null {
  const start = afterMboxLine(bytes)
  return fieldName.test(bytes.toString('latin1', start, start + 240)) ? start : null
}

/** The unfolded value of the first field of that (lower-case) name; null when there is none. */
export function headerValue(headers: readonly Header[], name: string): string | null {
  for (const header of headers) if (header.name === name) return header.value
  return null
}

const LF = 10
const CR = 13

/** mbox puts `From ` before a mail, and a mail that was in an mbox twice has `>From ` (git mailinfo skips both). */
function afterMboxLine(bytes: Buffer): number {
  let start = 0
  while (/^>?From /.test(bytes.toString('latin1', start, start + 6))) {
    const end = bytes.indexOf(LF, start)
    if (end < 0) return bytes.length
    start = end + 1
  }
  return start
}

/** Field names are printable ASCII without a colon (RFC 5322, 2.2); old mailers put white space before the colon. */
const fieldName = /^([!-9;-~]{1,200})[ \t]*:/

/** The offset behind the line end at `i`, which makes an empty line there; null when no line ends at `i`. */
function emptyLineEnd(bytes: Buffer, i: number): number | null {
  if (bytes[i] === LF) return i + 1
  return bytes[i] === CR && bytes[i + 1] === LF ? i + 2 : null
}

function blockEnd(bytes: Buffer, start: number): { end: number; bodyAt: number } {
  for (let i = bytes.indexOf(LF, start); i >= 0; i = bytes.indexOf(LF, i + 1)) {
    const bodyAt = emptyLineEnd(bytes, i + 1)
    if (bodyAt !== null) return { end: i + 1, bodyAt }
  }
  return { end: bytes.length, bodyAt: bytes.length }
}

interface Field {
  name: string
  lines: string[]
}

function readFields(text: string): { headers: Header[]; problems: string[] } {
  const fields: Field[] = []
  const problems = new Set<string>()
  let taken = 0
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const line = withoutCr(text.slice(at, newline < 0 ? text.length : newline))
    at = newline < 0 ? text.length : newline + 1
    taken += line.length + 1
    if (taken > limits.headerBytesMax) {
      problems.add(`The header is longer than ${limits.headerBytesMax / 1024} kB; the rest of it is not read`)
      break
    }
    const problem = addLine(fields, line)
    if (problem !== null) problems.add(problem)
    if (fields.length > limits.headerFieldsMax) {
      fields.pop()
      problems.add(`The header has more than ${limits.headerFieldsMax} fields; the rest are not read`)
      break
    }
  }
  const headers = fields.map(field => ({ name: field.name, value: field.lines.join('').trim() }))
  return { headers, problems: [...problems] }
}

function addLine(fields: Field[], line: string): string | null {
  const last = fields.at(-1)
  if (last && (line.startsWith(' ') || line.startsWith('\t'))) {
    last.lines.push(line)
    return null
  }
  const name = fieldName.exec(line)
  if (name) {
    fields.push({ name: (name[1] as string).toLowerCase(), lines: [line.slice(name[0].length)] })
    return null
  }
  return line.startsWith('>From ') ? null : 'The header holds a line that is no field; it is skipped'
}
