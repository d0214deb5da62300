// Arrivals -> mails. Copies of a mail (directly and through the list) are one; the same id with another text is an
// imposter, kept and counted. Which text is the mail never depends on which came first.
import type { MessageId } from '../../base/ids.ts'
import type { MailFacts } from '../mail/facts.ts'

/** One arrival as the fold sees it: its facts, and the hash of its bytes for a last, fair tie-break. */
export interface Arrival {
  readonly hash: string
  readonly facts: MailFacts
}

export interface Unit {
  readonly id: MessageId
  readonly facts: MailFacts
  /** Earliest said time of the copies. */
  readonly said: number
  /** Other texts seen under this id. */
  readonly imposters: number
}

export function unitsOf(arrivals: readonly Arrival[]): Unit[] {
  return [...groupBy(arrivals, arrival => arrival.facts.messageId)].map(([id, same]) => unitOf(id, same))
}

function unitOf(id: MessageId, arrivals: readonly Arrival[]): Unit {
  const [only] = arrivals
  if (only && arrivals.length === 1) return { id, facts: only.facts, said: only.facts.said, imposters: 0 }
  const texts = [...groupBy(arrivals, textAndSender(arrivals))]
    .map(([, copies]) => [...copies].sort(earliestFirst))
    .sort((a, b) => earliestFirst(first(a), first(b)))
  const primary = first(texts)
  // Of the copies the undressed one is read: its subject and sender are the author's own.
  const known = primary.filter(hasAddress)
  const plain = known.find(({ facts }) => facts.dressing === '') ?? known[0] ?? first(primary)
  return { id, facts: plain.facts, said: first(primary).facts.said, imposters: texts.length - 1 }
}

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
  return a.facts.said - b.facts.said || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  return Map.groupBy(items, key)
}

function first<T>(items: readonly T[]): T {
  const item = items[0]
  if (item === undefined) throw new Error('A group of arrivals is empty')
  return item
}
