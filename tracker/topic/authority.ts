// Who may change what. On a list that names no people any sender is believed, and its page says so. On one that does the
// final states are its maintainers' and need a confirmed sender, and an author has own moves.
import type { TagName } from '../../base/state-words.ts'
import type { MailFacts, Person } from '../mail/facts.ts'
import { traitsOf } from '../mail/robots.ts'
import { samePerson } from './person.ts'
import {
  datedRosterAt,
  hasMaintainer,
  namesPeople,
  type Roster,
  type RosterEntry,
  type Rules,
  rosterAt,
} from './rules.ts'
import type { SpeakingMail } from './speaking-mail.ts'
import type { BugStatus, PatchState, Role } from './topic.ts'
import { howWords } from './verdict-words.ts'

/** Why a change is not allowed. */
export interface Refusal {
  readonly reason: string
  /** The role would do; a confirmed sender would lift the refusal. */
  readonly unconfirmed?: true
}

/** What is asked of a mail to know how far its sender is believed. */
export type Sent = Pick<SpeakingMail, 'verdict' | 'counts'> & { readonly facts: Pick<MailFacts, 'sender'> }

/** Who asks, and whose patch or report it is. */
export interface Asker {
  readonly mail: SpeakingMail
  readonly rules: Rules
  /** The patch, the report: whoever sent it has moves of his own. */
  readonly original: Sent
  /** The files that the patch touches; none for a bug. */
  readonly files: readonly string[]
  /** What it stands at was decided by a maintainer. */
  readonly decided: boolean
}

/** Null when the sender may set this state. */
export function patchStateRefusal(state: PatchState, asker: Asker): Refusal | null {
  return firstGranted(asker, state, [
    ['maintainer', true, 'B'],
    ['robot', traitsOf(asker.mail.facts.robot).states.includes(state), 'B'],
    ['author', authorsMoves.includes(state) && !asker.decided, ownersGrade(asker)],
    ['reviewer', reviewersMoves.includes(state) && !asker.decided, 'B'],
  ])
}

const authorsMoves: readonly PatchState[] = [
  'withdrawn',
  'superseded',
  'deferred',
  'rfc',
  'changes-requested',
]
const reviewersMoves: readonly PatchState[] = ['changes-requested', 'needs-ack', 'under-review']

/** Null when the sender may change the bug. The reporter may close and reopen an own report, anybody reports one. */
export function bugStatusRefusal(status: BugStatus, asker: Asker): Refusal | null {
  return firstGranted(asker, status, [
    ['maintainer', true, 'B'],
    ['robot', true, 'B'],
    ['reporter', reportersMoves.includes(status), ownersGrade(asker)],
    ['reviewer', ['confirmed', 'needs-info'].includes(status) && !asker.decided, 'B'],
    ['anybody', status === 'new' && !asker.decided, 'C'],
  ])
}

const reportersMoves: readonly BugStatus[] = ['new', 'reopened', 'invalid', 'worksforme']

/** Null when the sender may say what a thread is and what it is planned for; `tag` is the line's name. */
export function planningRefusal(tag: TagName, asker: Asker): Refusal | null {
  return firstGranted(asker, tag, [
    ['maintainer', true, 'B'],
    ['reviewer', true, 'B'],
    ['reporter', true, ownersGrade(asker)],
  ])
}

/** Null when the sender may say that a patchset closes or blocks a bug: it moves nothing before it is accepted. */
export function closesRefusal(tag: TagName, asker: Asker): Refusal | null {
  return firstGranted(asker, tag, [
    ['maintainer', true, 'B'],
    ['reviewer', true, 'B'],
    ['author', true, ownersGrade(asker)],
  ])
}

/** Null when the sender may take a patch out of the lists of patchwork's clients, or put it back. */
export function archivedRefusal(asker: Asker): Refusal | null {
  return firstGranted(asker, 'Archived', [
    ['maintainer', true, 'B'],
    ['reviewer', true, 'B'],
    ['author', true, ownersGrade(asker)],
  ])
}

