// One mail as a program hands it over whole: a file of a Maildir, a blob of an archive, standard input. Programs differ
// in the line ends, and mail servers that pipe a mail put an mbox's "From " line before it; neither is of the mail.
import { toLogLines } from '../crlf.ts'

/** The mail with line ends as in the log. The given buffer must not be used again. */
export function mailOfFile(file: Buffer): Buffer {
  const first = file.indexOf(LF)
  // In a file with LF a CRLF is a line of a DOS file, which some patch changes.
  const lines = first > 0 && file[first - 1] === CR ? toLogLines(file) : file
  return lines.subarray(0, 5).toString('latin1') === 'From ' ? behindFirstLine(lines) : lines
}

function behindFirstLine(lines: Buffer): Buffer {
  const end = lines.indexOf(LF)
  return end < 0 ? Buffer.alloc(0) : lines.subarray(end + 1)
}

const LF = 0x0a
const CR = 0x0d
