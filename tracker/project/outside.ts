// What topics say of each other, from one cluster to another. It is written with the topic that says it and read by the fold
// of the other's cluster, which is folded again when it changes: so either may come first.
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { type When, wake } from '../../sql/wake.ts'
import type { MailFacts } from '../mail/facts.ts'
import type { Closing } from '../topic/closing.ts'
import type { Outside } from '../topic/outside.ts'
import type { Topic } from '../topic/topic.ts'
import type { Arrival } from '../topic/unit.ts'
import { bugsNumbered } from './bug-number.ts'
import { type ClosingRow, closingDigest, closingRows, closingsFor, writeClosings } from './closings.ts'
import { type ErrandRow, errandRows, errandsFor, writeErrands } from './errands.ts'
import { changedBetween, type Heard } from './heard.ts'
import { release } from './untold.ts'

type Trx = Transaction<Tables>

/** What the clusters with these mails hear of others. */
export async function outsideOf(
  trx: Trx,
  list: ListId,
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
): Promise<Outside> {
  const own = [...arrivals.values()].flat().map(({ facts }) => facts)
  const spokenOf = await spokenOfAmong(trx, list, own)
  const errands = await errandsFor(trx, list, spokenOf)
  const lines = errands.map(({ tags }) => ({ tags, trailers: [] }))
  return {
    closings: await closingsFor(trx, list, spokenOf),
    errands,
    numbers: await bugsNumbered(trx, list, [...own, ...lines]),
  }
}

/** The keys of those of these mails that another topic may speak of; of a large thread few, and as a rule the list has fewer. */
async function spokenOfAmong(
  trx: Trx,
  list: ListId,
  mails: readonly MailFacts[],
): Promise<readonly string[]> {
  const keys = () => [...new Set(mails.map(({ messageId }) => indexKey(messageId)))]
  if (mails.length < largeMin) return keys()
  const { rows } = await sql<{ target_key: string }>`
    (select target_key from claim where list_id = ${list} limit ${sql.lit(spokenOfMax)})
    union all (select target_key from errand where list_id = ${list} limit ${sql.lit(spokenOfMax)})`.execute(
    trx,
  )
  if (rows.length === 0) return []
  if (rows.length >= spokenOfMax) return keys()
  const targets = new Set(rows.map(row => row.target_key))
  return keys().filter(key => targets.has(key))
}

const largeMin = 200
const spokenOfMax = 500

/** What a fold leaves to be written. */
interface Moved {
  readonly closings: readonly ClosingRow[]
  readonly errands: readonly ErrandRow[]
  /** What is heard otherwise than before. */
  readonly changed: readonly Heard[]
}

/** Takes back what the topics that are written again or gone have said. Before they are deleted. */
export async function moveOutside(
  trx: Trx,
  list: ListId,
  topics: { readonly gone: readonly string[]; readonly written: readonly { id_key: string; topic: Topic }[] },
): Promise<Moved> {
  const keys = [...topics.gone, ...topics.written.map(row => row.id_key)]
  if (keys.length === 0) return { closings: [], errands: [], changed: [] }
  const old = await takeBack(trx, list, keys)
  const closings = closingRows(topics.written)
  const errands = errandRows(topics.written)
  return {
    closings,
    errands,
    changed: [...changedBetween(old.closings, closings), ...changedBetween(old.errands, errands)],
  }
}

/** What the topics with these keys have said is said no more. */
async function takeBack(
  trx: Trx,
  list: ListId,
  keys: readonly string[],
): Promise<{ closings: Heard[]; errands: Heard[] }> {
  const { rows } = await sql<{
    topic_key: string
    target_key: string
    closing: Closing | null
    digest: string | null
  }>`
    with closings as (delete from claim where list_id = ${list} and topic_key = any(${keys}::text[])
      returning topic_key, target_key, data),
    errands as (delete from errand where list_id = ${list} and topic_key = any(${keys}::text[])
      returning topic_key, target_key, digest)
    select topic_key, target_key, data as closing, null as digest from closings
    union all select topic_key, target_key, null, digest from errands`.execute(trx)
  const heard = (wanted: boolean) =>
    rows
      .filter(({ closing }) => (closing !== null) === wanted)
      .map(({ closing, digest, ...row }) => ({
        ...row,
        digest: closing ? closingDigest(closing) : (digest ?? ''),
      }))
  return { closings: heard(true), errands: heard(false) }
}

/** After the topics stand. */
export async function writeOutside(trx: Trx, list: ListId, { closings, errands }: Moved): Promise<void> {
  await writeClosings(trx, list, closings)
  await writeErrands(trx, list, errands)
}

/** What the topics of a cluster said is not said any more; call it before they are deleted. Answers whether they said anything. */
export async function dropOutside(
  db: Kysely<Tables>,
  list: ListId,
  cluster: string,
  when: When,
): Promise<boolean> {
  const { rows: topics } = await sql<{ id_key: string }>`
    select id_key from topic where list_id = ${list} and cluster = ${cluster}::bigint`.execute(db)
  const keys = topics.map(row => row.id_key)
  const targets = await release(db, list, keys)
  for (const table of ['claim', 'errand'] as const) {
    const { rows } = await sql<{ target_key: string }>`
      delete from ${sql.table(table)} where list_id = ${list} and topic_key = any(${keys}::text[])
      returning target_key`.execute(db)
    targets.push(...rows.map(row => row.target_key))
  }
  if (targets.length > 0) await wake(db, clustersOf(list, targets), when)
  return targets.length > 0
}

/** What selects the clusters of these mails. */
export const clustersOf = (list: ListId, targets: readonly string[]): RawBuilder<unknown> =>
  sql`select cluster from fact where list_id = ${list} and message_key = any(${targets}::text[])`
