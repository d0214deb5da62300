// Who may change what. Without configured maintainers any sender is believed, and the list's page says so; with
// them the final states are theirs, and an author has own moves. How far a sender is authenticated comes on top.
import type { Person } from '../mail/facts.ts'
import { samePerson } from './person.ts'
import type { PatchState } from './topic.ts'

export interface RosterEntry {
  readonly person: Person
  readonly role: 'maintainer' | 'reviewer' | 'robot'
  /** Patterns of files the role holds for: `net/`, `*.rs`; empty means everywhere. */
  readonly paths: readonly string[]
}

/** The people of a list, from its configuration. */
export type Roster = readonly RosterEntry[]

function isMaintainer(person: Person, roster: Roster, files: readonly string[] = []): boolean {
  return holds('maintainer', person, roster, files)
}

function hasMaintainers(roster: Roster): boolean {
  return roster.some(entry => entry.role === 'maintainer')
}

/** Who asks, and for what. */
export interface StateRequest {
  readonly state: PatchState
  readonly sender: Person
  readonly author: Person
  /** The files that the patch touches. */
  readonly files: readonly string[]
}

/** Null when the sender may set this state; else the reason why not, as a sentence. */
export function patchStateRefusal(
  { state, sender, author, files }: StateRequest,
  roster: Roster,
): string | null {
  if (!hasMaintainers(roster) || isMaintainer(sender, roster, files)) return null
  if (samePerson(sender, author) && authorsMoves.includes(state)) return null
  if (holds('reviewer', sender, roster, files) && reviewersMoves.includes(state)) return null
  return `"${state}" needs a maintainer of ${files.length === 0 ? 'the list' : 'its files'}`
}

const authorsMoves: readonly PatchState[] = [
  'withdrawn',
  'superseded',
  'deferred',
  'rfc',
  'changes-requested',
]
const reviewersMoves: readonly PatchState[] = ['changes-requested', 'needs-ack', 'under-review']

/** Null when the sender may change the bug. The reporter may close and reopen an own report. */
export function bugStatusRefusal(
  status: string,
  sender: Person,
  reporter: Person,
  roster: Roster,
): string | null {
  if (!hasMaintainers(roster) || isMaintainer(sender, roster)) return null
  if (samePerson(sender, reporter) && ['new', 'reopened', 'invalid', 'worksforme'].includes(status))
    return null
  if (status === 'new') return null
  if (holds('reviewer', sender, roster, []) && ['confirmed', 'needs-info'].includes(status)) return null
  return `"${status}" needs a maintainer of the list`
}

/** Null when the sender may say what a thread is and what it is planned for. */
export function planningRefusal(sender: Person, reporter: Person, roster: Roster): string | null {
  if (!hasMaintainers(roster) || isMaintainer(sender, roster) || samePerson(sender, reporter)) return null
  return holds('reviewer', sender, roster, []) ? null : 'it needs a maintainer, a reviewer or the reporter'
}

/** A role with paths holds for a change only when each of its files lies in one of them. */
function holds(role: RosterEntry['role'], person: Person, roster: Roster, files: readonly string[]): boolean {
  return roster.some(
    entry =>
      entry.role === role &&
      samePerson(entry.person, person) &&
      (entry.paths.length === 0 || files.every(file => entry.paths.some(pattern => matches(pattern, file)))),
  )
}

/** `net/` is everything below; `*` stands for any characters, slashes too, as in patchwork's delegation rules. */
function matches(pattern: string, file: string): boolean {
  if (pattern.endsWith('/')) return file.startsWith(pattern)
  const [start = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return file === pattern
  const end = rest.pop() ?? ''
  if (!file.startsWith(start) || !file.endsWith(end) || file.length < start.length + end.length) return false
  let at = start.length
  for (const piece of rest) {
    const found = file.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= file.length - end.length
}
