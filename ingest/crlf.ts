// Line ends in the log. SMTP sends CRLF (RFC 5321 2.3.8), an mbox on disk has LF, and the same mail by both roads
// must be the same bytes, or an archive that is imported over a live list comes twice. So the log keeps LF, as
// public-inbox does; a CR that stands alone, or before a CRLF (a patch of a DOS file), is part of the mail and stays.

/** Replaces every CRLF by LF, in place: the answer is a part of the given buffer, which must not be used again. */
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
