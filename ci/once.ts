// The other end of a launcher: one order on standard input, and on standard output what became of it. The end of the input
// means that whoever wanted it is gone, and ends the build.
import { availableParallelism } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { firstLine } from './first-line.ts'
import { orderSchema, type Word, wordBytesMax } from './launcher.ts'
import { type Probed, probe } from './probe.ts'
import { reapRooms } from './room.ts'
import { run } from './sandbox.ts'

/** Throws when the order cannot be read. */
export async function serveOnce(input: Readable, output: Writable, stop: AbortSignal): Promise<void> {
  const gone = new AbortController()
  const order = orderSchema.parse(JSON.parse(await firstLine(input, gone)))
  const signal = AbortSignal.any([stop, gone.signal])
  const say = (word: Word) => void output.write(`${JSON.stringify(word)}\n`)
  const probed = await probe(order.ground)
  // Another one that starts just now may reap the same.
  await reapRooms(order.ground.rooms, probed.base).catch(() => 0)
  if (order.job === null) return say({ tiers: tiersOf(probed), cpus: availableParallelism() })
  const listener = {
    onOutput: (step: string, text: string) => {
      for (const piece of pieces(text)) say({ log: [step, piece] })
    },
    onArtefacts: (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += wordBytesMax)
        say({ artefacts: chunk.subarray(at, at + wordBytesMax).toString('base64') })
    },
  }
  say({ result: await run(order.job, probed, listener, signal, order.access) })
}

export const tiersOf = ({ tiers }: Probed) =>
  tiers.filter(({ why }) => why === null).map(({ tier }) => tier.name)

/** By characters, of which none may be cut. */
function* pieces(text: string): Generator<string> {
  const most = wordBytesMax / 4
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at + most - 1)
    const end = at + most - (code >= 0xd800 && code < 0xdc00 ? 1 : 0)
    yield text.slice(at, end)
    at = end
  }
}
