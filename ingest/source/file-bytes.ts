// The bytes of a file that is imported, unpacked when it is gzip, zstd, xz or bzip2 (told by its first bytes, not by its name).
// What can be read of a damaged file is handed over before the error is.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
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
    const highWaterMark = packed === null ? 256 * 1024 : 16 * 1024
    for await (const chunk of createReadStream(path, { start, highWaterMark }) as AsyncIterable<Buffer>) {
      done += chunk.length
      yield chunk
    }
  }
  return {
    read: start => (packed === null ? onDisk(start) : without(start, unpackings[packed](onDisk(0)))),
    size,
    get done() {
      return done
    },
  }
}

type Packing = 'gzip' | 'zstd' | 'xz' | 'bzip2'

/** RFC 1952 2.3.1, RFC 8878 3.1.1, the .xz format 2.1.1.1, and what bzip2 writes. */
const magics: readonly (readonly [Packing, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['bzip2', Buffer.from('BZh')],
]

async function look(path: string | Buffer): Promise<{ size: number; packed: Packing | null }> {
  const file = await open(path)
  try {
    const start = Buffer.alloc(10)
    const { size } = await file.stat()
    await file.read(start, 0, start.length, 0)
    const [packed = null] = magics.find(([, magic]) => magic.equals(start.subarray(0, magic.length))) ?? []
    // A text may begin so: behind the level stand the digits of pi.
    const isText = packed === 'bzip2' && !start.subarray(4).equals(Buffer.from('314159265359', 'hex'))
    return { size, packed: isText ? null : packed }
  } finally {
    await file.close()
  }
}

const unpackings: Record<Packing, (packed: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>> = {
  gzip: gunzip,
  // Node's own ends behind the first frame of several (24.21), and says nothing.
  zstd: packed => throughProgram('zstd', ['--memory=512MB'], packed),
  xz: packed => throughProgram('xz', ['--memlimit-decompress=512MiB'], packed),
  bzip2: packed => throughProgram('bzip2', [], packed),
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

/** The rest the machine unpacks: the program takes what it gets and hands on all that it can. */
async function* throughProgram(
  name: Exclude<Packing, 'gzip'>,
  words: readonly string[],
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const child = spawn(name, ['--decompress', '--stdout', '--quiet', ...words], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(0, 300)
  })
  // Whoever finds the file damaged reads no more of it.
  child.stdin.on('error', () => {})
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  ended.catch(() => {})
  const fed = feed(child.stdin, packed)
  // It would wait for the rest for ever.
  fed.catch(() => child.kill())
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer
    await fed
    const code = await ended
    if (code !== 0) throw new Error(said.trim().split('\n')[0] || `it ended with ${code}`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? `there is no program ${name} here` : message
    throw new Error(`Cannot unpack ${name}: ${reason}`, { cause: error })
  } finally {
    child.kill()
  }
}

async function feed(input: Writable, packed: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of packed) {
    if (input.destroyed) return
    if (!input.write(chunk)) await Promise.race([once(input, 'drain'), once(input, 'close')])
  }
  input.end()
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
