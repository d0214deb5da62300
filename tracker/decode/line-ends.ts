// A mail's lines end in LF or CRLF; very old mailers wrote CR alone. Readers behind this one see the first two only.

/** The mail as a Buffer over the same bytes; when CR is its only line end, a copy with LF in its place. */
export function withLfLines(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (bytes.includes(10) || !bytes.includes(13)) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll('\r', '\n'), 'latin1')
}

/** Bytes with every CRLF as LF: the same whichever way the mail came. */
export function lfOnly(bytes: Buffer): Buffer {
  return bytes.includes('\r\n')
    ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    : bytes
}
