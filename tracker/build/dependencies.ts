// The patchsets that a revision says it needs, or is made on: the commits that they became here, to put it on. Only what
// was let in counts: who approves a patchset says nothing of another one below it. What they need themselves was put below
// them when they were applied, so one step is enough, and in a circle nobody is first.
import { type Kysely, sql } from 'kysely'
import { type IndexKey, type ListId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { titleKey } from '../mail/subject.ts'
import type { Claim, Revision, Topic } from '../topic/topic.ts'

interface Asking {
  readonly topic: Pick<Topic, 'id' | 'claims'>
  readonly revision: Pick<Revision, 'cover' | 'patches'>
}

export interface Dependencies {
  /** In the order in which they are named. */
  readonly commits: readonly string[]
  /** What is named and has no commit that was let in, as it was written. */
  readonly lacking: readonly string[]
  /** Titles that several open patchsets have, and how many: which one is meant nobody can say. */
  readonly ambiguous: ReadonlyMap<string, number>
}

export async function dependenciesOf(
  { db, list }: { readonly db: Kysely<Tables>; readonly list: { readonly id: ListId } },
  { topic, revision }: Asking,
): Promise<Dependencies> {
  const own = new Set<string>([
    ...(revision.cover ? [revision.cover] : []),
    ...revision.patches.map(({ id }) => id),
  ])
  const named = topic.claims
    .filter(({ what, mail }) => (what === 'depends' || what === 'based') && own.has(mail))
    .slice(0, limits.dependenciesMax)
  const commits: string[] = []
  const lacking: string[] = []
  const ambiguous = new Map<string, number>()
  for (const claim of named) {
    const keys = await topicsNamed(db, list.id, topic.id, claim)
    if (keys.length > 1) ambiguous.set(claim.target, keys.length)
    const [key = null, ...more] = keys
    // The patch before it in the same posting is below it anyway.
    if (key === indexKey(topic.id) || more.length > 0) continue
    const commit = key === null ? null : await commitOf(db, list.id, key)
    if (commit === null) lacking.push(claim.target)
    else if (!commits.includes(commit)) commits.push(commit)
  }
  return { commits, lacking, ambiguous }
}

/** All but a title names one at most. */
async function topicsNamed(
  db: Kysely<Tables>,
  list: ListId,
  own: string,
  { by, target }: Claim,
): Promise<IndexKey[]> {
  if (by === 'title') return titled(db, list, own, target)
  const { rows } = await sql<{ topic_key: IndexKey }>`${
    by === undefined
      ? sql`select topic_key from topic_mail where list_id = ${list} and message_key = ${indexKey(messageId(target))} limit 1`
      : by === 'change-id'
        ? sql`select t.id_key as topic_key from cluster_key k join topic t on t.list_id = k.list_id and t.cluster = k.cluster
            where k.list_id = ${list} and k.key = ${indexKey(`c ${target.replace(/:v\d{1,4}$/, '')}`)} and t.kind = 'patchset'
              and t.data @> ${JSON.stringify({ revisions: [{ changeId: target.replace(/:v\d{1,4}$/, '') }] })}::jsonb
            order by t.last_said desc limit 1`
        : sql`select m.topic_key from revision_hint h join fact f using (list_id, seq)
            join topic_mail m on m.list_id = f.list_id and m.message_key = f.message_key
            where h.list_id = ${list} and h.key = ${indexKey(`p ${target}`)} and ${by}::text = 'patch-id' order by f.said desc limit 1`
  }`.execute(db)
  return rows.map(({ topic_key }) => topic_key)
}

/** The open patchsets of which a revision or a patch has this title: DPDK's `series-118 ("title")` numbers are another tracker's. */
async function titled(db: Kysely<Tables>, list: ListId, own: string, target: string): Promise<IndexKey[]> {
  const { rows } = await sql<{ key: IndexKey; titles: string[] }>`
    select id_key as key, jsonb_path_query_array(data, '$.revisions[*].title')
      || jsonb_path_query_array(data, '$.revisions[*].patches[*].title') as titles
    from topic where list_id = ${list} and kind = 'patchset' and open and id <> ${own}
    order by last_said desc limit ${limits.appliedTopicsMax}`.execute(db)
  const wanted = titleKey(target)
  const has = (titles: readonly string[]) => titles.some(title => titleKey(title) === wanted)
  return rows.flatMap(({ key, titles }) => (wanted !== '' && has(titles) ? [key] : []))
}

/** What the newest revision of it that applied became. */
async function commitOf(db: Kysely<Tables>, list: ListId, key: IndexKey): Promise<string | null> {
  const row = await db
    .selectFrom('build')
    .select('commit')
    .where('list_id', '=', list)
    .where('topic_key', '=', key)
    .where('commit', 'is not', null)
    .where('queued_at', 'is not', null)
    .orderBy('version', 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.commit ?? null
}
