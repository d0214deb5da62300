// One human behind several addresses, as a project's .mailmap says (gitmailmap(5)).
import { memo } from '../../base/memo.ts'
import type { MailFacts, Person } from '../mail/facts.ts'
import { addressesOf, type DatedRoster, type Roster, type RosterEntry } from './rules.ts'
import type { Arrival } from './unit.ts'

/** A line of a .mailmap: who is meant by an address, or by it together with a name. */
export interface MailmapEntry {
  readonly address: string
  /** Lower case; null when any name with the address is meant. */
  readonly name: string | null
  /** Its name is empty where the line gives only an address. */
  readonly person: Person
}

export type Mailmap = readonly MailmapEntry[]

/** Reads the text of a .mailmap; a line of another form is left out. */
export function parseMailmap(text: string): MailmapEntry[] {
  return text
    .split('\n')
    .slice(0, linesMax)
    .flatMap(line => entryOf(line.slice(0, 500).replace(/^\s*#.*|\s#.*$/, '')) ?? [])
}

/** The same facts with the people that the map means; the very same when it means nobody of them. */
export function withMailmap(facts: MailFacts, mailmap: Mailmap): MailFacts {
  const lines = byAddress(mailmap)
  const { sender, behalf, author, trailers } = facts
  const named = [
    sender.address,
    behalf?.address,
    author.address,
    ...trailers.map(({ person }) => person?.address),
  ]
  if (!named.some(address => address !== undefined && lines.has(address))) return facts
  const mapped = (person: Person) => personOf(person, lines.get(person.address) ?? [])
  return {
    ...facts,
    sender: mapped(facts.sender),
    ...(behalf ? { behalf: mapped(behalf) } : {}),
    author: mapped(facts.author),
    trailers: facts.trailers.map(trailer => ({
      ...trailer,
      person: trailer.person && mapped(trailer.person),
    })),
  }
}

/** The same for the address that a verdict vouches for. */
export function arrivalWithMailmap(arrival: Arrival, mailmap: Mailmap): Arrival {
  const { verdict, facts } = arrival
  const known = withMailmap(facts, mailmap)
  const identity =
    verdict?.identity && mappedPerson({ name: facts.sender.name, address: verdict.identity }, mailmap).address
  if (known === facts && identity === verdict?.identity) return arrival
  return { ...arrival, facts: known, verdict: verdict && (identity ? { ...verdict, identity } : verdict) }
}

/** The addresses on both sides of the lines that only one of the maps has. */
export function addressesMeantOtherwise(before: Mailmap, after: Mailmap): string[] {
  const texts = (map: Mailmap) => new Set(map.map(entry => entryText(entry)))
  const [old, fresh] = [texts(before), texts(after)]
  const differing = [
    ...before.filter(entry => !fresh.has(entryText(entry))),
    ...after.filter(entry => !old.has(entryText(entry))),
  ]
  return [...new Set(differing.flatMap(({ address, person }) => [address, person.address]))]
}

const entryText = ({ address, name, person }: MailmapEntry) =>
  JSON.stringify([address, name, person.name, person.address])

/** A roster with the address that the map means for each of its people as one more: so are their mails' senders named. */
export const rosterWithMailmap = (roster: Roster, mailmap: Mailmap): Roster =>
  mailmap.length === 0 ? roster : mapping(mailmap).roster(roster)

export const rostersWithMailmap = (
  rosters: readonly DatedRoster[],
  mailmap: Mailmap,
): readonly DatedRoster[] => (mailmap.length === 0 ? rosters : mapping(mailmap).rosters(rosters))

/** By one map: an entry that several rosters share is one value in all of them again. */
const mapping = memo((mailmap: Mailmap) => {
  const one = memo((entry: RosterEntry): RosterEntry => {
    const known = addressesOf(entry)
    const meant = known.map(address => mappedPerson({ ...entry.person, address }, mailmap).address)
    const fresh = [...new Set(meant)].filter(address => !known.includes(address))
    return fresh.length === 0 ? entry : { ...entry, aliases: [...(entry.aliases ?? []), ...fresh] }
  })
  const roster = memo((people: Roster): Roster => people.map(one))
  const rosters = memo((dated: readonly DatedRoster[]): readonly DatedRoster[] =>
    dated.map(one => ({ ...one, people: roster(one.people) })),
  )
  return { roster, rosters }
})

const linesMax = 5_000

/** `Proper Name <proper@example.org> Commit Name <commit@example.org>`, its parts left out from the left and the middle. */
function entryOf(line: string): MailmapEntry | null {
  const parts = line.match(/^([^<>]*)<([^<>\s]+)>(?:([^<>]*)<([^<>\s]+)>)?\s*$/)
  if (!parts) return null
  const [, properName = '', first = '', commitName = '', second] = parts
  const address = (second ?? first).toLowerCase()
  const name = commitName.trim().toLowerCase()
  return {
    address,
    name: name === '' ? null : name,
    person: { name: properName.trim(), address: first.toLowerCase() },
  }
}

/** A .mailmap has a thousand lines, a thread two thousand mails. */
const byAddress = memo((mailmap: Mailmap) => Map.groupBy(mailmap, entry => entry.address))

/** Whom the map means by a person. */
export const mappedPerson = (person: Person, mailmap: Mailmap): Person =>
  personOf(person, byAddress(mailmap).get(person.address) ?? [])

/** Of the lines with the address. One with the name, too, goes before one with the address alone. */
function personOf(person: Person, lines: Mailmap): Person {
  const name = person.name.toLowerCase()
  const line = lines.find(entry => entry.name === name) ?? lines.find(entry => entry.name === null)
  return line ? { name: line.person.name || person.name, address: line.person.address } : person
}
