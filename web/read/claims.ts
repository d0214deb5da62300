// What topics say about each other, both ways: which ones a topic names, and which ones name it, each with the mail that
// says so. The fold keeps claims as values; here they are looked up.
import { type Kysely, sql } from 'kysely'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { reportAddress } from '../../tracker/mail/robots.ts'
import { titleKey } from '../../tracker/mail/subject.ts'
import { holdsWords } from '../../tracker/project/holds-words.ts'
import { wordsOf } from '../../tracker/project/words.ts'
import { samePerson } from '../../tracker/topic/person.ts'
import type { Claim, Topic } from '../../tracker/topic/topic.ts'
import type { TopicLink } from './topic.ts'

/** A topic beside the one that is shown, and why. */
export interface Related extends Pick<Claim, 'what' | 'mail'> {
  readonly topic: TopicLink
}

/** What a topic names; what it closes or fixes is told even where the target is not on the list. */
export interface Named extends Pick<Claim, 'what' | 'mail' | 'target'> {
  readonly topic: TopicLink | null
}

type Database = Kysely<Tables>

/** The topics that this one names, each once by its strongest word. */
export async function readNamed(db: Database, list: ListId, topic: Topic): Promise<Named[]> {
  const claims = topic.claims
    .filter(claim => !isRelation(claim))
    .toReversed()
    .slice(0, claimsReadMax)
  const [mails, reports, patches] = await Promise.all([
    topicsOfMails(
      db,
      list,
      targetsOf(claims, claim => claim.what !== 'mends'),
    ),
    topicsOfRobots(
      db,
      list,
      targetsOf(claims, claim => claim.what === 'reported'),
    ),
    topicsOfTitles(
      db,
      list,
      topic,
      targetsOf(claims, claim => claim.what === 'mends'),
    ),
  ])
  const named = claims.flatMap((claim): Named[] => {
    const { what, mail, target, who } = claim
    const found = (what === 'mends' ? patches : mails).get(target) ?? reports.get(target)
    if (found?.link.id === topic.id || (who && !(found && isReportOf(found, who)))) return []
    return found || what === 'closes' || what === 'fixes'
      ? [{ what, mail, target, topic: found?.link ?? null }]
      : []
  })
  return eachOnce(named, one => one.topic?.id ?? one.target)
}

/** The patchsets that say they fix this bug or report, were posted below it, link to it or were sent to it. Newest first. */
export function readFixes(db: Database, list: ListId, topic: Topic): Promise<Related[]> {
  const ids = topic.mails.slice(0, mailsAskedMax).map(mail => mail.id)
  const robots = new Set(topic.mails.flatMap(mail => reportAddress(mail.author.address) ?? []))
  const asked = [
    ...ids.flatMap(target => fixing.map(what => ({ what, target }))),
    ...[...robots].map(target => ({ what: 'reported' as const, target })),
  ]
  return readClaiming(db, list, 'patchset', asked, topic)
}

const fixing = ['closes', 'fixes', 'reported', 'proposed', 'link', 'about'] as const

/** The bugs that are said to repeat this one, and those with a mail that was sent to it. */
export function readDuplicates(db: Database, list: ListId, topic: Topic): Promise<Related[]> {
  const ids = topic.mails.slice(0, mailsAskedMax).map(mail => mail.id)
  const asked = ids.flatMap(target => [
    { what: 'duplicate' as const, target },
    { what: 'about' as const, target },
  ])
  return readClaiming(db, list, 'bug', asked, topic)
}

/** The discussions with a mail that was sent to the address of this bug; spam is none. */
export function readTalk(db: Database, list: ListId, topic: Topic): Promise<Related[]> {
  const ids = topic.mails.slice(0, mailsAskedMax).map(mail => mail.id)
  const asked = ids.map(target => ({ what: 'about' as const, target }))
  return readClaiming(db, list, 'discussion', asked, topic)
}

