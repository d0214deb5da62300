// A doorway in front of the test's PostgreSQL server that can be shut: to whoever goes through it the server is then
// away, connections and all, while other tests go on.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Doorway {
  /** Leads to the database of the given URL. */
  readonly url: string
  /** Breaks every connection and refuses new ones. */
  shut(): Promise<void>
  open(): Promise<void>
  /** Accepts and hears, but nothing goes through: a database that hangs. `open` lets new connections through again. */
  freeze(): void
  /** Shuts it for good. */
  remove(): Promise<void>
}

export async function makeDoorway(database: string): Promise<Doorway> {
  const url = new URL(database)
  const directory = url.searchParams.get('host')
  const port = url.searchParams.get('port') ?? (url.port || '5432')
  if (directory === null) throw new Error(`No socket directory in "${database}"`)
  const front = mkdtempSync(join(tmpdir(), 'threadwork-door-'))
  const socketName = `.s.PGSQL.${port}`
  url.searchParams.set('host', front)

  const sockets = new Set<Socket>()
  let frozen = false
  // A connection that lost bytes never speaks again, as one whose other end is gone.
  const dumb = new Set<Socket>()
  const server = createServer(client => {
    const target = dial(join(directory, socketName))
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from)
      from.on('data', bytes => {
        if (frozen) dumb.add(client)
        if (!dumb.has(client)) to.write(bytes)
      })
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const open = () =>
    new Promise<void>(resolve => {
      frozen = false
      if (server.listening) resolve()
      else server.listen(join(front, socketName), resolve)
    })
  const shut = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  await open()
  return {
    url: url.href,
    open,
    shut,
    freeze() {
      frozen = true
    },
    async remove() {
      await shut()
      rmSync(front, { recursive: true })
    },
  }
}
