// What a mail says about other topics: the bug it closes, the thread it links, the patch whose mistake it mends, the
// report it answers. A claim is a value that a page looks up; it never joins two folds.
import type { MessageId } from '../../base/ids.ts'
import type { Person, TagFact, TrailerFact } from '../mail/facts.ts'
import { linksOf } from '../mail/links.ts'
import { reportAddress } from '../mail/robots.ts'
import { titleKey } from '../mail/subject.ts'
import { refOf } from '../mail/tag/ref.ts'
import { refText } from '../mail/tag/value.ts'
import { samePerson } from './person.ts'
import { type BugNumbers, resolve } from './reference.ts'
import type { Claim } from './topic.ts'
import { above, type Node } from './tree.ts'

/** What the mails of a topic claim of others; a bug that is named by its number is known by its mail. */
export function claimsOf(mails: readonly Node[], numbers: BugNumbers): Claim[] {
  const speakers = mails.filter(
    ({ facts: { tags, trailers, relations } }) => tags.length > 0 || trailers.length > 0 || relations,
  )
  const claims = speakers.flatMap(mail =>
    [...claimsIn(mail), ...relationsIn(mail), ...addressedBy(mail)].map(claim =>
      numbered(claim, mail.said, numbers),
    ),
  )
  if (!claims.some(({ what }) => what === 'about')) return claims
  const here = new Set<string>(mails.map(({ id }) => id))
  return claims.filter(({ what, target }) => what !== 'about' || !here.has(target))
}

/** One that nobody knows stays as it was written. */
function numbered(claim: Claim, said: number, numbers: BugNumbers): Claim {
  const ref = refOf(claim.target)
  if (!ref || !('bug' in ref)) return claim
  const found = resolve(ref, said, numbers)
  return 'id' in found ? { ...claim, target: found.id } : claim
}

/** It was sent to `12@`. */
const addressedBy = ({ id, facts }: Node): Claim[] =>
  facts.tags.flatMap(({ tag, bug }) =>
    tag === 'Recorded' && bug !== undefined ? [{ mail: id, what: 'about', target: `#${bug}` }] : [],
  )

/** A patch or cover claims by its trailers, an answer by `Bug-Status: duplicate <ref>`. */
function claimsIn(mail: Node): Claim[] {
  const { posting, trailers } = mail.facts
  if (posting !== 'patch' && posting !== 'cover')
    return duplicatesIn(
      mail.id,
      mail.facts.tags.filter(tag => !isNarrowed(tag)),
    )
  const named = trailers.flatMap(trailer => namedBy(mail, trailer))
  return [...named, ...trailers.flatMap(trailer => reportedBy(mail, trailer, named))].slice(0, claimsMax)
}

/** Bounded where they are read. */
const relationsIn = ({ id, facts: { relations = [] } }: Node): Claim[] =>
  relations.map(({ what, by, target }) => ({ mail: id, what, target, ...(by === 'mail' ? {} : { by }) }))

/** A squashed backport names hundreds of commits; nobody follows them from a page. */
const claimsMax = 50

function namedBy(mail: Node, { key, value }: TrailerFact): Claim[] {
  if (/^(?:closes|resolves)$/i.test(key)) return [{ mail: mail.id, what: 'closes', target: target(value) }]
  if (/^(?:link|buglink|bug)$/i.test(key)) return [{ mail: mail.id, what: 'link', target: target(value) }]
  if (!/^fixes$/i.test(key)) return []
  const commit = value.match(fixedCommit)
  if (!commit) return isReference(value) ? [{ mail: mail.id, what: 'fixes', target: target(value) }] : []
  const title = titleKey(commit[2] ?? '').slice(0, 500)
  return title ? [{ mail: mail.id, what: 'mends', target: title }] : []
}

/** `1a2b3c4d5e6f ("title")`, as `git log --format='%h ("%s")'` writes it; some forget the brackets or the quotes. */
const fixedCommit = /^(?:commit\s{1,3})?([0-9a-f]{7,64})\b[\s(:,"'“]{0,8}((?:(?!"\)).){0,400})/i

const isReference = (value: string) =>
  /^<?https?:\/\/|^<?[^\s<>@]{1,400}@[^\s<>@]{1,200}>?\s*(?:#.*)?$|^#\d{1,9}$/.test(value)

/**
 * A robot's report is named by its address. A person's is known where it is beside: linked from the same mail, or the
 * patch was posted below it; the page sees whether the topic there is that person's.
 */
function reportedBy(mail: Node, { key, person }: TrailerFact, named: readonly Claim[]): Claim[] {
  if (!person || !/^reported-(?:and-tested-)?by$/i.test(key)) return []
  const robot = reportAddress(person.address)
  if (robot) return [{ mail: mail.id, what: 'reported', target: robot }]
  const linked = named.filter(({ what }) => what !== 'mends').map(claim => claim.target)
  const above = writtenAbove(mail, person)
  return [...new Set(above ? [...linked, above] : linked)].map(target => ({
    mail: mail.id,
    what: 'reported',
    target,
    who: person,
  }))
}

/** The first mail that the person wrote above this one. */
function writtenAbove(mail: Node, person: Person): string | null {
  let found: string | null = null
  for (const at of above(mail)) if (samePerson(at.facts.sender, person)) found = at.id
  return found
}

/** It says of which bug it speaks, which may be another one: what it claims is known once it has its effect there. */
export const isNarrowed = ({ bug, on }: TagFact): boolean => bug !== undefined || on !== undefined

export function duplicatesIn(mail: MessageId, tags: readonly TagFact[]): Claim[] {
  return tags.flatMap(tag => {
    const of = tag.tag === 'Bug-Status' ? tag.of : undefined
    return of ? [{ mail, what: 'duplicate' as const, target: refText(of) }] : []
  })
}

/** The Message-ID in an archive's URL or in brackets, else the value as it stands. */
function target(value: string): string {
  const id = linksOf([value])[0] ?? value.match(/<([^<>\s]{3,500})>/)?.[1]
  return (id ?? value).slice(0, 500)
}