/** Null when the sender may say whether this posting is a revision of another one: who posted it, and its maintainers. */
export function linkRefusal(tag: TagName, asker: Asker): Refusal | null {
  return firstGranted(asker, tag, [
    ['maintainer', true, 'B'],
    ['author', true, ownersGrade(asker)],
  ])
}

/** Null when the sender may say whose task a patchset is. */
export function delegateRefusal(asker: Asker): Refusal | null {
  return firstGranted(asker, 'Delegate', [
    ['maintainer', true, 'B'],
    ['reviewer', true, 'B'],
  ])
}

/**
 * Null when the sender may have a patchset built, or its build ended: its maintainers and the list's approvers, and of what
 * was let in its author. It runs somebody's code, so it is less open than a state: who is meant is an address that is
 * vouched for, also on a list that believes From or names nobody, and history starts nothing.
 */
export function buildRefusal(job: 'test' | 'retest' | 'cancel', asker: Asker): Refusal | null {
  const { mail, rules, original } = asker
  const automatic = autoresponder(asker)
  if (automatic) return automatic
  if (mail.verdict.grade === 'I') return { reason: 'an imported mail starts and ends no build' }
  const own = job !== 'test' && sameAddress(mail.facts.sender, original.facts.sender, rosterOf(asker))
  if (!own && !mayApprove(asker))
    return {
      reason: `"CI: ${job}" needs a maintainer of its files${job === 'test' ? '' : ' or the author'}${lackWords(asker)}`,
    }
  const confirmed = mail.verdict.grade !== 'C' && isVouched(mail, rules)
  return confirmed ? null : unconfirmed(mail, `CI: ${job}`)
}

const mayApprove = (asker: Asker): boolean => {
  const { address } = asker.mail.facts.sender
  return (
    asker.rules.approvers?.includes(address) ||
    keepersOf(asker.files, rosterOf(asker)).some(entry => hasAddress(entry, address))
  )
}

/** Whose `CI: test` lets a patchset of these files be built at `time`: maintainers of all of them, then the list's approvers. */
export function approversOf(files: readonly string[], rules: Rules, time: number): Person[] {
  const roster = rosterAt(rules.rosters, time)
  const keepers = keepersOf(files, roster)
  const others = (rules.approvers ?? []).filter(address => !keepers.some(entry => hasAddress(entry, address)))
  const named = (address: string): Person =>
    roster.find(entry => hasAddress(entry, address))?.person ?? { name: '', address }
  return [...keepers.map(({ person }) => person), ...others.map(named)]
}

const keepersOf = (files: readonly string[], roster: Roster): RosterEntry[] =>
  roster.filter(entry => entry.role === 'maintainer' && holdsForAll(entry, files))

/** Null when the sender may dismiss what a program found in a patch. */
export function findingRefusal(asker: Asker): Refusal | null {
  return firstGranted(asker, 'Finding', [
    ['maintainer', true, 'B'],
    ['author', true, ownersGrade(asker)],
  ])
}

/** Null when the sender may undo what `undone` changed: it is an own mail with no better grade, or a maintainer asks. */
export function undoRefusal(asker: Asker, undone: SpeakingMail): Refusal | null {
  const { mail, rules } = asker
  const own = isOwn(mail, undone, rules)
  if (own && credit(mail, rules) >= credit(undone, rules)) return autoresponder(asker)
  return firstGranted(asker, 'Undo', [['maintainer', true, own ? gradeOf(undone, rules) : 'B']])
}

/** Nobody said who may, at the time of the mail: everybody is believed. */
const isOpen = ({ mail, rules }: Asker) => !namesPeople(datedRosterAt(rules.rosters, mail.counts))

/** An answer that nobody wrote changes nothing on any list. */
const autoresponder = ({ mail }: Asker): Refusal | null =>
  traitsOf(mail.facts.robot).behind === 'nobody'
    ? { reason: 'nobody wrote it: it is an automatic answer' }
    : null

/** The roles that may do it, each with the grade that it needs. */
type Grants = readonly (readonly [role: Role, may: boolean, grade: 'A' | 'B' | 'C'])[]

