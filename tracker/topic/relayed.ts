// A bridge speaks for people: Bugzilla's mails name in a field who wrote the comment. Anybody can write such a field, so it
// counts from a bridge that the list has among its people, from one that everybody knows, and where everybody is believed.
import type { MailFacts } from '../mail/facts.ts'
import { traitsOf } from '../mail/robots.ts'
import { addressesOf, type DatedRoster, namesPeople } from './rules.ts'

/** The same value where nobody is named. */
export function relayedFacts(facts: MailFacts, people: DatedRoster): MailFacts {
  const { behalf, robot, sender } = facts
  if (behalf === undefined || !mayRelay(sender.address, robot, people)) return facts
  return { ...facts, sender: behalf, author: behalf }
}

const mayRelay = (address: string, robot: MailFacts['robot'], roster: DatedRoster): boolean =>
  !namesPeople(roster) ||
  (traitsOf(robot).relays?.test(address) ?? false) ||
  roster.people.some(entry => entry.role === 'robot' && addressesOf(entry).includes(address))
