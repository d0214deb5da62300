// Where a webhook may go: its name is looked up once and every address of it must be one of the public Internet, or of a network
// that the configuration allows; the connection then goes to the address that was looked at, whatever the name means by then.
// Else whoever writes a URL, or answers for its name in DNS, would have us ask what stands behind our own wall.
import { type LookupAddress, promises } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

/** Throws why there is none. */
export async function webhookAddress(
  url: URL,
  allowed: readonly string[],
  resolve: Resolve = host => promises.lookup(host, { all: true }),
): Promise<LookupAddress> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  const found = family === 0 ? await resolve(host) : [{ address: host, family }]
  const isAllowed = allowedBy(allowed)
  const wrong = found.find(({ address }) => !isPublic(address) && !isAllowed(address))
  if (wrong)
    throw new Error(
      `${host} is ${wrong.address}, which is no public address; allowed: those, and networks of webhooks.allow`,
    )
  const [first] = found
  if (!first) throw new Error(`${host} has no address`)
  return first
}

/** An IPv4 address within an IPv6 one counts as what it is; of IPv6 only 2000::/3 was given out (IANA), and `::127.0.0.1` is none of it. */
function isPublic(address: string): boolean {
  const plain = ipaddr.process(address)
  return plain.range() === 'unicast' && (!(plain instanceof ipaddr.IPv6) || plain.match(given))
}

const given = ipaddr.IPv6.parseCIDR('2000::/3')

function allowedBy(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [host = '', bits] = network.split('/')
    const family = isIP(host) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(host, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return address => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
