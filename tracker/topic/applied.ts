// "Applied, thanks" in an answer: a change to accepted, by the same rules as a line that says so.
import type { AppliedFact } from '../mail/facts.ts'
import type { Named } from './history.ts'
import { placeOf } from './landing.ts'
import { landingsOf } from './patch-landing.ts'
import type { PatchStatuses } from './patch-status.ts'
import { samePerson } from './person.ts'
import { nearestPatch, postingOf, scopeOf } from './scope.ts'
import { numberOf } from './series.ts'
import { unseenCommit } from './speaking-mail.ts'
import type { Node } from './tree.ts'

export function takeApplied(mail: Node, applied: AppliedFact, statuses: PatchStatuses): void {
  const patches = meantBy(mail, applied, statuses)
  const named: Named = { what: 'applied', value: whereTo(applied, patches) }
  const reason = doubt(mail, applied, patches, statuses)
  if (reason) statuses.tell(mail, patches, named, { refusal: { reason } })
  else statuses.setAllowed(mail, patches, 'accepted', named, unseenCommit(mail))
}

function meantBy(mail: Node, { numbers, all, except }: AppliedFact, { now }: PatchStatuses): Node[] {
  if (numbers) return numbers.flatMap(number => scopeOf(mail, now, number))
  const whole = (all || except) && nearestPatch(mail) ? postingOf(mail, now) : scopeOf(mail, now, undefined)
  return except ? withoutNumbers(whole, except) : whole
}

function withoutNumbers(patches: readonly Node[], except: readonly number[]): Node[] {
  const last = Math.max(...patches.map(numberOf))
  const left = new Set(except.map(number => (number === -1 ? last : number)))
  return patches.filter(patch => !left.has(numberOf(patch)))
}

/** The commit or branch that the mail names or that the patches are in. */
function whereTo({ commit, branch }: AppliedFact, patches: readonly Node[]): string {
  const [seen] = patches.flatMap(landingsOf)
  if (commit) return commit
  if (seen) return placeOf(seen)
  return branch ? `${branch} (said, not seen)` : 'said, not seen'
}

/** Of a part of the patches it changes none that is not named. */
function doubt(
  mail: Node,
  applied: AppliedFact,
  patches: readonly Node[],
  statuses: PatchStatuses,
): string | null {
  const { part, numbers, except, own } = applied
  if (part === true && !numbers && !except && patches.length > 1) return 'it speaks of some of the patches'
  if (patches.length === 0 || !patches.every(patch => samePerson(mail.facts.sender, patch.facts.sender)))
    return null
  // A maintainer's tree is where his own patches go, too.
  if (own && statuses.roleOf(mail, patches) !== 'maintainer')
    return 'its author speaks of a branch of his own'
  return mayMeanAdvice(applied) ? 'the author may have applied what was advised' : null
}

/** "Good catch, applied", "Accepted, thanks": an author who answers a review speaks of the advice. */
const mayMeanAdvice = ({ passing, line }: AppliedFact) =>
  passing === true ? /\bapplied\b/i.test(line) : /\b(?:accepted|taken)\b/i.test(line)
