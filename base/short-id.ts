// A Message-ID as sixteen letters, for the part of an address behind the `+`: there an id itself does not fit, and capital
// and small letters may be changed on the way.
import { hash } from 'node:crypto'

/** 80 bits of its hash: no secret, and nobody makes another id that has them. */
export function shortId(id: string): string {
  const bytes = hash('sha256', id, 'buffer')
  let short = ''
  let [bits, count] = [0, 0]
  for (let at = 0; at < 10; at++) {
    bits = ((bits << 8) | (bytes[at] ?? 0)) & 0xffff
    for (count += 8; count >= 5; count -= 5) short += letters[(bits >> (count - 5)) & 31]
  }
  return short
}

/** Those of base32 (RFC 4648), small. */
const letters = 'abcdefghijklmnopqrstuvwxyz234567'
