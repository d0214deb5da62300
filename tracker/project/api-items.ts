// The pieces of patchsets that patchwork's clients list, beside the topics they are made from: compared with what stands, and what
// differs is written, in the transaction of the fold. They go with their topic.
import { hash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { memo } from '../../base/memo.ts'
import { keepRecent } from '../../base/recent.ts'
import { toStorableJson, toStorableText } from '../../base/storable.ts'
import { personIds } from '../../sql/api-id.ts'
import type { Tables } from '../../sql/tables.ts'
import { type Item, patchworkItems } from '../topic/patchwork-items.ts'
import { personKey } from '../topic/reviews.ts'
import type { Topic } from '../topic/topic.ts'
import type { FoldInputs } from './fold-inputs.ts'
import type { StandingTopic } from './standing-topics.ts'

/** A topic that was written just now. */
interface WrittenTopic {
  readonly id_key: IndexKey
  readonly topic: Topic
  readonly before: Pick<StandingTopic, 'kind' | 'written'> | undefined
}

export interface ApiItems {
  /** `transaction`: that which wrote the topics, as their rows name it. */
  write(trx: Trx, topics: readonly WrittenTopic[], transaction: string | undefined): Promise<void>
}

type Trx = Transaction<Tables>

/** Of one fold. */
export function apiItems(
  db: Kysely<Tables>,
  list: ListId,
  { places, ownWords }: Pick<FoldInputs, 'places' | 'ownWords'>,
): ApiItems {
  return {
    async write(trx, topics, transaction) {
      const standing = await standingItems(db, trx, list, topics)
      const differences = topics.map(({ id_key, topic }) => {
        const items = patchworkItems(topic, places, ownWords)
        if (transaction !== undefined) keepItems(db, nameOfTopic(list, id_key), transaction, items)
        const { kept, digests } = standing.get(id_key) ?? none
        return kept ? differenceFrom(id_key, items, kept) : differenceOf(id_key, items, digests)
      })
      await dropItems(
        trx,
        list,
        differences.flatMap(({ gone }) => gone),
      )
      await upsert(
        db,
        trx,
        list,
        differences.flatMap(({ differing }) => differing),
      )
    },
  }
}

/** The items of one topic as they stand: themselves where they are still at hand, else by name their digests. */
type Items =
  | { readonly kept: readonly Item[]; readonly digests?: undefined }
  | { readonly kept?: undefined; readonly digests: Digests }

type Digests = ReadonlyMap<string, string>

const none: Items = { digests: new Map() }

/** `KIND ID`, which is one item of all. */
const named = memo((item: Item) => ({
  name: `${item.kind} ${item.id}`,
  digest: hash('sha256', JSON.stringify(item), 'base64url').slice(0, 16),
}))

interface ItemOfTopic {
  readonly topic: IndexKey
  readonly item: Item
}

interface Difference {
  readonly differing: readonly ItemOfTopic[]
  readonly gone: readonly { readonly topic: IndexKey; readonly name: string }[]
}

/** Of a long thread nearly all items are the very same values as in its last fold. */
function differenceFrom(topic: IndexKey, items: readonly Item[], kept: readonly Item[]): Difference {
  const [before, now] = [new Set(kept), new Set(items)]
  const left = kept.filter(item => !now.has(item))
  const fresh = items.filter(item => !before.has(item))
  return differenceOf(topic, fresh, new Map(left.map(item => [named(item).name, named(item).digest])))
}

function differenceOf(topic: IndexKey, items: readonly Item[], standing: Digests): Difference {
  const differing = items.filter(item => standing.get(named(item).name) !== named(item).digest)
  const kept = items.filter(item => standing.has(named(item).name)).length
  if (kept === standing.size) return { differing: differing.map(item => ({ topic, item })), gone: [] }
  const wanted = new Set(items.map(item => named(item).name))
  const gone = [...standing.keys()].filter(name => !wanted.has(name))
  return { differing: differing.map(item => ({ topic, item })), gone: gone.map(name => ({ topic, name })) }
}

/** Of topics that stood before. Their items were written with the row, by the same transaction: what is known of those is asked once. */
async function standingItems(
  db: Kysely<Tables>,
  trx: Trx,
  list: ListId,
  topics: readonly WrittenTopic[],
): Promise<ReadonlyMap<IndexKey, Items>> {
  const recent = recentOf(db)
  const found = new Map<IndexKey, Items>()
  const asked: IndexKey[] = []
  for (const { id_key, before } of topics) {
    if (before?.kind !== 'patchset') continue
    const known = recent.get(nameOfTopic(list, id_key))
    if (known?.transaction === before.written) found.set(id_key, { kept: known.items })
    else asked.push(id_key)
  }
  if (asked.length === 0) return found
  // One text for all items of a topic: of a long thread there are thousands.
  const { rows } = await sql<{ topic_key: IndexKey; items: string }>`
    select topic_key, string_agg(concat_ws(' ', digest, kind, id), ',') as items from api_item
    where list_id = ${list} and topic_key = any(${asked}::text[]) group by topic_key`.execute(trx)
  for (const { topic_key, items } of rows)
    found.set(topic_key, {
      digests: new Map(items.split(',').map(one => [one.slice(17), one.slice(0, 16)])),
    })
  return found
}

const nameOfTopic = (list: ListId, topic: IndexKey) => `${list} ${topic}`

interface KeptItems {
  /** The transaction that wrote them. Was it rolled back, no row names it. */
  readonly transaction: string
  readonly items: readonly Item[]
}

/** Of each database: another one has other topics under the same names. */
const recentOf = memo((_: Kysely<Tables>) => keepRecent<KeptItems>(limits.itemsKeptBytesMax))

/** An import writes thousands of small topics once: keeping their items would only cost memory. */
function keepItems(db: Kysely<Tables>, topic: string, transaction: string, items: readonly Item[]): void {
  if (items.length < keptItemsMin) return
  recentOf(db).keep(topic, { transaction, items }, items.length * itemBytes)
}

/** Below this, asking costs less than the rest of the fold. */
const keptItemsMin = 30
/** Its texts are mostly those of its mail. */
const itemBytes = 300

async function dropItems(trx: Trx, list: ListId, gone: Difference['gone']): Promise<void> {
  if (gone.length === 0) return
  const names = gone.map(({ name }) => name.split(' '))
  await sql`
    delete from api_item using unnest(${names.map(([kind]) => kind)}::text[], ${names.map(([, id]) => id)}::bigint[],
      ${gone.map(({ topic }) => topic)}::text[]) as gone (kind, id, topic_key)
    where api_item.kind = gone.kind and api_item.id = gone.id and api_item.topic_key = gone.topic_key
      and list_id = ${list}`.execute(trx)
}

async function upsert(
  db: Kysely<Tables>,
  trx: Trx,
  list: ListId,
  items: readonly ItemOfTopic[],
): Promise<void> {
  if (items.length === 0) return
  const people = await personIds(
    db,
    trx,
    items.flatMap(({ item: { person, delegate } }) => [
      personKey(person),
      ...(delegate ? [personKey(delegate)] : []),
    ]),
  )
  const rows = items.map(({ topic, item }) => ({
    kind: item.kind,
    id: item.id,
    topic_key: topic,
    parent: item.parent,
    message_key: indexKey(item.mail),
    message_id: toStorableText(item.mail),
    said: new Date(item.said).toISOString(),
    known_at: new Date(item.known).toISOString(),
    name: toStorableText(item.name),
    person: people.get(personKey(item.person)),
    state: item.state,
    delegate: item.delegate ? people.get(personKey(item.delegate)) : null,
    archived: item.archived,
    hash: item.hash,
    checked: item.checked,
    data: item.data,
    digest: named(item).digest,
  }))
  await sql`
    insert into api_item (list_id, kind, id, topic_key, parent, message_key, message_id, said, known_at, name,
      person, state, delegate, archived, hash, checked, data, digest)
    select ${list}, kind, id, topic_key, parent, message_key, message_id, said, known_at, name,
      person, state, delegate, archived, hash, checked, data, digest
    from jsonb_to_recordset(${toStorableJson(rows)}::jsonb) as item (kind text, id bigint, topic_key text, parent bigint,
      message_key text, message_id text, said timestamptz, known_at timestamptz, name text,
      person integer, state text, delegate integer, archived boolean, hash text, checked text, data jsonb, digest text)
    on conflict (kind, id) do update set (list_id, topic_key, parent, message_key, message_id, said, known_at, name,
        person, state, delegate, archived, hash, checked, data, digest) =
      (excluded.list_id, excluded.topic_key, excluded.parent, excluded.message_key, excluded.message_id, excluded.said,
       excluded.known_at, excluded.name, excluded.person, excluded.state, excluded.delegate, excluded.archived,
       excluded.hash, excluded.checked, excluded.data, excluded.digest)`.execute(trx)
}
