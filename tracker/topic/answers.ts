// What the mails of a topic say about it: trailers, checks, "applied", claims, robots; each with its mail.
import { memo } from '../../base/memo.ts'
import type { MailFacts, Person, TrailerFact } from '../mail/facts.ts'
import { claimsOf } from './claims.ts'
import { samePerson } from './person.ts'
import type { BugNumbers } from './reference.ts'
import { isPosting, postingAt } from './series.ts'
import type { Applied, Check, Topic, TopicMail, Trailer } from './topic.ts'
import type { Node } from './tree.ts'

export type Answers = Pick<Topic, 'trailers' | 'checks' | 'applied' | 'robots' | 'claims' | 'ghosts'>

/** `mails` in order of said time. */
export function answersOf(mails: readonly Node[], numbers: BugNumbers): Answers {
  return {
    trailers: mails.filter(mail => mail.facts.trailers.length > 0 && !isPosting(mail)).flatMap(trailersIn),
    checks: mails.filter(mayCheck).flatMap(checksIn),
    applied: mails.filter(mail => mail.facts.applied !== null).flatMap(appliedIn),
    robots: mails
      .filter(({ facts }) => facts.robot !== null)
      .flatMap(({ id, facts }) => (facts.robot ? [{ mail: id, class: facts.robot }] : [])),
    claims: claimsOf(mails, numbers),
    ghosts: [...new Set(mails.filter(({ ghost }) => ghost !== null).flatMap(({ ghost }) => ghost ?? []))],
  }
}

/** The row of a mail in its topic; the very same value as in the last fold when nothing about it differs. */
export function topicMail(mail: Node, role: TopicMail['role']): TopicMail {
  const last = lastRow(mail.facts)
  if (last.row === null || !isRowOf(last.row, mail, role)) last.row = topicMailOf(mail, role)
  return last.row
}

const lastRow = memo((_: MailFacts): { row: TopicMail | null } => ({ row: null }))

/** The rows of those that are notes. */
export const notesIn = (mails: readonly Node[]): Pick<Topic, 'notes'> => {
  const notes = mails.filter(({ note }) => note).map(note => topicMail(note, 'note'))
  return notes.length === 0 ? {} : { notes }
}

/** All else in the row is of the facts. */
const isRowOf = (row: TopicMail, mail: Node, role: TopicMail['role']): boolean =>
  row.parent === parentOf(mail) &&
  row.said === mail.said &&
  row.role === role &&
  (row.automatic ?? false) === mail.automatic &&
  (row.imposters ?? 0) === mail.imposters &&
  row.astray === mail.astray &&
  sameTexts(row, mail)

const sameTexts = (row: TopicMail, { texts, judged }: Node) =>
  texts.length === 0
    ? row.texts === undefined && row.judged === undefined
    : row.texts?.join() === texts.join() && (row.judged ?? false) === judged

/** Who answers a note answers what it is about: the note was on no list. */
function parentOf({ parent, ghost }: Node) {
  let at = parent
  while (at?.note) at = at.parent
  return at?.id ?? ghost
}

function topicMailOf(mail: Node, role: TopicMail['role']): TopicMail {
  return {
    id: mail.id,
    parent: parentOf(mail),
    subject: mail.facts.subject.text,
    author: mail.facts.sender,
    said: mail.said,
    role,
    gist: mail.facts.gist,
    problems: mail.facts.problems,
    ...(mail.automatic ? { automatic: true as const } : {}),
    ...(mail.imposters > 0 ? { imposters: mail.imposters, texts: mail.texts } : {}),
    ...(mail.astray ? { astray: mail.astray } : {}),
    ...(mail.imposters > 0 && mail.judged ? { judged: true as const } : {}),
  }
}

function trailersIn(mail: Node): Trailer[] {
  const on = postingAt(mail)
  if (!on) return []
  return mail.facts.trailers
    .filter(({ key, person }) => person && key.endsWith('-by') && key !== 'Signed-off-by')
    .map(({ key, person, whole }) => ({
      mail: mail.id,
      on: on.id,
      key,
      // A trailer without an address names the sender, or it does not count.
      who: person?.address.includes('@') ? person : mail.facts.sender,
      said: mail.said,
      counts:
        person !== null &&
        speaksForSelf(person, mail.facts.sender) &&
        // A program may have tested a patch; nobody stands behind its review.
        !(mail.automatic && /^(?:reviewed|acked)-by$/i.test(key)),
      ...(whole ? { whole } : {}),
    }))
}

/** The reviews and tests that its sender gives in person. */
export const ownReviews = ({ trailers, sender }: Pick<MailFacts, 'trailers' | 'sender'>): TrailerFact[] =>
  trailers.filter(
    ({ key, person }) =>
      /^(?:reviewed|acked|tested|nacked)-by$/i.test(key) && person !== null && speaksForSelf(person, sender),
  )

/** b4's rule: the address or the name must be the sender's; an unquoted original's trailer must not count. */
function speaksForSelf(named: Person, sender: Person): boolean {
  if (named.address === '' && named.name === '') return false
  if (samePerson(named, sender)) return true
  if (named.name !== '' && named.name.toLowerCase() === sender.name.toLowerCase()) return true
  return withoutTag(named.address) !== '' && withoutTag(named.address) === withoutTag(sender.address)
}

const withoutTag = (address: string) => address.replace(/\+[^@]{0,64}@/, '@')

const mayCheck = ({ facts: { checks, result } }: Node) => checks.length > 0 || result !== undefined

function checksIn(mail: Node): Check[] {
  const checks = checksSaid(mail)
  const on = checks.length > 0 ? postingAt(mail) : null
  if (!on) return []
  const by = mail.facts.sender.address
  const claimed = mail.trusted ? {} : { claimed: true as const }
  return checks.map(check => ({ mail: mail.id, on: on.id, by, ...check, ...claimed }))
}

/** The result that a sender states counts when the list's people call him a robot. */
const checksSaid = ({ automatic, facts: { checks, result } }: Node) =>
  checks.length === 0 && automatic && result ? [result] : checks

function appliedIn(mail: Node): Applied[] {
  if (!mail.facts.applied || !mail.parent) return []
  return [
    {
      mail: mail.id,
      commit: mail.facts.applied.commit,
      who: mail.facts.sender,
      said: mail.said,
      part: mail.facts.applied.part ?? false,
      ...(mail.facts.applied.passing ? { passing: true as const } : {}),
    },
  ]
}
