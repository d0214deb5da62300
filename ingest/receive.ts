// Reads one mail from an SMTP connection into memory, within bounds: of the single mail, and of all mails that
// are under way together, so that neither a flood nor a trickle of single bytes can eat the machine.
import type { SMTPServerDataStream } from 'smtp-server'
import { limits } from '../base/limits.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'

/** Bytes that mails under way hold, over all connections of one server. */
export interface Budget {
  held: number
  /** The most that a single mail may have. */
  readonly mailBytesMax: number
}

/**
 * Why a mail was not kept: it is above the limit, it is above twice that and its end was not waited for,
 * there is no room beside the others now, or the client went away in the middle.
 */
export type Refusal = 'oversized' | 'endless' | 'no-room' | 'gone'

export interface Refused {
  readonly refusal: Refusal
  /** As far as it was seen; empty when it was not. */
  readonly messageId: string
}

export interface Received {
  readonly bytes: Buffer
  /** Gives the room back; to be called once, when the mail was answered. */
  release(): void
}

/** Reads to the end of the mail; what is over a limit is read without being kept. */
export async function receiveMail(stream: SMTPServerDataStream, budget: Budget): Promise<Received | Refused> {
  const room = new Room(budget)
  let refused: Refused | undefined
  const refuse = (refusal: Refusal, chunk: Buffer = Buffer.alloc(0)) => {
    refused = { refusal, messageId: refused?.messageId ?? idIn(room.bytes(), chunk) }
    room.release()
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const refusal = refused === undefined ? room.add(chunk) : undefined
      if (refusal !== undefined) refuse(refusal, chunk)
      if (stream.byteLength <= 2 * budget.mailBytesMax) continue
      refuse('endless')
      break
    }
  } catch {
    refuse('gone')
  }
  return refused ?? { bytes: room.bytes(), release: () => room.release() }
}

/** Whoever looks for a mail that did not come finds it in the log by its id. */
function idIn(kept: Buffer, chunk: Buffer): string {
  const head = Buffer.concat([kept, chunk].map(bytes => bytes.subarray(0, limits.headerBytesMax)))
  const { id, made } = messageIdOf(head)
  return made ? '' : id
}

/** One growing buffer, not a list of chunks: a client that sends single bytes would make millions of them. */
class Room {
  #budget: Budget
  #bytes = Buffer.alloc(0)
  #length = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Answers why the chunk was not taken, else nothing. */
  add(chunk: Buffer): Refusal | undefined {
    const length = this.#length + chunk.length
    if (length > this.#budget.mailBytesMax) return 'oversized'
    if (length > this.#bytes.length && !this.#grow(length)) return 'no-room'
    chunk.copy(this.#bytes, this.#length)
    this.#length = length
    return undefined
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  release(): void {
    this.#budget.held -= this.#bytes.length
    this.#bytes = Buffer.alloc(0)
    this.#length = 0
  }

  /** Doubles, so that the bytes of a mail are copied twice at most. */
  #grow(length: number): boolean {
    const size = Math.max(length, Math.min(2 * this.#bytes.length, this.#budget.mailBytesMax), 16 * 1024)
    const more = size - this.#bytes.length
    if (this.#budget.held + more > limits.smtpBytesHeldMax) return false
    const larger = Buffer.allocUnsafe(size)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    this.#budget.held += more
    return true
  }
}
