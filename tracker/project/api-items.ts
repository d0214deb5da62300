// The pieces of patchsets that patchwork's clients list, beside the topics they are made from: compared with what stands, and what
// differs is written, in the transaction of the fold. They go with their topic.
import { createHash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { toStorableJson, toStorableText } from '../../base/storable.ts'
import { personIds } from '../../sql/api-id.ts'
import type { Tables } from '../../sql/tables.ts'
import { type Item, type Place, patchworkItems } from '../topic/patchwork-items.ts'
import { personKey } from '../topic/reviews.ts'
import type { Topic } from '../topic/topic.ts'

interface WrittenTopic {
  readonly id_key: IndexKey
  readonly topic: Topic
}

type Trx = Transaction<Tables>

/** Of topics that were written just now. */
export async function writeApiItems(trx: Trx, list: ListId, topics: readonly WrittenTopic[]): Promise<void> {
  if (topics.length === 0) return
  const standing = await standingItems(
    trx,
    list,
    topics.map(({ id_key }) => id_key),
  )
  const patchsets = topics.filter(({ topic }) => topic.kind === 'patchset')
  if (patchsets.length === 0 && standing.size === 0) return
  const places = await placesOf(
    trx,
    list,
    patchsets.flatMap(({ topic }) => [...topic.mails, ...(topic.notes ?? [])].map(({ id }) => id)),
  )
  const own = patchsets.length > 0 ? await ownWords(trx, list) : []
  const wanted = patchsets.flatMap(({ id_key, topic }) =>
    patchworkItems(topic, places, own).map(item => withDigest(id_key, item)),
  )
  await dropItems(trx, list, standing, wanted)
  await upsert(
    trx,
    list,
    wanted.filter(({ name, digest }) => standing.get(name) !== digest),
  )
}

interface WantedItem {
  readonly topic: IndexKey
  readonly item: Item
  /** `TOPIC KIND ID`; a topic's key holds no space. */
  readonly name: string
  readonly digest: string
}

function withDigest(topic: IndexKey, item: Item): WantedItem {
  const digest = createHash('sha256').update(JSON.stringify(item)).digest('base64url').slice(0, 16)
  return { topic, item, name: `${item.kind} ${item.id} ${topic}`, digest }
}

/** By name the digest. One text for all: of a long thread there are thousands. */
async function standingItems(
  trx: Trx,
  list: ListId,
  topics: readonly IndexKey[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ items: string | null }>`
    select string_agg(concat_ws(' ', digest, kind, id, topic_key), e'\\n') as items from api_item
    where list_id = ${list} and topic_key = any(${topics}::text[])`.execute(trx)
  const lines = rows[0]?.items?.split('\n') ?? []
  return new Map(lines.map(line => [line.slice(17), line.slice(0, 16)]))
}

/** The first copy of each mail says where it stands; those behind it change nothing. */
async function placesOf(
  trx: Trx,
  list: ListId,
  ids: readonly MessageId[],
): Promise<ReadonlyMap<MessageId, Place>> {
  const byKey = new Map(ids.map(id => [indexKey(id), id]))
  if (byKey.size === 0) return new Map()
  const { rows } = await sql<{ key: IndexKey; seq: string; known: number }>`
    select message_key as key, min(seq) as seq, floor(extract(epoch from min(known_at)) * 1000)::float as known from mail
    where list_id = ${list} and message_key = any(${[...byKey.keys()]}::text[]) group by message_key`.execute(
    trx,
  )
  return new Map(
    rows.flatMap(({ key, seq, known }): [MessageId, Place][] => {
      const id = byKey.get(key)
      return id === undefined ? [] : [[id, { seq: Number(seq), known }]]
    }),
  )
}

/** What stands in brackets on every mail of the list. */
async function ownWords(trx: Trx, list: ListId): Promise<string[]> {
  const { rows } = await sql<{ name: string; prefix: string | null }>`
    select name, settings->>'prefix' as prefix from list where id = ${list}`.execute(trx)
  return rows.flatMap(({ name, prefix }) => [name, ...(prefix === null ? [] : prefix.split(/[,\s]+/))])
}

async function dropItems(
  trx: Trx,
  list: ListId,
  standing: ReadonlyMap<string, string>,
  wanted: readonly WantedItem[],
): Promise<void> {
  const kept = new Set(wanted.map(({ name }) => name))
  const gone = [...standing.keys()].filter(name => !kept.has(name)).map(name => name.split(' '))
  if (gone.length === 0) return
  await sql`
    delete from api_item using unnest(${gone.map(([kind]) => kind)}::text[], ${gone.map(([, id]) => id)}::bigint[],
      ${gone.map(([, , ...topic]) => topic.join(' '))}::text[]) as gone (kind, id, topic_key)
    where api_item.kind = gone.kind and api_item.id = gone.id and api_item.topic_key = gone.topic_key
      and list_id = ${list}`.execute(trx)
}

async function upsert(trx: Trx, list: ListId, items: readonly WantedItem[]): Promise<void> {
  if (items.length === 0) return
  const people = await personIds(
    trx,
    items.flatMap(({ item: { person, delegate } }) => [
      personKey(person),
      ...(delegate ? [personKey(delegate)] : []),
    ]),
  )
  const rows = items.map(({ topic, item, digest }) => ({
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
    digest,
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
