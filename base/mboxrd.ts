// One mail in an mboxrd, the dialect from which the bytes come back as they were: "From " at the start of a line, behind
// any number of ">", gets one more.

/** LF line ends are the caller's. The separator is public-inbox's: no address and no time, so equal mails give equal bytes. */
export function toMboxrd(bytes: Buffer): Buffer {
  const end = bytes.at(-1) === LF ? '\n' : '\n\n'
  return Buffer.concat([separator, quoted(bytes), Buffer.from(end)])
}

const separator = Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n')
const LF = 0x0a
const quote = 0x3e

/** In one piece: a mail of nothing but such lines would be millions of them. */
function quoted(bytes: Buffer): Buffer {
  const places: number[] = []
  for (let at = bytes.indexOf('From '); at >= 0; at = bytes.indexOf('From ', at + 1)) {
    let first = at
    while (first > 0 && bytes[first - 1] === quote) first--
    if (first > 0 && bytes[first - 1] !== LF) continue
    places.push(first)
  }
  if (places.length === 0) return bytes
  const all = Buffer.allocUnsafe(bytes.length + places.length)
  let kept = 0
  for (const [before, place] of places.entries()) {
    bytes.copy(all, kept + before, kept, place)
    all[place + before] = quote
    kept = place
  }
  bytes.copy(all, kept + places.length, kept)
  return all
}
