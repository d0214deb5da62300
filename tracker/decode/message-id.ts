// A mail's Message-ID, from a quick look at its header block: the log needs the id of every mail and nothing else
// of it. Real ids are often not what RFC 5322 allows; every one is taken as it stands, since others answer to it.
import { createHash } from 'node:crypto'
import { type MessageId, messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { lfOnly, withLfLines } from '../../base/line-ends.ts'
import { readBytes } from './charset.ts'
import { headerStart } from './headers.ts'

/**
 * The id that the first Message-ID field gives. Without a usable one it is made from the mail's bytes (line ends
 * as LF, so that a mail has one id whichever way it came), and `made` is true. Never throws.
 */
export function messageIdOf(raw: Uint8Array): { id: MessageId; made: boolean } {
  const bytes = withLfLines(raw)
  const value = messageIdField(bytes)
  const id = messageId(value === null ? '' : bareId(value))
  return hasPage(id) ? { id, made: false } : { id: madeId(bytes), made: true }
}

/** A URL whose segment is `.` or `..`, encoded or not, leads elsewhere (WHATWG URL), and one that is too long nowhere. */
const hasPage = (id: MessageId) => !/^\.{0,2}$/.test(id) && Buffer.byteLength(id) <= limits.messageIdBytesMax

/**
 * `<a@b>`, or the whole value where brackets are missing (vacation robots). Tabs and line ends come from folding
 * and are no part of an id; a space may be one.
 */
function bareId(value: string): string {
  const open = value.indexOf('<')
  const from = open < 0 ? value : value.slice(open).replace(/^[<\s]+/, '')
  const close = open < 0 ? -1 : from.indexOf('>')
  return (close < 0 ? from : from.slice(0, close)).replace(/[\t\r\n]/g, '').trim()
}

function madeId(bytes: Buffer): MessageId {
  const hash = createHash('sha256').update(lfOnly(bytes)).digest('hex')
  return messageId(`${hash.slice(0, 32)}@no-message-id.invalid`)
}

const LF = 10
const CR = 13
const isBlank = (byte: number | undefined) => byte === 32 || byte === 9

function messageIdField(bytes: Buffer): string | null {
  for (let line = headerStart(bytes) ?? bytes.length; line < bytes.length; ) {
    const newline = bytes.indexOf(LF, line)
    const end = newline < 0 ? bytes.length : newline
    if (end === line || (end === line + 1 && bytes[line] === CR)) return null
    const letter = bytes[line]
    if (letter === 77 || letter === 109) {
      const name = /^message-id[ \t]*:/i.exec(bytes.toString('latin1', line, Math.min(end, line + 40)))
      if (name) return readBytes(bytes.subarray(line + name[0].length, fieldEnd(bytes, end)))
    }
    line = end + 1
  }
  return null
}

/** The end of a field whose first line ends at `end`: behind its continuation lines. */
function fieldEnd(bytes: Buffer, end: number): number {
  let at = end
  while (at < bytes.length && isBlank(bytes[at + 1])) {
    const next = bytes.indexOf(LF, at + 1)
    at = next < 0 ? bytes.length : next
  }
  return at
}
