// Line ends. SMTP sends CRLF (RFC 5321 2.3.8), an mbox on disk has LF, very old mailers wrote CR alone. The log keeps LF,
// as public-inbox does; a CR that stands alone, or before a CRLF (a patch of a DOS file), is part of the mail and stays.

/**
 * Bytes for the log, every CRLF as LF: the same mail by every road must be the same bytes, or an archive that is imported
 * over a live list comes twice. In place: the answer is a part of the given buffer, which must not be used again.
 */
export function toLogLines(bytes: Buffer): Buffer {
  let end = bytes.indexOf('\r\n')
  if (end < 0) return bytes
  for (let from = end + 1; from < bytes.length; ) {
    const next = bytes.indexOf('\r\n', from + 1)
    const to = next < 0 ? bytes.length : next
    bytes.copyWithin(end, from, to)
    end += to - from
    from = to + 1
  }
  return bytes.subarray(0, end)
}

/** The mail as a Buffer over the same bytes; when CR is its only line end, a copy with LF in its place. */
export function withLfLines(raw: Uint8Array): Buffer {
  const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (bytes.includes(10) || !bytes.includes(13)) return bytes
  return throughText(bytes, text => text.replaceAll('\r', '\n'))
}

/** Bytes with every CRLF as LF: the same whichever way the mail came. */
export const lfOnly = (bytes: Buffer): Buffer => (bytes.includes('\r\n') ? throughText(bytes, lfText) : bytes)

/** Bytes as they go over the wire, which is also what was signed: every LF as CRLF. */
export const crlfOnly = (bytes: Buffer): Buffer => throughText(bytes, crlfText)

export const lfText = (text: string): string => text.replaceAll('\r\n', '\n')

export const crlfText = (text: string): string => text.replace(/\r?\n/g, '\r\n')

/** A line that was cut at its LF. */
export const withoutCr = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

/** latin1 keeps every byte. */
const throughText = (bytes: Buffer, change: (text: string) => string): Buffer =>
  Buffer.from(change(bytes.toString('latin1')), 'latin1')
