// Where a request leads: the list, and of a Message-ID the topic that holds it, with the versions of both. It is the
// one query behind every page, and all that a 304 needs.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type IndexKey, type ListId, listId, type MessageId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { completeList, type ListConfig } from '../../base/list-settings.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { primaryFirst } from './mails.ts'

export interface ListRow extends ListConfig {
  readonly id: ListId
  /** Another one with every change to what the list's pages show, but for that of a setting. */
  readonly version: string
  /** Its topics are being made again: what stands is shown, and counts may be wrong until that has ended. */
  readonly rebuilding: boolean
  /** Something of it was to be built. */
  readonly builds: boolean
}

export interface LocatedMail {
  readonly list: ListRow
  readonly id: MessageId
  readonly key: IndexKey
  /** Of its bytes; of its copies those to show (mails.ts). */
  readonly hash: Buffer
  /** Null for a mail that is in the log and not sorted yet. */
  readonly topic: { readonly key: IndexKey; readonly version: string } | null
  /** The same mail on other lists, by name. */
  readonly twins: readonly Twin[]
}

export interface Twin {
  /** The name of the list. */
  readonly list: string
  readonly id: string
  /** Of the topic there. */
  readonly state: Topic['state']
}

/** A mail that was taken out of sight. */
export interface Gone {
  readonly kind: 'hidden' | 'purged'
  readonly who: string
  readonly reason: string
  /** Milliseconds. */
  readonly at: number
}

/** The list of this name; undefined when there is none. */
export async function findListRow(db: Kysely<Tables>, name: string): Promise<ListRow | undefined> {
  const row = await db
    .selectFrom('list')
    .select(['id', 'settings', 'version'])
    .select([isRebuilt(sql`list.id`).as('rebuilding'), hasBuilds(sql`list.id`).as('builds')])
    .where('name', '=', toStorableText(name))
    .executeTakeFirst()
  return row && toListRow(row)
}

/** All lists, by name. */
export async function findListRows(db: Kysely<Tables>): Promise<ListRow[]> {
  const rows = await db
    .selectFrom('list')
    .select(['id', 'settings', 'version'])
    .select([isRebuilt(sql`list.id`).as('rebuilding'), hasBuilds(sql`list.id`).as('builds')])
    .orderBy('name')
    .execute()
  return rows.map(toListRow)
}

/** Topics from before stand with cluster 0 until all is folded. */
const isRebuilt = (list: RawBuilder<unknown>) =>
  sql<boolean>`exists (select from topic old where old.list_id = ${list} and old.cluster = 0)`

const hasBuilds = (list: RawBuilder<unknown>) =>
  sql<boolean>`exists (select from build b where b.list_id = ${list})`

const versionOf = ({
  version,
  rebuilding,
  builds,
}: Pick<ListRow, 'version' | 'rebuilding' | 'builds'>): string =>
  `${version}${rebuilding ? ' rebuilding' : ''}${builds ? ' builds' : ''}`

/** A mail on a list; `unknown` when the list exists and the mail does not, `gone` when it is out of sight. */
export async function locateMail(
  db: Kysely<Tables>,
  name: string,
  id: string,
): Promise<LocatedMail | { list: ListRow; unknown: true; gone: Gone | null } | undefined> {
  const asked = messageId(toStorableText(id))
  const key = indexKey(asked)
  const { rows } = await sql<LocatedRow>`
    select l.id, l.settings, l.version, ${isRebuilt(sql`l.id`)} as rebuilding, ${hasBuilds(sql`l.id`)} as builds,
      t.id_key, t.kind, concat_ws('-', t.version, t.cluster, t.mails, t.last_said,
        (select concat_ws('-', count(*), max(b.queued_at), max(b.started_at), max(b.ended_at))
          from build b where b.list_id = l.id and b.topic_key = t.id_key),
        (select max(a.at) from application a where a.list_id = l.id and a.topic_key = t.id_key)) as topic_version,
      own.message_id, own.raw_hash,
      case when own.raw_hash is null then (select json_build_object('kind', d.kind, 'who', d.who, 'reason', d.reason, 'at', floor(extract(epoch from d.at) * 1000))
        from tombstone d where d.message_key = ${key} and d.lifted_at is null and (d.list_id is null or d.list_id = l.id)
          and exists (select from mail m where m.list_id = l.id and m.message_key = ${key})
        order by d.kind desc, d.at limit 1) end as gone,
      (select json_agg(json_build_object('list', o.name, 'id', ${asked}::text, 'state', ot.state) order by o.name)
        from list o left join topic_mail om on om.list_id = o.id and om.message_key = ${key}
        left join topic ot on ot.list_id = o.id and ot.id_key = om.topic_key
        where o.id <> l.id and exists (
          select from mail m where m.list_id = o.id and m.message_key = ${key} and not m.hidden)) as twins
    from list l
    left join topic_mail tm on tm.list_id = l.id and tm.message_key = ${key}
    left join topic t on t.list_id = l.id and t.id_key = tm.topic_key
    left join lateral (
      select m.message_id, m.raw_hash from mail m ${primaryFirst(sql`l.id`, sql`${key}`)}
    ) own on l.settings->>'moderate' <> 'first' or tm.message_key is not null
    where l.name = ${toStorableText(name)}`.execute(db)
  const row = rows[0]
  if (row === undefined) return undefined
  const list = toListRow(row)
  const { message_id: shown, raw_hash: hash } = row
  if (shown === null || hash === null) return { list, unknown: true, gone: row.gone }
  return { list, id: messageId(shown), key, hash, topic: topicOf(row), twins: row.twins ?? [] }
}

/** The name of a list that has this mail, for addresses without a list; undefined when none has. */
export async function findListOfMail(db: Kysely<Tables>, id: string): Promise<string | undefined> {
  const key = indexKey(messageId(id))
  // Asked list by list: the log is indexed by list and id, and lists are few.
  const { rows } = await sql<{ name: string }>`
    select l.name from list l
    where exists (select from mail m where m.list_id = l.id and m.message_key = ${key} and not m.hidden)
    order by l.id limit 1`.execute(db)
  return rows[0]?.name
}

interface LocatedRow {
  id: number
  settings: ListConfig
  version: string
  rebuilding: boolean
  builds: boolean
  id_key: IndexKey | null
  kind: Topic['kind'] | null
  topic_version: string
  message_id: string | null
  raw_hash: Buffer | null
  gone: Gone | null
  twins: Twin[] | null
}

type ListColumns = Pick<LocatedRow, 'id' | 'settings' | 'version' | 'rebuilding' | 'builds'>

const toListRow = ({ id, settings, version, rebuilding, builds }: ListColumns): ListRow => ({
  ...completeList(settings),
  id: listId(id),
  version: versionOf({ version, rebuilding, builds }),
  rebuilding,
  builds,
})

/** The pages of these show the topics that name them, so they change with the list. */
const named: ReadonlySet<Topic['kind'] | null> = new Set(['bug', 'report', 'patchset'] as const)

const topicOf = ({
  id_key: key,
  kind,
  topic_version,
  version,
  rebuilding,
  builds,
}: LocatedRow): LocatedMail['topic'] => {
  if (key === null) return null
  const list = versionOf({ version, rebuilding, builds })
  return { key, version: named.has(kind) || rebuilding ? `${topic_version} ${list}` : topic_version }
}
