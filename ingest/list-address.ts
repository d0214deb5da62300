// Which lists an address means. A list has the address that people post to, the one under which Threadwork is subscribed
// to it, the forms that bug trackers by mail have: `list+bug@`, `bugs+list@`, `list+12-done@`, `12@`, and the reply address
// of each of its mails.
import { plainAddress } from '../base/git-address.ts'
import { readReplyAddress } from '../base/reply-address.ts'
import type { List } from '../sql/lists.ts'

/** The lists at these addresses, in the order of `lists`; none twice. */
export function listsAt<L extends Pick<List, 'address' | 'subscribed'>>(
  lists: readonly L[],
  addresses: readonly string[],
): L[] {
  const wanted = new Set(addresses.flatMap(address => bareForms(plainAddress(address), lists)))
  return lists.filter(
    ({ address, subscribed }) =>
      wanted.has(plainAddress(address)) || (subscribed !== null && wanted.has(plainAddress(subscribed))),
  )
}

/** Is one of the addresses this list's, or one that its commands go to (`control@`, `12-quiet@`)? */
export const isAddressed = <L extends Pick<List, 'address' | 'subscribed'>>(
  list: L,
  lists: readonly L[],
  addresses: readonly string[],
): boolean =>
  listsAt(
    lists,
    addresses.map(address => address.replace(command, (_, own = '') => `${own}1@`)),
  ).includes(list)

const command = /^([^+@]{1,64}\+)?(?:control|submit|\d{1,9}-[a-z]{4,9})@/i

/** The address itself, and the list's own that a sub-address stands for. */
function bareForms(address: string, lists: readonly Pick<List, 'address'>[]): string[] {
  const [local = '', host = ''] = address.split('@')
  const reply = readReplyAddress(address)
  if (reply) return [address, reply.list]
  const own = subAddress.exec(local)?.[1] ?? bugsOf.exec(local)?.[1]
  if (own !== undefined) return [address, `${own}@${host}`]
  // debbugs has no list in them: they mean the only list of the host.
  const here = new Set(lists.map(list => plainAddress(list.address)).filter(one => one.endsWith(`@${host}`)))
  return bugNumber.test(local) && here.size === 1 ? [address, ...here] : [address]
}

const subAddress = /^([^+]{1,64})\+(?:bugs?|\d{1,9}(?:-done|-close)?)$/
const bugsOf = /^bugs?\+([^+]{1,64})$/
const bugNumber = /^\d{1,9}(?:-done|-close)?$/
