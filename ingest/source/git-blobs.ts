// The contents of many blobs from one `git cat-file --batch` that stays: a git for each mail would cost ten times as
// much as reading it.
import type { Readable } from 'node:stream'
import { startGit } from '../../base/git.ts'

/** Asked ahead of the answers, so that git never waits for us. */
const askedAhead = 64

/** The content of each blob in order; its size in bytes when that is above `bytesMax`. Throws for one that is missing. */
export async function* readBlobs<T extends { readonly blob: string }>(
  path: string,
  wanted: AsyncIterable<T>,
  bytesMax: number,
): AsyncGenerator<{ asked: T; content: Buffer | number }> {
  const batch = startGit(path, 'cat-file', '--batch')
  const answers = new ObjectAnswers(batch.output)
  const waiting: T[] = []
  const answer = async (asked: T) => ({ asked, content: await answers.next(asked.blob, bytesMax) })
  try {
    for await (const one of wanted) {
      batch.input.write(`${one.blob}\n`)
      waiting.push(one)
      const first = waiting.length < askedAhead ? undefined : waiting.shift()
      if (first) yield await answer(first)
    }
    for (const one of waiting) yield await answer(one)
  } finally {
    await batch.end()
  }
}

/** A shallow clone lacks what its oldest commits name. */
export class MissingObject extends Error {}

/** What `git cat-file --batch` says: `OID TYPE SIZE`, a line end, the bytes, a line end. */
export class ObjectAnswers {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #type: string
  #held: Buffer = Buffer.alloc(0)

  constructor(output: Readable, type: 'blob' | 'commit' = 'blob') {
    this.#type = type
    this.#chunks = output[Symbol.asyncIterator]()
  }

  async next(id: string, bytesMax: number): Promise<Buffer | number> {
    const line = await this.#line()
    const [, type, digits] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(line) ?? []
    if (/^[0-9a-f]+ missing$/.test(line)) throw new MissingObject(`git has no ${this.#type} ${id}`)
    if (type !== this.#type)
      throw new Error(`git has no ${this.#type} ${id}: it says "${line.slice(0, 100)}"`)
    const size = Number(digits)
    const content = size > bytesMax ? size : Buffer.alloc(size)
    await this.#read(size, content)
    await this.#read(1, 0)
    return content
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf(0x0a)
      if (end >= 0) {
        const line = this.#held.toString('latin1', 0, end)
        this.#held = this.#held.subarray(end + 1)
        return line
      }
      this.#held = Buffer.concat([this.#held, await this.#more()])
    }
  }

  /** Into `target`, or nowhere. */
  async #read(bytes: number, target: Buffer | number): Promise<void> {
    for (let read = 0; read < bytes; ) {
      if (this.#held.length === 0) this.#held = await this.#more()
      const part = this.#held.subarray(0, bytes - read)
      if (typeof target !== 'number') part.copy(target, read)
      read += part.length
      this.#held = this.#held.subarray(part.length)
    }
  }

  async #more(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next()
    if (done) throw new Error('git ended before its answer')
    return value
  }
}
