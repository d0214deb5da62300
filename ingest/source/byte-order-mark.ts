// Editors of some systems put the byte order mark of UTF-8 (RFC 3629 6) before the first line of a file that they save.

/** How many bytes of the mark the file begins with: all or none. */
export const markLength = (file: Buffer): number =>
  mark.equals(file.subarray(0, mark.length)) ? mark.length : 0

const mark = Buffer.from([0xef, 0xbb, 0xbf])