/** What the patchsets say that mend what this one brought in. */
export function mendsAsked(topic: Topic): Asked[] {
  const patches = topic.revisions.flatMap(revision => revision.patches.map(patch => patch.title))
  const titles = new Set(patches.map(titleKey))
  return [...titles].slice(0, mailsAskedMax).map(target => ({ what: 'mends' as const, target }))
}

/** What its postings say of other postings is read for each revision (relations.ts). */
export const isRelation = ({ what }: Pick<Claim, 'what'>): boolean =>
  what === 'supersedes' || what === 'depends' || what === 'based'

/** A topic that names or holds more than this is read from its beginning. */
const claimsReadMax = 100
export const mailsAskedMax = 30

/** As the indexes say it. */
const claiming = {
  patchset: sql`t.kind = 'patchset'`,
  bug: sql`t.kind = 'bug'`,
  discussion: sql`t.kind = 'discussion' and t.data->'claims' <> '[]'::jsonb`,
}

export type Asked = Pick<Claim, 'what' | 'target'>

/** The topics of this kind that say one of these things of the topic. Newest first. */
async function readClaiming(
  db: Database,
  list: ListId,
  kind: keyof typeof claiming,
  asked: readonly Asked[],
  about: Topic,
): Promise<Related[]> {
  const [related = []] = await readClaimingEach(db, list, kind, [asked], about)
  return related
}

/** The same for several questions, by one statement where their answers are few. */
export async function readClaimingEach(
  db: Database,
  list: ListId,
  kind: keyof typeof claiming,
  questions: readonly (readonly Asked[])[],
  about: Topic,
): Promise<Related[][]> {
  const asked = questions.flat()
  if (asked.length === 0) return questions.map(() => [])
  const { rows } = await sql<ClaimingRow>`
    select ${linkColumns}, t.data->'claims' as claims from topic t
    where t.list_id = ${list} and ${claiming[kind]} and t.id <> ${about.id}
      and t.data->'claims' @? ${anyOf(asked)}::jsonpath
    order by t.last_said desc limit ${limits.claimsShownMax + 1}`.execute(db)
  // Many answers to one question must not push out those to another.
  if (rows.length > limits.claimsShownMax && questions.length > 1)
    return Promise.all(questions.map(question => readClaiming(db, list, kind, question, about)))
  const shown = rows.slice(0, limits.claimsShownMax)
  return questions.map(question => relatedOf(shown, question, about))
}

type ClaimingRow = LinkRow & { claims: Claim[] }

function relatedOf(rows: readonly ClaimingRow[], asked: readonly Asked[], about: Topic): Related[] {
  const wanted = new Set(asked.map(({ what, target }) => `${what} ${target}`))
  const says = ({ what, target, who }: Claim) =>
    wanted.has(`${what} ${target}`) && (!who || samePerson(who, about.author))
  return rows.flatMap(row => {
    const claims = row.claims.toReversed().filter(says)
    return eachOnce(claims, () => row.id).map(({ what, mail }) => ({ what, mail, topic: toLink(row) }))
  })
}

/** One question to the index of claims. As an array of values PostgreSQL takes it for so many rows that it reads them all. */
function anyOf(asked: readonly Asked[]): string {
  const claims = asked.map(
    ({ what, target }) => `@.what == ${JSON.stringify(what)} && @.target == ${JSON.stringify(target)}`,
  )
  return `$[*] ? (${claims.join(' || ')})`
}

/** By its strongest word; what stands first wins. */
function eachOnce<T extends Pick<Claim, 'what'>>(related: readonly T[], key: (one: T) => string): T[] {
  const byRank = [...related].sort((a, b) => rank.indexOf(a.what) - rank.indexOf(b.what))
  return [...new Map(byRank.toReversed().map(one => [key(one), one])).values()].reverse()
}

