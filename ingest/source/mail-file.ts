// One mail as a program hands it over whole: a file of a Maildir, a blob of an archive, standard input. Programs differ
// in the line ends, editors put a byte order mark in front, and mail servers that pipe a mail an mbox's "From " line;
// none of that is of the mail.
import { toLogLines } from '../../base/line-ends.ts'
import { markLength } from './byte-order-mark.ts'

/** The mail with line ends as in the log. The given buffer must not be used again. */
export function mailOfFile(file: Buffer): Buffer {
  const mail = file.subarray(markLength(file))
  const first = mail.indexOf(LF)
  // In a file with LF a CRLF is a line of a DOS file, which some patch changes.
  const lines = first > 0 && mail[first - 1] === CR ? toLogLines(mail) : mail
  return lines.subarray(0, 5).toString('latin1') === 'From ' ? behindFirstLine(lines) : lines
}

function behindFirstLine(lines: Buffer): Buffer {
  const end = lines.indexOf(LF)
  return end < 0 ? Buffer.alloc(0) : lines.subarray(end + 1)
}

const LF = 0x0a
const CR = 0x0d
