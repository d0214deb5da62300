// The lists, asked of the database now and then instead of twice a mail. One that was just made is asked for at its
// first mail: who is not known is looked up anew.
import { limits } from '../base/limits.ts'
import type { List } from '../sql/lists.ts'
import { listsAt } from './list-address.ts'

/** The lists that have one of the addresses. */
export type KnownLists = (addresses: readonly string[]) => Promise<readonly List[]>

export function knownLists(ask: () => Promise<readonly List[]> | readonly List[]): KnownLists {
  let known: Promise<readonly List[]> | undefined
  let until = 0
  const renew = () => {
    const asked = Promise.resolve(ask())
    known = asked
    until = performance.now() + limits.listsKeptMilliseconds
    asked.catch(() => {
      known = undefined
    })
    return asked
  }
  return async addresses => {
    if (known !== undefined && performance.now() < until) {
      const found = listsAt(await known, addresses)
      if (found.length > 0) return found
    }
    return listsAt(await renew(), addresses)
  }
}
