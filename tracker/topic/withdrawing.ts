// "Please ignore this patch", by who posted it: what it answers, or the whole posting where it says so.
import type { WithdrawalFact } from '../mail/facts.ts'
import type { PatchStatuses } from './patch-status.ts'
import { samePerson } from './person.ts'
import { nearestPatch, postingOf } from './scope.ts'
import type { Node } from './tree.ts'

export function withdraw(mail: Node, { all }: WithdrawalFact, statuses: PatchStatuses): void {
  const above = nearestPatch(mail)
  const patches = above && !all ? [above] : postingOf(mail, statuses.now)
  const own = patches.filter(
    patch => samePerson(patch.facts.sender, mail.facts.sender) && !statuses.isFinal(patch),
  )
  if (own.length > 0) statuses.setAllowed(mail, own, 'withdrawn', { what: 'withdrawn', value: '' })
}