function firstGranted(asker: Asker, what: PatchState | BugStatus | TagName, grants: Grants): Refusal | null {
  const { mail, rules } = asker
  if (isBrought(mail)) return null
  const automatic = autoresponder(asker)
  if (automatic || isOpen(asker)) return automatic
  const held = grants.filter(([role, may]) => may && has(role, asker))
  const needed = (usual: 'A' | 'B' | 'C') => credits[rules.needs[what.toLowerCase()] ?? usual]
  if (held.some(([, , grade]) => credit(mail, rules) >= needed(grade))) return null
  if (held.length > 0) return unconfirmed(mail, what)
  const roles = grants.filter(([, may]) => may).map(([role]) => roleWords(role, asker))
  return { reason: `"${what}" needs ${roles.join(' or ')}${lackWords(asker)}` }
}

/** Another tracker let it happen, and the operator brought what came of it. */
export const isBrought = ({ verdict }: Pick<Sent, 'verdict'>): boolean => verdict.how.code === 'brought'

/** Why nobody may, where that is so. */
function lackWords({ mail, rules }: Asker): string {
  const { people, file } = datedRosterAt(rules.rosters, mail.counts)
  if (file === 'unread') return '; the file with the maintainers was not read yet'
  return hasMaintainer(people) ? '' : '; the list has no maintainer'
}

function unconfirmed({ verdict }: SpeakingMail, what: string): Refusal {
  if (verdict.how.code === 'pending')
    return { reason: `"${what}" needs a confirmed sender; it is not checked yet` }
  if (verdict.grade === 'I') return { reason: `"${what}" needs a confirmed sender; the mail was imported` }
  const reason =
    verdict.how.code === 'uncovered' || verdict.how.code === 'astray'
      ? howWords(verdict.how)
      : verdict.grade === 'C'
        ? 'only From says so'
        : `there is only ${howWords(verdict.how)}`
  return { reason: `"${what}" needs a confirmed sender; ${reason}`, unconfirmed: true }
}

function roleWords(role: Role, { files }: Asker): string {
  if (role === 'maintainer') return `a maintainer of ${files.length === 0 ? 'the list' : 'its files'}`
  return role === 'robot' ? 'a robot of the list' : role === 'anybody' ? 'anybody' : `the ${role}`
}

/** What the sender is to this patch or bug, the weightiest first; for the history. */
export function roleOf(asker: Asker, owner: 'author' | 'reporter'): Role {
  if (isBrought(asker.mail)) return 'maintainer'
  const roles: readonly Role[] = ['maintainer', 'reviewer', 'robot', owner]
  return roles.find(role => has(role, asker)) ?? 'anybody'
}

function has(role: Role, asker: Asker): boolean {
  if (role === 'anybody') return true
  if (role === 'author' || role === 'reporter') return isOwn(asker.mail, asker.original, asker.rules)
  return (
    rosterOf(asker).some(entry => entry.role === role && holdsFor(entry, asker)) ||
    (role === 'robot' && toldInHistory(asker))
  )
}

/** What robots of the table told before anybody had a role stands: later people did not judge it. */
const toldInHistory = ({ mail: { verdict, facts }, rules }: Asker) =>
  verdict.grade === 'I' && rules.history && facts.robot !== null && traitsOf(facts.robot).history

function holdsFor(entry: RosterEntry, { mail, rules, files }: Asker): boolean {
  return isMeant(entry, mail, rules) && holdsForAll(entry, files)
}

const holdsForAll = (entry: RosterEntry, files: readonly string[]) =>
  (entry.paths.length === 0 || holdsAll(entry, files)) && !isExcepted(entry, files)

const holdsAll = ({ paths }: RosterEntry, files: readonly string[]) =>
  files.every(file => paths.some(pattern => matches(pattern, file)))

const isExcepted = ({ except }: RosterEntry, files: readonly string[]) =>
  except?.some(pattern => files.some(file => matches(pattern, file))) ?? false

