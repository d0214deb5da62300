// A gate between the sender and its PostgreSQL: it can stop the one connection that is in a transaction at a chosen word, so
// that the sender is killed at exactly that point.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Gate {
  /** Leads to the database. */
  readonly url: string
  /** From now on what holds one of these words goes no further; resolves when it came. Any bytes, when there is no word. */
  stopAt(word: string | null): Promise<void>
  /** For the next process. */
  open(): void
  close(): Promise<void>
}

export async function makeGate(database: string): Promise<Gate> {
  const url = new URL(database)
  const directory = url.searchParams.get('host') ?? ''
  const name = `.s.PGSQL.${url.searchParams.get('port') ?? (url.port || '5432')}`
  const front = mkdtempSync(join(tmpdir(), 'threadwork-gate-'))
  url.searchParams.set('host', front)
  const sockets = new Set<Socket>()
  const inTransaction = new Set<Socket>()
  let stop: { word: string | null; reached: () => void } | null = null

  const server = createServer(client => {
    const target = dial(join(directory, name))
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        target.destroy()
      })
    }
    client.on('data', bytes => {
      const text = bytes.toString('latin1')
      if (stop && inTransaction.has(client) && (stop.word === null || text.includes(stop.word))) {
        stop.reached()
        return
      }
      if (text.includes('begin')) inTransaction.add(client)
      if (/commit|rollback/.test(text)) inTransaction.delete(client)
      target.write(bytes)
    })
    target.on('data', bytes => client.write(bytes))
  })
  await new Promise<void>(resolve => server.listen(join(front, name), resolve))
  return {
    url: url.href,
    stopAt: word =>
      new Promise(resolve => {
        stop = { word, reached: resolve }
      }),
    open() {
      stop = null
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
      rmSync(front, { recursive: true })
    },
  }
}
