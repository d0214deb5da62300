import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Writes to the file, or to standard output. A file is complete or absent: the last byte gives it its name. */
export async function writeOutput(
  path: string | undefined,
  chunks: AsyncIterable<string | Buffer>,
): Promise<void> {
  const source = Readable.from(chunks, { objectMode: false })
  if (path === undefined) return writeStandardOutput(source)
  const half = `${path}.part`
  try {
    await pipeline(source, createWriteStream(half))
    await rename(half, path)
  } catch (error) {
    await rm(half, { force: true })
    throw new Error(`Cannot write "${path}": ${(error as Error).message}`, { cause: error })
  }
}

async function writeStandardOutput(source: Readable): Promise<void> {
  try {
    await pipeline(source, process.stdout, { end: false })
  } catch (error) {
    // A reader that has seen enough (`| head`) is no error.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}
