// One mail in an mboxrd, the dialect from which the bytes come back as they were: "From " at the start of a line, behind
// any number of ">", gets one more.

/** LF line ends are the caller's. The separator is public-inbox's: no address and no time, so equal mails give equal bytes. */
export function toMboxrd(bytes: Buffer): Buffer {
  const end = bytes.at(-1) === LF ? '\n' : '\n\n'
  return Buffer.concat([separator, ...quoted(bytes), Buffer.from(end)])
}

const separator = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n')
const LF = 0x0a
const quote = 0x3e

function quoted(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let kept = 0
  for (let at = bytes.indexOf('From '); at >= 0; at = bytes.indexOf('From ', at + 1)) {
    let first = at
    while (first > 0 && bytes[first - 1] === quote) first--
    if (first > 0 && bytes[first - 1] !== LF) continue
    pieces.push(bytes.subarray(kept, first), Buffer.from('>'))
    kept = first
  }
  return [...pieces, bytes.subarray(kept)]
}
