// Who may come in how often: connections at once and mails a minute, for each client of the SMTP door. So one sender
// that runs wild (a script, a mail loop) waits, and the others do not.
import { BlockList, isIP, isIPv6 } from 'node:net'
import { networkOf, plainIp } from '../base/client-address.ts'
import { limits } from '../base/limits.ts'

export interface ClientLimits {
  readonly connectionsMax: number
  readonly mailsPerMinuteMax: number
  /** Networks such as `10.0.0.0/8` that are not counted: mail servers that bring everybody's mail. */
  readonly exempt: readonly string[]
}

export interface Clients {
  /** False when the client has too many connections; else `leave` is due when this one ends. */
  enter(address: string): boolean
  leave(address: string): void
  /** False when the client sent too many mails in the last minute; else one more is counted. */
  mail(address: string): boolean
}

/** Only loopback is exempt: a mail server on the same machine hands over what the world sends. */
export const usualClientLimits: ClientLimits = {
  connectionsMax: limits.smtpClientConnectionsMax,
  mailsPerMinuteMax: limits.smtpClientMailsPerMinuteMax,
  exempt: ['127.0.0.0/8', '::1/128'],
}

/** `now` is a clock in milliseconds. */
export function countClients(allowed: ClientLimits, now: () => number = Date.now): Clients {
  const exempt = blockList(allowed.exempt)
  const known = new Map<string, Client>()
  const perMillisecond = allowed.mailsPerMinuteMax / minuteMs
  let sweptAt = now()

  /** The client with its allowance as of now; undefined for one that is not counted. */
  function find(address: string): Client | undefined {
    const plain = plainIp(address)
    // A Unix socket has no address; its clients are this machine's.
    if (isIP(plain) === 0) return undefined
    if (exempt.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')) return undefined
    sweep()
    const key = networkOf(plain)
    const client = known.get(key) ?? { connections: 0, mailsLeft: allowed.mailsPerMinuteMax, at: now() }
    client.mailsLeft = Math.min(
      allowed.mailsPerMinuteMax,
      client.mailsLeft + (now() - client.at) * perMillisecond,
    )
    client.at = now()
    known.set(key, client)
    return client
  }

  /** A client that was silent for a minute has its whole allowance again: nothing about it is worth memory. */
  function sweep(): void {
    if (now() - sweptAt < minuteMs) return
    sweptAt = now()
    for (const [key, { connections, at }] of known)
      if (connections === 0 && now() - at >= minuteMs) known.delete(key)
  }

  return {
    enter(address) {
      const client = find(address)
      if (client === undefined) return true
      if (client.connections >= allowed.connectionsMax) return false
      client.connections++
      return true
    },
    leave(address) {
      const client = find(address)
      if (client !== undefined) client.connections--
    },
    mail(address) {
      const client = find(address)
      if (client === undefined) return true
      if (client.mailsLeft < 1) return false
      client.mailsLeft--
      return true
    },
  }
}

interface Client {
  connections: number
  mailsLeft: number
  /** When `mailsLeft` was true. */
  at: number
}

const minuteMs = 60_000

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
