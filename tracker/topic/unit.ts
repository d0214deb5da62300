// Arrivals -> mails. Of all that came under an id one arrival is read, the one whose own verdict is the best; its facts,
// headers included, come from it alone. Copies of it (directly and through the list) are the same mail, another text is an
// imposter, kept and counted. Which one is read never depends on which came first.
import type { IndexKey, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { memo } from '../../base/memo.ts'
import type { MailFacts } from '../mail/facts.ts'
import { traitsOf } from '../mail/robots.ts'
import type { Judgeable, Judged } from './judged.ts'
import type { Landing, NamedCommit } from './landing.ts'
import { relayedFacts } from './relayed.ts'
import { addressesOf, datedRosterAt, namesPeople, type Roster, type Rules } from './rules.ts'
import { isNoted, pending, type Verdict } from './verdict.ts'
import { vouchedFacts } from './vouched.ts'

/** One arrival as the fold sees it: its facts, and the hash of its bytes for a last, fair tie-break. */
export interface Arrival {
  readonly hash: string
  readonly facts: MailFacts
  /** The commits that this patch became, or that close this bug; equal for all arrivals of a mail. */
  readonly landed?: readonly Landing[]
  /** Of a mail that names a commit, where the branches are followed. */
  readonly namedCommit?: NamedCommit
  /** Null for a live mail that nobody looked at yet; that of an import is `imported`. */
  readonly verdict: Verdict | null
  /** When the mail came, milliseconds; null for history out of an archive. */
  readonly knownAt: number | null
  /** Threadwork wrote it, and it was not on the list. */
  readonly note?: true
}

export interface Unit extends Judgeable {
  readonly id: MessageId
  readonly facts: MailFacts
  /** The earliest of the copies that are worth as much as the one that is read. */
  readonly said: number
  /** Other texts seen under this id. */
  readonly imposters: number
  /** The hash of the arrival that is read, in hex; null when it is the earliest said of all. */
  readonly shown: string | null
  /** Of each text under this id the bytes of one arrival, the one that is read first; none where there is one text. */
  readonly texts: readonly string[]
  /** Mails changed the state of one of its texts. */
  readonly judged: boolean
  readonly landed: readonly Landing[]
  readonly namedCommit: NamedCommit | null
  /** Of the arrival that is read. */
  readonly verdict: Verdict
  /** The time whose roster counts: when it came live, else when it was said. */
  readonly counts: number
  /** A program wrote it: it is known, says so, or the list's people call its sender a robot. */
  readonly automatic: boolean
  /** A program whose results the list believes: we ourselves, or a robot of its people whose mail is authenticated. */
  readonly trusted: boolean
  /** Threadwork wrote it, and no copy of it was on the list: it changes its topic and is no mail of it. */
  readonly note: boolean
}

/** `judged`: which of several texts mails spoke of. */
export function unitsOf(all: readonly Arrival[], rules: Rules, judged: Judged = new Map()): Unit[] {
  const ids = new Set(all.map(({ facts }) => facts.messageId))
  const arrivals = all.map(one => {
    const arrival = withVouchedSender(one)
    const { wraps } = arrival.facts
    return wraps && ids.has(wraps) ? { ...arrival, facts: wrapperOf(arrival.facts, wraps) } : arrival
  })
  if (ids.size === arrivals.length)
    return arrivals.map(arrival => unitOf(arrival.facts.messageId, [arrival], rules, judged))
  return [...groupBy(arrivals, arrival => arrival.facts.messageId)].map(([id, same]) =>
    unitOf(id, same, rules, judged),
  )
}

/** Of a From that a list rewrote only the name may be left: whoever vouches for the mail names the address. */
function withVouchedSender(arrival: Arrival): Arrival {
  const { facts, verdict } = arrival
  if (facts.sender.address !== '' || verdict?.identity === undefined) return arrival
  const sender = { ...facts.sender, address: verdict.identity }
  const isOwn = facts.author.address === '' && facts.author.name === facts.sender.name
  return { ...arrival, facts: { ...facts, sender, ...(isOwn ? { author: sender } : {}) } }
}

/** What a list wrapped is here by itself: the wrapper says nothing that the mail does not say. */
const wrapperOf = ({ result: _, relations: __, ...facts }: MailFacts, wraps: MessageId): MailFacts => ({
  ...facts,
  references: [wraps],
  posting: 'none',
  patchId: null,
  files: [],
  trailers: [],
  tags: [],
  misses: [],
  checks: [],
  applied: null,
  withdrawal: null,
  pullRequest: null,
  bugSign: null,
  signals: null,
})

function unitOf(id: MessageId, arrivals: readonly Arrival[], rules: Rules, judged: Judged): Unit {
  const [only] = arrivals
  const by = judged.size === 0 ? nobody : (judged.get(indexKey(id)) ?? nobody)
  // Nearly every mail came once.
  if (only && arrivals.length === 1) return asUnit(id, only, arrivals, rules, judgedIn(arrivals, by))
  const ranked = arrivals.map(arrival => ({ arrival, worth: worthOf(arrival, rules) })).sort(bestFirst)
  const bytes = new Set(by.values())
  const texts = textsOf(arrivals)
  const best = bestOf(ranked, texts.filter(text => text.some(({ hash }) => bytes.has(hash))).flat())
  const copies = texts.find(text => text.includes(best.arrival)) ?? []
  // Of copies that are worth as much the undressed one is read: its subject and sender are the author's own.
  const equals = ranked.flatMap(({ arrival, worth }) =>
    worth === best.worth && copies.includes(arrival) ? [arrival] : [],
  )
  const known = equals.filter(hasAddress)
  const plain =
    known.find(({ hash }) => bytes.has(hash)) ??
    known.find(({ facts }) => facts.viaList === '') ??
    known[0] ??
    best.arrival
  const earliest = first([...arrivals].sort(earliestFirst))
  const shown = plain.hash === earliest.hash ? null : plain.hash
  return {
    ...asUnit(id, plain, equals, rules, judgedIn(copies, by)),
    note: arrivals.every(({ note }) => note),
    afterHistory: arrivals.some(isHistory) && !copies.some(isHistory),
    imposters: texts.length - 1,
    texts: texts.length > 1 ? [plain.hash, ...othersOf(texts, copies)].slice(0, limits.textsNamedMax) : none,
    shown,
  }
}

const nobody: ReadonlyMap<IndexKey, string> = new Map()
const nothing: ReadonlySet<IndexKey> = new Set()
const none: readonly string[] = []

const isHistory = ({ verdict }: Arrival) => verdict?.grade === 'I'

/** Of the texts that are not read one arrival each, the earliest, and the earliest of these first. */
const othersOf = (texts: readonly Arrival[][], read: readonly Arrival[]): string[] =>
  texts
    .filter(text => text !== read)
    .map(text => first([...text].sort(earliestFirst)))
    .sort(earliestFirst)
    .map(({ hash }) => hash)

const unjudged = { elsewhere: nothing, judged: false }

/** Of the mails that judged something here those that did not mean the text with these copies. */
function judgedIn(
  copies: readonly Arrival[],
  by: ReadonlyMap<IndexKey, string>,
): Pick<Unit, 'elsewhere' | 'judged'> {
  if (by.size === 0) return unjudged
  const hashes = new Set(copies.map(({ hash }) => hash))
  const elsewhere = [...by].filter(([, hash]) => !hashes.has(hash)).map(([mail]) => mail)
  return { elsewhere: new Set(elsewhere), judged: true }
}

/** What was judged keeps its place, until its own sender is better vouched for in another text. */
function bestOf(ranked: readonly Ranked[], judged: readonly Arrival[]): Ranked {
  const standing = ranked.find(({ arrival }) => judged.includes(arrival))
  if (!standing) return first(ranked)
  const { sender } = standing.arrival.facts
  const takesItsPlace = ({ arrival: { facts, verdict }, worth }: Ranked) =>
    worth > standing.worth && verdict?.identity === sender.address && facts.sender.address === sender.address
  return ranked.find(one => judged.includes(one.arrival) || takesItsPlace(one)) ?? standing
}

/** `copies` are those of `plain` that are worth as much, the earliest first. */
function asUnit(
  id: MessageId,
  plain: Arrival,
  copies: readonly Arrival[],
  rules: Rules,
  { elsewhere, judged }: Pick<Unit, 'elsewhere' | 'judged'>,
): Unit {
  const verdict = plain.verdict ?? pending
  const { said } = first(copies).facts
  const counts = verdict.confirmed ?? firstKnown(copies) ?? Math.max(said, peopledSince(rules))
  const roster = datedRosterAt(rules.rosters, counts)
  const facts = relayedFacts(vouchedFacts(plain.facts, verdict), roster)
  return {
    id,
    facts,
    said,
    imposters: 0,
    shown: null,
    text: plain.hash,
    texts: none,
    elsewhere,
    judged,
    afterHistory: false,
    landed: plain.landed ?? [],
    namedCommit: plain.namedCommit ?? null,
    verdict,
    counts,
    automatic: isAutomatic(facts, roster.people),
    trusted: isOurs(verdict) || (isListed(facts, roster.people) && isBelieved(verdict, facts, rules)),
    note: plain.note ?? false,
  }
}

/** When the first of them came live; null when all are of archives. */
function firstKnown(copies: readonly Arrival[]): number | null {
  let known: number | null = null
  for (const { knownAt } of copies)
    if (knownAt !== null && (known === null || knownAt < known)) known = knownAt
  return known
}

const isAutomatic = ({ robot, sender }: MailFacts, people: Roster): boolean =>
  robot !== null ? traitsOf(robot).behind !== 'person' : isListed({ sender }, people)

const isListed = ({ sender }: Pick<MailFacts, 'sender'>, people: Roster): boolean =>
  robotsIn(people).has(sender.address)

/** Asked of each mail of a thread, of a thousand people. */
const robotsIn = memo(
  (people: Roster) => new Set(people.filter(({ role }) => role === 'robot').flatMap(addressesOf)),
)

/** It left through our own outbox, or is a note. */
const isOurs = (verdict: Verdict): boolean =>
  isNoted(verdict) || (verdict.how.code === 'signed' && verdict.how.check.method === 'outbox')

function isBelieved({ grade, identity }: Verdict, { sender }: MailFacts, { trust, history }: Rules): boolean {
  if (trust === 'from') return true
  if (grade === 'I') return history
  return grade !== 'C' && (identity === undefined || identity === sender.address)
}

/** The copies of each text. */
function textsOf(arrivals: readonly Arrival[]): readonly Arrival[][] {
  return [...groupBy(arrivals, textAndSender(arrivals)).values()]
}

/** An archive is older than the configuration as a rule: while nobody was named, the first who are named count for it. */
const peopledSince = ({ rosters }: Rules) => rosters.find(namesPeople)?.since ?? Number.NEGATIVE_INFINITY

/** A grade belongs to bytes: an unsigned copy lends none and takes none. What is vouched for somebody else is worth less. */
function worthOf({ verdict, facts }: Arrival, { history }: Rules): number {
  const { grade, identity, how } = verdict ?? pending
  // Its id can be reckoned by anybody, and its mail is not what anybody sent.
  if (how.code === 'brought') return worths.A + 1
  const vouched = identity === undefined || identity === facts.sender.address
  return worths[grade === 'I' && !history ? 'C' : grade] - (vouched ? 0 : 0.5)
}

const worths = { A: 4, B: 3, I: 2, C: 1 } as const

interface Ranked {
  readonly arrival: Arrival
  readonly worth: number
}

const bestFirst = (a: Ranked, b: Ranked) => b.worth - a.worth || earliestFirst(a.arrival, b.arrival)

/**
 * What two copies share. Some lists leave only the name of a sender whom they rewrite ("X via list"): who has that name
 * in a copy with the same text is the same person.
 */
function textAndSender(arrivals: readonly Arrival[]): (arrival: Arrival) => string {
  const named = ({ facts }: Arrival) => `${facts.textHash} ${facts.sender.name.toLowerCase()}`
  const addresses = new Map(
    arrivals
      .filter(hasAddress)
      .sort(earliestFirst)
      .reverse()
      .map(arrival => [named(arrival), arrival.facts.sender.address]),
  )
  return arrival =>
    `${arrival.facts.textHash} ${arrival.facts.sender.address || (addresses.get(named(arrival)) ?? arrival.facts.sender.name)}`
}

const hasAddress = ({ facts }: Arrival) => facts.sender.address !== ''

function earliestFirst(a: Arrival, b: Arrival): number {
  return saidIn(a) - saidIn(b) || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)
}

/** A copy that lost its date says nothing of the time. */
const saidIn = ({ facts }: Arrival) => (facts.said === 0 ? Number.MAX_SAFE_INTEGER : facts.said)

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  return Map.groupBy(items, key)
}

function first<T>(items: readonly T[]): T {
  const item = items[0]
  if (item === undefined) throw new Error('A group of arrivals is empty')
  return item
}
