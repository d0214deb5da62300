// Which lists an address means. A list has the address that people post to, the one under which Threadwork is subscribed
// to it, and the forms that bug trackers by mail have: `list+bug@`, `bugs+list@`, `list+12-done@`, `12@`.
import { plainAddress } from '../base/git-address.ts'
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

/** The address itself, and the list's own that a sub-address stands for. */
function bareForms(address: string, lists: readonly Pick<List, 'address'>[]): string[] {
  const [local = '', host = ''] = address.split('@')
  const own = subAddress.exec(local)?.[1] ?? bugsOf.exec(local)?.[1]
  if (own !== undefined) return [address, `${own}@${host}`]
  // debbugs has no list in them: they mean the only list of the host.
  const here = lists.filter(list => plainAddress(list.address).endsWith(`@${host}`))
  return bugNumber.test(local) && here[0] && here.length === 1
    ? [address, plainAddress(here[0].address)]
    : [address]
}

const subAddress = /^([^+]{1,64})\+(?:bugs?|\d{1,9}(?:-done|-close)?)$/
const bugsOf = /^bugs?\+([^+]{1,64})$/
const bugNumber = /^\d{1,9}(?:-done|-close)?$/