/**
 * Is the sender this person? A live mail's by the address: whoever may send for example.net may call himself by any
 * name. A robot may speak for others, as the Bugzilla bridge does, and is known by what was verified.
 */
function isMeant(entry: RosterEntry, { facts, verdict }: SpeakingMail, rules: Rules): boolean {
  if (hasAddress(entry, facts.sender.address)) return true
  if (entry.role === 'robot' && verdict.identity !== undefined && hasAddress(entry, verdict.identity))
    return true
  return (rules.trust === 'from' || verdict.grade === 'I') && samePerson(entry.person, facts.sender)
}

const hasAddress = ({ person, aliases }: RosterEntry, address: string) =>
  address !== '' && (person.address === address || (aliases?.includes(address) ?? false))

const rosterOf = ({ mail, rules }: Asker) => rosterAt(rules.rosters, mail.counts)

/** Nobody else than its sender can have sent it, as far as the list can tell. */
const isVouchedFor = (mail: Sent, rules: Rules) =>
  rules.trust !== 'from' && mail.verdict.grade !== 'I' && gradeOf(mail, rules) !== 'C'

/** What its author or reporter needs for own moves: no less than what the original has. */
const ownersGrade = ({ original, rules }: Asker): 'B' | 'C' => (isVouchedFor(original, rules) ? 'B' : 'C')

/**
 * Is this mail by whoever sent the original? A name says so only where nothing vouches for the original: whoever may send
 * for example.net may call himself by any name.
 */
export function isOwn(mail: Sent, original: Sent, rules: Rules): boolean {
  const roster = rosterAt(rules.rosters, mail.counts)
  const [a, b] = [mail.facts.sender, original.facts.sender]
  return isVouchedFor(original, rules) ? sameAddress(a, b, roster) : sameHuman(a, b, roster)
}

/** May this posting stand for that one of the same author: is it as well authenticated? */
export const carriesOn = (younger: Sent, elder: Sent, rules: Rules): boolean =>
  isOwn(younger, elder, rules) &&
  (!isVouchedFor(elder, rules) || credit(younger, rules) >= credit(elder, rules))

/** One person behind two addresses, by name, or because the list's people say so. */
export function sameHuman(a: Person, b: Person, roster: Roster): boolean {
  return samePerson(a, b) || sameAddress(a, b, roster)
}

const sameAddress = (a: Person, b: Person, roster: Roster): boolean =>
  (a.address !== '' && a.address === b.address) ||
  roster.some(entry => hasAddress(entry, a.address) && hasAddress(entry, b.address))

const credits = { A: 3, B: 2, C: 1 } as const

/** How much the sender of a mail is believed on this list, 1 to 3. */
export function credit(mail: Sent, rules: Rules): number {
  return credits[gradeOf(mail, rules)]
}

function gradeOf(mail: Sent, rules: Rules): 'A' | 'B' | 'C' {
  const { grade } = mail.verdict
  if (rules.trust === 'from') return 'A'
  if (grade === 'I') return rules.history ? 'A' : 'C'
  return grade === 'C' || isVouched(mail, rules) ? grade : 'C'
}

/** A signature of somebody else vouches for nothing; that of a robot on the list vouches for what it tells. */
function isVouched({ facts, verdict, counts }: Sent, rules: Rules): boolean {
  const { identity } = verdict
  if (identity === undefined || identity === facts.sender.address) return true
  return rosterAt(rules.rosters, counts).some(
    entry =>
      hasAddress(entry, identity) && (entry.role === 'robot' || hasAddress(entry, facts.sender.address)),
  )
}

/** Who takes care of these files by the roster: the first maintainer, else reviewer, whose paths hold them all. */
export function carerOf(files: readonly string[], roster: Roster): RosterEntry | null {
  if (files.length === 0) return null
  const holding = roster.filter(
    entry => entry.paths.length > 0 && holdsAll(entry, files) && !isExcepted(entry, files),
  )
  return (
    holding.find(entry => entry.role === 'maintainer') ??
    holding.find(entry => entry.role === 'reviewer') ??
    null
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
