// The bytes of the mails that passed last, by their hash: what was just appended is sorted next, and what one reader
// looks at others do, too. Whether a mail may be seen is asked of the log each time.
import { limits } from '../base/limits.ts'
import { keepRecent } from '../base/recent.ts'

const recent = keepRecent<Buffer>(limits.recentBytesMax)

export function keepBytes(hash: Buffer, bytes: Buffer): void {
  // A small part of a large buffer would hold all of it in memory.
  const own = bytes.buffer.byteLength > 2 * bytes.length ? Buffer.from(bytes) : bytes
  recent.keep(hash.toString('latin1'), own, own.length)
}

export const recentBytes = (hash: Buffer): Buffer | undefined => recent.get(hash.toString('latin1'))
