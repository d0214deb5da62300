// All that folding some clusters asks of the database: their arrivals as the .mailmap means their people, with their landings,
// who may do what, whom the list knows, and what other topics say of these.
import type { Kysely, Transaction } from 'kysely'
import type { ClusterId, ListId, MessageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { KnownPeople } from '../topic/known-people.ts'
import { arrivalWithMailmap, type Mailmap, rostersWithMailmap } from '../topic/mailmap.ts'
import type { Outside } from '../topic/outside.ts'
import type { Place } from '../topic/patchwork-items.ts'
import type { Rules } from '../topic/rules.ts'
import type { Arrival } from '../topic/unit.ts'
import { clusterArrivals, type StoredArrival } from './cluster-arrivals.ts'
import { judgedIn } from './judged.ts'
import { knownPeopleFor } from './known-people.ts'
import { withLandings } from './land.ts'
import { foldingRulesOf } from './people.ts'
import { outsideOf } from './statements.ts'

export interface FoldInputs {
  readonly arrivals: ReadonlyMap<ClusterId, readonly Arrival[]>
  readonly rules: Rules
  readonly known: KnownPeople
  readonly outside: Outside
  /** A topic bears a mark (statements-due.ts). */
  readonly marked: boolean
  readonly places: ReadonlyMap<MessageId, Place>
  /** The words in brackets that say nothing on this list. */
  readonly ownWords: readonly string[]
}

/**
 * To be asked under the list's fold lock. `trx` is one of `db`. `more`: an arrival that is not in the log, as if it were in the
 * first cluster.
 */
export async function foldInputs(
  trx: Transaction<Tables>,
  list: ListId,
  clusters: readonly ClusterId[],
  db: Kysely<Tables>,
  more?: Arrival,
): Promise<FoldInputs> {
  const { rules: written, mailmap, following, speaks, marked, ownWords } = await foldingRulesOf(trx, list)
  const rules = { ...written, rosters: rostersWithMailmap(written.rosters, mailmap) }
  const stored = await clusterArrivals(trx, clusters, db)
  const places = placesOf(stored)
  const arrivals = await withLandings(
    trx,
    list,
    mapped(withOneMore(stored, clusters, more), mailmap),
    following,
  )
  const known = await knownPeopleFor(trx, list, arrivals)
  const heard = await outsideOf(trx, list, arrivals, speaks)
  const outside = { ...heard, judged: await judgedIn(trx, list, arrivals, heard.statements.length > 0) }
  return { arrivals, rules, known, outside, marked, places, ownWords }
}

type Arrivals = Map<ClusterId, Arrival[]>

function withOneMore(arrivals: Arrivals, [first]: readonly ClusterId[], more: Arrival | undefined): Arrivals {
  if (more && first !== undefined) arrivals.get(first)?.push(more)
  return arrivals
}

/** Of several copies the first. */
function placesOf(stored: ReadonlyMap<ClusterId, readonly StoredArrival[]>): Map<MessageId, Place> {
  const places = new Map<MessageId, Place>()
  for (const arrivals of stored.values())
    for (const { facts, place } of arrivals) {
      const known = places.get(facts.messageId)
      if (known === undefined || place.seq < known.seq) places.set(facts.messageId, place)
    }
  return places
}

/** The people that the .mailmap means in place of those the mails name. */
function mapped(arrivals: Arrivals, mailmap: Mailmap): Arrivals {
  if (mailmap.length === 0) return arrivals
  const one = (arrival: Arrival) => arrivalWithMailmap(arrival, mailmap)
  return new Map([...arrivals].map(([cluster, mails]) => [cluster, mails.map(one)]))
}
