// What a build writes on its way to the server: in order, in pieces of a bounded size, each until the server has it. The
// server says how much it has; whoever repeats a piece after a lost answer adds nothing.
import { limits } from '../base/limits.ts'
import { type Client, untilThere } from './client.ts'

export interface LogPump {
  /** Of a step; null for artefacts. */
  write(step: string | null, bytes: Buffer): void
  /** When all of it is there: null for a stale fence, `full` when the server has no room for the rest. */
  end(): Promise<'all' | 'full' | null>
}

interface Stream {
  readonly step: string | null
  /** What the server has. */
  size: number
  pending: Buffer
}

export function logPump(client: Client, fence: string, signal: AbortSignal): LogPump {
  const streams: Stream[] = []
  let state: 'all' | 'full' | null = 'all'
  let sending: Promise<void> | null = null
  const send = async () => {
    // A moment, for lines that come one by one.
    await new Promise(resolve => setTimeout(resolve, gatherMilliseconds))
    for (;;) {
      const stream = streams.find(each => each.pending.length > 0)
      if (stream === undefined || state !== 'all') break
      state = await sendPiece(client, fence, stream, signal)
    }
    if (state !== 'all') streams.splice(0)
    sending = null
  }
  return {
    write(step, bytes) {
      if (state !== 'all') return
      const known = streams.find(each => each.step === step)
      const stream = known ?? { step, size: 0, pending: Buffer.alloc(0) }
      if (known === undefined) streams.push(stream)
      stream.pending = Buffer.concat([stream.pending, bytes])
      // What fails here is told by end().
      sending ??= send()
      sending.catch(() => {})
    },
    async end() {
      while (sending !== null) await sending
      return state
    },
  }
}

const gatherMilliseconds = 50

async function sendPiece(
  client: Client,
  fence: string,
  stream: Stream,
  signal: AbortSignal,
): Promise<'all' | 'full' | null> {
  const bytes = stream.pending.subarray(0, limits.logBatchBytesMax)
  const file = { fence, step: stream.step, offset: stream.size }
  const size = await untilThere(() => client.append(file, bytes, signal), signal)
  if (size === null || size === 'full') return size
  // Less than it had: its disk lost some, and what is lost is not here any more.
  stream.pending = stream.pending.subarray(Math.max(0, Math.min(bytes.length, size - stream.size)))
  stream.size = size
  return 'all'
}
