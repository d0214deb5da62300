// An HTTP server for an app, and its end in order.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { type Endpoint, showEndpoint } from '../base/endpoint.ts'
import { limits } from '../base/limits.ts'

export interface Listener extends Endpoint {
  /** Lets the answers under way finish, as long as that takes no more than some seconds. */
  close(): Promise<void>
}

/** Resolves once it accepts connections; rejects when the address is taken or not ours. `what` is for that error. */
export async function listen(app: Hono, endpoint: Endpoint, what: string): Promise<Listener> {
  const server = createAdaptorServer({ fetch: app.fetch })
  let ends = false
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    // Whoever asks again and again on one connection would keep it open.
    if (ends) response.shouldKeepAlive = false
  })
  server.listen(endpoint.port, endpoint.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`Cannot listen for ${what} on "${showEndpoint(endpoint)}": ${reason}`, { cause: error })
  }
  const { port } = server.address() as AddressInfo
  return {
    host: endpoint.host,
    port,
    close: async () => {
      const closed = once(server, 'close')
      ends = true
      server.close()
      if (!('closeIdleConnections' in server)) return
      // Browsers keep idle connections open for minutes, and a client that reads slowly may never end.
      server.closeIdleConnections()
      const end = setTimeout(() => server.closeAllConnections(), limits.webCloseSecondsMax * 1000)
      await closed
      clearTimeout(end)
    },
  }
}
