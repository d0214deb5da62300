// The HTTP server around the pages.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Kysely } from 'kysely'
import type { Tables } from '../sql/tables.ts'
import { makeApp } from './app.ts'

export interface WebOptions {
  readonly db: Kysely<Tables>
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly log: { error(fields: object, message: string): void }
}

export interface WebServer {
  readonly host: string
  readonly port: number
  /** Lets the answers under way finish. */
  close(): Promise<void>
}

/** Resolves once it accepts connections; rejects when the address is taken or not ours. */
export async function startWeb({ db, host, port, log }: WebOptions): Promise<WebServer> {
  const app = makeApp({
    db,
    onError: (error, path) => log.error({ err: error, path }, 'A page could not be made'),
  })
  const server = createAdaptorServer({ fetch: app.fetch })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    host,
    port: address.port,
    close: async () => {
      server.close()
      // Browsers keep idle connections open for minutes.
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      await once(server, 'close')
    },
  }
}
