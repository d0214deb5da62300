// NNTP, read only: newsreaders and lei read each list as a group. Connections with their limits, lines in and lines out; what a
// line is answered is reader.ts.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Kysely } from 'kysely'
import { networkOf } from '../../base/client-address.ts'
import { type Endpoint, showEndpoint } from '../../base/endpoint.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { countHeld, type Held } from '../large.ts'
import type { Listener } from '../listen.ts'
import { makeReader } from './reader.ts'

export interface NntpOptions extends Endpoint {
  readonly db: Kysely<Tables>
  /** What it calls itself in Path and Xref. */
  readonly name: string
  readonly log: { warn(fields: object, message: string): void }
  readonly idleSecondsMax?: number
}

/** Resolves once it accepts connections; rejects when the address is taken or not ours. */
export async function startNntp(options: NntpOptions): Promise<Listener> {
  const { host, port: wanted } = options
  const sockets = new Map<Socket, string>()
  const held = countHeld()
  const server = createServer({ allowHalfOpen: false }, socket => {
    const from = networkOf(socket.remoteAddress ?? '')
    socket.on('error', () => {})
    const same = [...sockets.values()].filter(address => address === from).length
    if (sockets.size >= limits.newsConnectionsMax || same >= limits.newsClientConnectionsMax) {
      end(socket, '400 Too many connections; try again later\n')
      return
    }
    sockets.set(socket, from)
    socket.once('close', () => sockets.delete(socket))
    socket.setTimeout((options.idleSecondsMax ?? limits.newsIdleSecondsMax) * 1_000, () => socket.destroy())
    void serve(socket, options, held).catch(error => {
      if (!socket.destroyed) options.log.warn({ error }, 'A newsreader could not be answered')
      socket.destroy()
    })
  })
  server.listen(wanted, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`Cannot listen for NNTP on "${showEndpoint(options)}": ${reason}`, { cause: error })
  }
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets.keys()) socket.destroy()
      await closed
    },
  }
}

/** One command after the other, however many come at once: the next is read when this one is on its way. */
async function serve(socket: Socket, { db, name }: NntpOptions, held: Held): Promise<void> {
  const reader = makeReader({ db, host: name, now: () => new Date(), held })
  await send(socket, '201 Threadwork; posting is by mail\n')
  let rest = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const text = line.replace(/\r$/, '')
      if (text.length > limits.newsLineBytesMax) return end(socket, '501 The line is too long\n')
      if (/^quit[ \t]*$/i.test(text)) return end(socket, '205 Goodbye\n')
      for await (const piece of reader.answer(text)) await send(socket, piece)
    }
    if (rest.length > limits.newsLineBytesMax) return end(socket, '501 The line is too long\n')
  }
}

const wire = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')

/** What it still says is read and forgotten for a moment: a reset would take our last word from it. */
function end(socket: Socket, text: string): void {
  socket.end(wire(text))
  socket.resume()
  const late = setTimeout(() => socket.destroy(), limits.newsFarewellMillisecondsMax)
  socket.once('close', () => clearTimeout(late))
}

/** Waits for a client that reads slowly; one that went away ends the answer. */
async function send(socket: Socket, text: string): Promise<void> {
  if (socket.destroyed) throw new Error('The client went away')
  if (socket.write(wire(text))) return
  const gone = new AbortController()
  const stop = () => gone.abort()
  socket.once('close', stop)
  try {
    await once(socket, 'drain', { signal: gone.signal })
  } finally {
    socket.off('close', stop)
  }
}
