// The last lines of a step's log: what a mail quotes and a page shows first. The file may be large, be gone, or still grow.
import { open } from 'node:fs/promises'
import { limits } from '../../base/limits.ts'
import { stepLogPath } from './logs.ts'

/** Oldest first, at most `lines`; none where there is no log. `data`: the data directory. */
export async function logTail(
  data: string,
  build: string,
  attempt: number,
  step: string,
  lines = limits.logTailLinesMax,
): Promise<string[]> {
  const file = await open(stepLogPath(data, { build, attempt }, step), 'r').catch(() => null)
  if (file === null) return []
  try {
    const { size } = await file.stat()
    const length = Math.min(size, limits.logTailBytesMax)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const read = buffer.subarray(0, bytesRead).toString('utf8').trimEnd().split('\n')
    // The first one was cut, when there is more before it.
    const whole = size > length && read.length > 1 ? read.slice(1) : read
    return whole.slice(-lines)
  } finally {
    await file.close()
  }
}
