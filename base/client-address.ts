// Where a client comes from: its address, and what is counted as one client.
import { isIP, isIPv6 } from 'node:net'

/**
 * An address. A web server in front says who asked it, as the last word of X-Forwarded-For; what anybody else says there is
 * nothing.
 */
export function callerOf(remote = '127.0.0.1', forwardedFor = ''): string {
  const forwarded = forwardedFor.split(',').at(-1)?.trim() ?? ''
  return isLoopback(remote) && isIP(forwarded) > 0 ? forwarded : remote
}

export const isLoopback = (address: string): boolean => /^(?:::ffff:)?127\.|^::1$/.test(address)

/** What is counted as one. */
export const networkOf = (address: string): string => clientKey(plainIp(address))

/** What may be of one hand though it is several networks: an IPv4 /24, an IPv6 /48, as providers give them out (RFC 6177). */
export const neighbourhoodOf = (network: string): string =>
  network.includes(':') ? network.split(':').slice(0, 3).join(':') : network.split('.').slice(0, 3).join('.')

/** A socket that listens for both shows IPv4 clients as ::ffff:192.0.2.1. */
export const plainIp = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, '')

/** One IPv6 subscriber holds a /64 at least (RFC 6177), and may take a new address in it for each connection. */
function clientKey(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [...groups, ...Array(zeros).fill('0'), ...(tail ? tail.split(':') : [])]
  return all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')
}
