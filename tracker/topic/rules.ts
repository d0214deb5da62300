// What a list's people and its configuration say before any mail is read: who had which role when, and how sure of a
// sender a change must be. `authority.ts` judges by it.
import type { Person } from '../mail/facts.ts'

export interface RosterEntry {
  readonly person: Person
  /** Further addresses of the person, in lower case. */
  readonly aliases?: readonly string[]
  readonly role: 'maintainer' | 'reviewer' | 'robot'
  /** Patterns of files the role holds for: `net/`, `*.rs`; empty means everywhere. */
  readonly paths: readonly string[]
  /** Patterns of files among these for which it does not hold. */
  readonly except?: readonly string[]
}

/** All addresses of the person who has the role. */
export const addressesOf = ({ person, aliases = [] }: RosterEntry): string[] => [person.address, ...aliases]

/** The people of a list, from its configuration and the MAINTAINERS file of its repository. */
export type Roster = readonly RosterEntry[]

/** Who had which role from then on; milliseconds. */
export interface DatedRoster {
  readonly since: number
  readonly people: Roster
  /** The list names a file with its maintainers: it was read, or was not yet. Then nobody else has a role. */
  readonly file?: 'unread' | 'read'
}

/** What a list wants to be sure of before a mail changes something. */
export interface Rules {
  /** Oldest first. */
  readonly rosters: readonly DatedRoster[]
  /** `from`: whoever stands in From is believed. */
  readonly trust: 'verified' | 'from'
  /** Imported mail is believed as its From says. */
  readonly history: boolean
  /** The grade that a state or a tag needs, where it differs from the usual one: `{ confirmed: 'C' }`. */
  readonly needs: Readonly<Record<string, 'A' | 'B' | 'C'>>
  /** Addresses whose `CI: test` counts like a maintainer's. */
  readonly approvers?: readonly string[]
  /** What the digits of revisions are made with. */
  readonly secret?: string
}

/** Of a list where nobody has a role. */
export const openRules: Rules = { rosters: [], trust: 'verified', history: true, needs: {} }

/** The roster in force; before the first one the first. */
export const rosterAt = (rosters: readonly DatedRoster[], time: number): Roster =>
  datedRosterAt(rosters, time).people

export const datedRosterAt = (rosters: readonly DatedRoster[], time: number): DatedRoster =>
  rosters.findLast(({ since }) => since <= time) ?? rosters[0] ?? nobody

const nobody: DatedRoster = { since: 0, people: [] }

/** Does the list say who has a role? One that does is never open to all, even where nobody turns out to have one. */
export const namesPeople = ({ people, file }: DatedRoster): boolean => people.length > 0 || file !== undefined

export const hasMaintainer = (people: Roster): boolean => people.some(({ role }) => role === 'maintainer')
