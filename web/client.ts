// Who asks, as far as clients are counted.
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { callerOf, isLoopback, networkOf } from '../base/client-address.ts'

/** Null for a program on this machine: it may ask for everybody. */
export function clientOf(c: Context): string | null {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
  const caller = callerOf(incoming?.socket.remoteAddress, c.req.header('X-Forwarded-For'))
  return isLoopback(caller) ? null : networkOf(caller)
}
