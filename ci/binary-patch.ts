// What a binary hunk of git's comes to, decoded as git does it. git itself does not look where it has an object of the name that
// the patch gives the result already: then that object is taken, whatever the hunk says.
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'

export interface BinaryChange {
  /** The whole ids that its index lines name. */
  readonly before: string
  readonly after: string
  readonly kind: 'literal' | 'delta'
  readonly packed: string
}

/** Of a text with patches; a hunk that cannot be read has no `packed`. */
export const binaryChanges = (text: string): BinaryChange[] =>
  text.split(/^diff --git /m).flatMap((file): BinaryChange[] => {
    const at = file.search(/^GIT binary patch$/m)
    if (at < 0) return []
    const hunk = /^GIT binary patch\n(literal|delta) \d+\n((?:[A-Za-z][!-~]+\n)+)/.exec(file.slice(at))
    return [...file.matchAll(/^index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})/gm)].map(([, before, after]) => ({
      ...{ before: before ?? '', after: after ?? '', packed: hunk?.[2] ?? '' },
      kind: hunk?.[1] === 'delta' ? 'delta' : 'literal',
    }))
  })

/** Is this what the hunk makes of `before`? False for one that is damaged or larger than `bytesMax`. */
export function makes({ kind, packed, after }: BinaryChange, before: Buffer, bytesMax: number): boolean {
  try {
    const data = inflateSync(decoded(packed), { maxOutputLength: bytesMax })
    const result = kind === 'literal' ? data : patched(before, data, bytesMax)
    const hash = createHash(after.length === 64 ? 'sha256' : 'sha1')
    return hash.update(`blob ${result.length}\0`).update(result).digest('hex') === after
  } catch {
    return false
  }
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~'

/** git's base85: each line begins with its length, A to Z for 1 to 26, a to z for up to 52. */
function decoded(lines: string): Buffer {
  return Buffer.concat(
    lines
      .trimEnd()
      .split('\n')
      .map(line => {
        const first = line.charCodeAt(0)
        const length = first >= 97 ? first - 97 + 27 : first - 65 + 1
        const bytes = Buffer.alloc(Math.ceil((line.length - 1) / 5) * 4)
        for (let at = 1; at < line.length; at += 5) {
          let value = 0
          for (const digit of line.slice(at, at + 5)) value = value * 85 + digits.indexOf(digit)
          bytes.writeUInt32BE(value, ((at - 1) / 5) * 4)
        }
        return bytes.subarray(0, length)
      }),
  )
}

/** gitformat-pack, "Deltified representation". */
function patched(before: Buffer, delta: Buffer, bytesMax: number): Buffer {
  let at = 0
  const byte = () => delta.readUInt8(at++)
  const size = () => {
    let [value, shift, next] = [0, 1, 0x80]
    for (; next & 0x80; shift *= 128) {
      next = byte()
      value += (next & 0x7f) * shift
    }
    return value
  }
  size()
  if (size() > bytesMax) throw new Error('too large')
  const pieces: Buffer[] = []
  let made = 0
  while (at < delta.length) {
    const word = byte()
    let piece: Buffer
    if (word & 0x80) {
      const number = (bits: readonly number[]) =>
        bits.reduce((sum, bit, place) => (word & bit ? sum + byte() * 256 ** place : sum), 0)
      const from = number([1, 2, 4, 8])
      const length = number([16, 32, 64]) || 0x10000
      piece = before.subarray(from, from + length)
    } else {
      piece = delta.subarray(at, at + word)
      at += word
    }
    made += piece.length
    if (made > bytesMax) throw new Error('too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
