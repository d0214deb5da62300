// The bytes of a file that is imported, unpacked when it is gzip (told by its first bytes, not by its name).
// What can be read of a damaged file is handed over before the error is.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip, type Gunzip } from 'node:zlib'

export interface FileBytes {
  /** From `start` bytes into the unpacked content. Throws when the file cannot be read on. */
  read(start: number): AsyncGenerator<Buffer>
  /** Size on disk, and how much of that was read. */
  readonly size: number
  readonly done: number
}

/** A Buffer names a file whose name is no UTF-8. Throws when the file cannot be opened. */
export async function openFileBytes(path: string | Buffer): Promise<FileBytes> {
  const { size, packed } = await look(path)
  let done = 0
  async function* onDisk(start: number): AsyncGenerator<Buffer> {
    done = start
    // Small steps bound what a chunk unpacks to: gzip reaches one to a thousand.
    const highWaterMark = packed ? 16 * 1024 : 256 * 1024
    for await (const chunk of createReadStream(path, { start, highWaterMark }) as AsyncIterable<Buffer>) {
      done += chunk.length
      yield chunk
    }
  }
  return {
    read: start => (packed ? without(start, gunzip(onDisk(0))) : onDisk(start)),
    size,
    get done() {
      return done
    },
  }
}

async function look(path: string | Buffer): Promise<{ size: number; packed: boolean }> {
  const file = await open(path)
  try {
    const magic = Buffer.alloc(2)
    const { size } = await file.stat()
    await file.read(magic, 0, 2, 0)
    // RFC 1952 2.3.1
    return { size, packed: magic[0] === 0x1f && magic[1] === 0x8b }
  } finally {
    await file.close()
  }
}

/**
 * Unpacks chunk by chunk. A piped stream would drop what it has unpacked but not yet handed on when the file
 * breaks off, and that would be mails.
 */
async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip()
  let unpacked: Buffer[] = []
  let failure: Error | undefined
  stream.on('data', (chunk: Buffer) => unpacked.push(chunk))
  stream.on('error', error => {
    failure = new Error(`Cannot unpack gzip: ${error.message}`, { cause: error })
  })
  const take = () => {
    const taken = unpacked
    unpacked = []
    return taken
  }
  for await (const chunk of packed) {
    await write(stream, chunk)
    yield* take()
    if (failure) throw failure
  }
  stream.end()
  await settled(stream)
  yield* take()
  if (failure) throw failure
}

const write = (stream: Gunzip, chunk: Buffer) =>
  new Promise<void>(resolve => {
    stream.write(chunk, () => resolve())
  })

const settled = (stream: Gunzip) =>
  stream.closed ? undefined : new Promise<void>(resolve => stream.once('close', () => resolve()))

async function* without(bytes: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = bytes
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
