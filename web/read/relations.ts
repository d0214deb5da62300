// What the postings of a revision say of other postings: which one they replace, need or are made on, and which patchsets
// say so of this one. They may be named by a mail, b4's or Gerrit's id of the change, a patch-id or a title.
import { type Kysely, sql } from 'kysely'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import type { RelationFact } from '../../tracker/mail/facts.ts'
import { titleKey } from '../../tracker/mail/subject.ts'
import type { Claim, Revision, Topic } from '../../tracker/topic/topic.ts'
import {
  type Asked,
  candidatesMax,
  type Found,
  isRelation,
  type LinkRow,
  linkColumns,
  lookupsMax,
  mailsAskedMax,
  mailsWith,
  mendsAsked,
  type Related,
  readClaimingEach,
  toFound,
  topicsOfMails,
} from './claims.ts'
import type { TopicLink } from './topic.ts'

export interface Relation extends Pick<Claim, 'mail' | 'target'> {
  readonly what: RelationFact['what']
  readonly by: RelationFact['by']
  /** Null where the list never saw it; the topic itself where it names an older posting of its own change. */
  readonly topic: TopicLink | null
}

type Database = Kysely<Tables>

/** Each other topic once, and what the list never saw as it was written. */
export async function readRelations(
  db: Database,
  list: ListId,
  topic: Topic,
  revision: Revision,
): Promise<Relation[]> {
  const own = new Set<string>([
    ...(revision.cover ? [revision.cover] : []),
    ...revision.patches.map(({ id }) => id),
  ])
  const claims = topic.claims.filter(claim => isRelation(claim) && own.has(claim.mail))
  if (claims.length === 0) return []
  const named = (by: RelationFact['by']) => [
    ...new Set(claims.filter(claim => byOf(claim) === by).map(({ target }) => target)),
  ]
  const found = new Map<RelationFact['by'], Topics>(
    await Promise.all([
      topicsOfMails(db, list, named('mail')).then(some => ['mail', some] as const),
      topicsOfChanges(db, list, named('change-id')).then(some => ['change-id', some] as const),
      topicsOfPatchIds(db, list, named('patch-id')).then(some => ['patch-id', some] as const),
      topicsOfTitles(db, list, topic, named('title')).then(some => ['title', some] as const),
    ]),
  )
  const relations = claims.map((claim): Relation => {
    const by = byOf(claim)
    const link = found.get(by)?.get(claim.target)?.link ?? null
    return { mail: claim.mail, what: claim.what as Relation['what'], target: claim.target, by, topic: link }
  })
  // The patch before it in the same posting is nothing to tell.
  const told = relations.filter(({ what, target, topic: other }) =>
    other?.id === topic.id ? what === 'supersedes' && !own.has(target) : true,
  )
  return [...new Map(told.toReversed().map(one => [nameOf(one), one])).values()].reverse()
}

const byOf = ({ by }: Claim): RelationFact['by'] => by ?? 'mail'

const nameOf = ({ what, target, topic }: Relation) => `${what} ${topic?.id ?? target}`

/**
 * The patchsets that say they replace this one, need it or are made on it, and those that mend what it brought in.
 * Newest first.
 */
export async function readSaying(
  db: Database,
  list: ListId,
  topic: Topic,
): Promise<{ relying: Related[]; mends: Related[] }> {
  const asked = [relyingAsked(topic), mendsAsked(topic)]
  const [relying = [], mends = []] = await readClaimingEach(db, list, 'patchset', asked, topic)
  return { relying, mends }
}

function relyingAsked(topic: Topic): Asked[] {
  const named = topic.revisions
    .toReversed()
    .flatMap(({ cover, patches, changeId, version }) => [
      ...(cover ? [cover] : []),
      ...(changeId ? [changeId, `${changeId}:v${version}`] : []),
      ...patches.flatMap(({ id, patchId }) => [id, ...(patchId ? [patchId] : [])]),
    ])
  return [...new Set<string>(named)]
    .slice(0, mailsAskedMax)
    .flatMap(target => relationWords.map(what => ({ what, target })))
}

const relationWords = ['supersedes', 'depends', 'based'] as const

type Topics = ReadonlyMap<string, Found>

/** `id` or `id:v2`; the edge under which the postings of a change are one cluster finds them. */
async function topicsOfChanges(db: Database, list: ListId, targets: readonly string[]): Promise<Topics> {
  const found = await Promise.all(
    targets.slice(0, lookupsMax).map(async (target): Promise<[string, Found][]> => {
      const id = target.replace(/:v\d{1,4}$/, '')
      const { rows } = await sql<LinkRow>`
        select ${linkColumns} from cluster_key k join topic t on t.list_id = k.list_id and t.cluster = k.cluster
        where k.list_id = ${list} and k.key = ${indexKey(`c ${id}`)} and t.kind = 'patchset'
          and t.data @> ${JSON.stringify({ revisions: [{ changeId: id }] })}::jsonb
        order by t.last_said desc limit 1`.execute(db)
      return rows.map(row => [target, toFound(row)])
    }),
  )
  return new Map(found.flat())
}

/** As commits find their patches (landing.ts). */
async function topicsOfPatchIds(db: Database, list: ListId, targets: readonly string[]): Promise<Topics> {
  if (targets.length === 0) return new Map()
  const keys = new Map(targets.map(target => [indexKey(`p ${target}`), target]))
  const { rows } = await sql<LinkRow & { key: IndexKey }>`
    select h.key, ${linkColumns} from revision_hint h join fact f using (list_id, seq)
    join topic_mail m on m.list_id = f.list_id and m.message_key = f.message_key
    join topic t on t.list_id = m.list_id and t.id_key = m.topic_key
    where h.list_id = ${list} and h.key = any(${[...keys.keys()]}::text[])
    order by t.last_said`.execute(db)
  return new Map(rows.map(row => [keys.get(row.key) ?? '', toFound(row)]))
}

/** The patchset that last had a revision or a patch of this title. */
async function topicsOfTitles(
  db: Database,
  list: ListId,
  { id }: Topic,
  targets: readonly string[],
): Promise<Topics> {
  const found = await Promise.all(
    targets.slice(0, lookupsMax).map(async (target): Promise<[string, Found][]> => {
      const key = titleKey(target)
      const { rows } = await sql<LinkRow & { titles: string[] }>`
        select ${linkColumns}, jsonb_path_query_array(t.data, '$.revisions[*].title')
          || jsonb_path_query_array(t.data, '$.revisions[*].patches[*].title') as titles
        from ${mailsWith(list, key, 'subject')} and t.kind = 'patchset' and t.id <> ${id}
        order by t.last_said desc limit ${candidatesMax}`.execute(db)
      const match = rows.find(({ titles }) => titles.some(title => titleKey(title) === key))
      return match ? [[target, toFound(match)]] : []
    }),
  )
  return new Map(found.flat())
}
