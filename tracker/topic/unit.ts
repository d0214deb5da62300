// Arrivals -> mails. Copies of a mail (directly and through the list) are one; the same id with another text is an
// imposter, kept and counted. Which text is the mail never depends on which came first.
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { MailFacts } from '../mail/facts.ts'
import { traitsOf } from '../mail/robots.ts'
import type { Held, Landing } from './landing.ts'
import { addressesOf, type Roster, type Rules, rosterAt } from './rules.ts'
import { pending, type Verdict } from './verdict.ts'

/** One arrival as the fold sees it: its facts, and the hash of its bytes for a last, fair tie-break. */
export interface Arrival {
  readonly hash: string
  readonly facts: MailFacts
  /** The commits that this patch became, or that close this bug; equal for all arrivals of a mail. */
  readonly landed?: readonly Landing[]
  /** Of a mail that names a commit, where the branches are followed. */
  readonly held?: Held
  /** Null for a live mail that nobody looked at yet; that of an import is `imported`. */
  readonly verdict: Verdict | null
  /** When a live mail came, milliseconds; null for an imported one. */
  readonly knownAt: number | null
}

export interface Unit {
  readonly id: MessageId
  readonly facts: MailFacts
  /** Earliest said time of the copies. */
  readonly said: number
  /** Other texts seen under this id. */
  readonly imposters: number
  /** The hash of the arrival that is read, in hex; null when it is the earliest said of all. */
  readonly shown: string | null
  readonly landed: readonly Landing[]
  readonly held: Held | null
  /** The best of its copies'. */
  readonly verdict: Verdict
  /** The time whose roster counts: when it came live, else when it was said. */
  readonly counts: number
  /** A program wrote it: it is known, says so, or the list's people call its sender a robot. */
  readonly automatic: boolean
}

export function unitsOf(all: readonly Arrival[], rules: Rules): Unit[] {
  const ids = new Set(all.map(({ facts }) => facts.messageId))
  const arrivals = all.map(arrival =>
    arrival.facts.wraps && ids.has(arrival.facts.wraps)
      ? { ...arrival, facts: wrapperOf(arrival.facts, arrival.facts.wraps) }
      : arrival,
  )
  if (ids.size === arrivals.length)
    return arrivals.map(arrival => unitOf(arrival.facts.messageId, [arrival], rules))
  return [...groupBy(arrivals, arrival => arrival.facts.messageId)].map(([id, same]) =>
    unitOf(id, same, rules),
  )
}

/** What a list wrapped is here by itself: the wrapper says nothing that the mail does not say. */
const wrapperOf = ({ result: _, ...facts }: MailFacts, wraps: MessageId): MailFacts => ({
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

function unitOf(id: MessageId, arrivals: readonly Arrival[], rules: Rules): Unit {
  const [only] = arrivals
  // Nearly every mail came once.
  if (only && arrivals.length === 1) return asUnit(id, only, only.verdict ?? pending, [only], rules)
  const ranked = textsOf(arrivals)
    .map(copies => ({ copies, ...bestVerdict(copies, rules) }))
    .sort((a, b) => b.worth - a.worth || earliestFirst(first(a.copies), first(b.copies)))
  const { copies: primary, verdict } = first(ranked)
  // Of the copies the undressed one is read: its subject and sender are the author's own.
  const known = primary.filter(hasAddress)
  const plain = known.find(({ facts }) => facts.dressing === '') ?? known[0] ?? first(primary)
  const earliest = first([...arrivals].sort(earliestFirst))
  const shown = plain.hash === earliest.hash ? null : plain.hash
  return { ...asUnit(id, plain, verdict, primary, rules), imposters: ranked.length - 1, shown }
}

/** `copies` are those of `plain`, the earliest first; nothing else came under this id. */
function asUnit(
  id: MessageId,
  plain: Arrival,
  verdict: Verdict,
  copies: readonly Arrival[],
  rules: Rules,
): Unit {
  const { said } = first(copies).facts
  const live = copies.flatMap(copy => copy.knownAt ?? [])
  const counts =
    verdict.confirmed ?? (live.length > 0 ? Math.min(...live) : Math.max(said, peopledSince(rules)))
  return {
    id,
    facts: plain.facts,
    said,
    imposters: 0,
    shown: null,
    landed: plain.landed ?? [],
    held: plain.held ?? null,
    verdict,
    counts,
    automatic: isAutomatic(plain.facts, rosterAt(rules.rosters, counts)),
  }
}

const isAutomatic = ({ robot, sender }: MailFacts, people: Roster): boolean =>
  robot !== null
    ? traitsOf(robot).behind !== 'person'
    : people.some(entry => entry.role === 'robot' && addressesOf(entry).includes(sender.address))

/** The copies of each text, earliest first. */
function textsOf(arrivals: readonly Arrival[]): readonly Arrival[][] {
  return [...groupBy(arrivals, textAndSender(arrivals))].map(([, copies]) => [...copies].sort(earliestFirst))
}

/** An archive is older than the configuration as a rule: while nobody was named, the first who are named count for it. */
const peopledSince = ({ rosters }: Rules) =>
  rosters.find(({ people }) => people.length > 0)?.since ?? Number.NEGATIVE_INFINITY

/** A live copy tells more than the archive, and takes its word away; one that comes long after is somebody's replay. */
function bestVerdict(copies: readonly Arrival[], { history }: Rules): { verdict: Verdict; worth: number } {
  const live = copies.some(({ knownAt, facts }) => knownAt !== null && knownAt - facts.said < replayMs)
  const verdicts = copies.map(({ verdict, facts }) => {
    const known = verdict ?? pending
    const vouched = known.identity === undefined || known.identity === facts.sender.address
    return {
      verdict: known,
      worth: worths[known.grade === 'I' && !history ? 'C' : known.grade] - (vouched ? 0 : 0.5),
    }
  })
  const counted = live ? verdicts.filter(({ verdict }) => verdict.grade !== 'I') : verdicts
  return first([...counted].sort((a, b) => b.worth - a.worth))
}

const worths = { A: 4, B: 3, I: 2, C: 1 } as const
const replayMs = limits.replayDaysMin * 86_400_000

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