const rank: readonly Claim['what'][] = [
  'closes',
  'fixes',
  'reported',
  'proposed',
  'mends',
  'duplicate',
  'link',
  'about',
  'supersedes',
  'depends',
  'based',
]

const targetsOf = (claims: readonly Claim[], wanted: (claim: Claim) => boolean) => [
  ...new Set(claims.filter(wanted).map(claim => claim.target)),
]

export interface Found {
  readonly link: TopicLink
  readonly author: Person
}

const isReportOf = ({ link, author }: Found, who: Person) =>
  link.kind !== 'patchset' && samePerson(author, who)

export async function topicsOfMails(
  db: Database,
  list: ListId,
  targets: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  if (targets.length === 0) return new Map()
  const keys = new Map(targets.map(target => [indexKey(target), target]))
  const { rows } = await sql<LinkRow & { message_key: IndexKey }>`
    select m.message_key, ${linkColumns} from topic_mail m
    join topic t on t.list_id = m.list_id and t.id_key = m.topic_key
    where m.list_id = ${list} and m.message_key = any(${[...keys.keys()]}::text[])`.execute(db)
  return new Map(rows.map(row => [keys.get(row.message_key) ?? '', toFound(row)]))
}

/** Each report of the robot comes from an address of its own; the word index knows senders. */
async function topicsOfRobots(
  db: Database,
  list: ListId,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const asked = addresses.filter(address => reportAddress(address) !== null).slice(0, lookupsMax)
  const found = await Promise.all(
    asked.map(async (address): Promise<[string, Found][]> => {
      const { rows } = await sql<LinkRow>`
        select ${linkColumns} from ${mailsWith(list, address.replace(/@.*$/s, ''), 'author')} and t.kind in ('report', 'bug')
        order by t.said limit 1`.execute(db)
      return rows.map(row => [address, toFound(row)])
    }),
  )
  return new Map(found.flat())
}

/** The patchset that last posted a patch of this title; `target` is its key (`titleKey`). */
async function topicsOfTitles(
  db: Database,
  list: ListId,
  { id }: Topic,
  targets: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const found = await Promise.all(
    targets.slice(0, lookupsMax).map(async (target): Promise<[string, Found][]> => {
      const { rows } = await sql<LinkRow & { titles: string[] }>`
        select ${linkColumns}, jsonb_path_query_array(t.data, '$.revisions[*].patches[*].title') as titles
        from ${mailsWith(list, target, 'subject')} and t.kind = 'patchset' and t.id <> ${id}
        order by t.last_said desc limit ${candidatesMax}`.execute(db)
      const match = rows.find(({ titles }) => titles.some(title => titleKey(title) === target))
      return match ? [[target, toFound(match)]] : []
    }),
  )
  return new Map(found.flat())
}

/** Each is a question to the word index. */
export const lookupsMax = 10
/** Mails with such a title, the answers to it among them. */
export const candidatesMax = 50

/** The topics of the mails whose subject or author holds these words in a row. */
export function mailsWith(list: ListId, words: string, part: 'subject' | 'author') {
  const weight = part === 'subject' ? 'A' : 'B'
  const query = wordsOf(words).map(word => `'${word}':${weight}`)
  return sql`search s
    join topic_mail m on m.list_id = s.list_id and m.message_key = s.message_key
    join topic t on t.list_id = m.list_id and t.id_key = m.topic_key
    where s.list_id = ${list} and ${holdsWords('heads', query.join(' <-> '))}`
}

export interface LinkRow {
  id: string
  kind: Topic['kind']
  title: string
  state: string | null
  author: Person
}

export const linkColumns = sql`t.id, t.kind, t.title, t.state, t.data->'author' as author`

const toLink = ({ id, kind, title, state }: LinkRow): TopicLink => ({
  id,
  kind,
  title,
  state: state as Topic['state'],
})

export const toFound = (row: LinkRow): Found => ({ link: toLink(row), author: row.author })
