// The reviews that a person gave, and those that people gave to what the person posted: by the trailers of the newest topics.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../../tracker/mail/facts.ts'

/** Trailers of one kind that one person gave on one topic. */
export interface GivenTrailers {
  readonly who: Person
  readonly key: string
  readonly count: number
  /** The last mail of them, and when. */
  readonly mail: string
  readonly said: number
  readonly title: string
}

export interface Reviewing {
  /** Newest first. */
  readonly given: readonly GivenTrailers[]
  readonly received: readonly GivenTrailers[]
}

/** Topics that are looked into for each half. */
const topicsMax = 50

export async function readReviewing(
  db: Kysely<Tables>,
  list: ListId,
  addresses: readonly string[],
): Promise<Reviewing> {
  const topics = (kinds: readonly string[]) => sql`
    select distinct topic_key from (
      select topic_key from api_item i where i.list_id = ${list} and i.kind = any(${kinds}::text[]) and i.person in (
        select id from api_person where person = any(${addresses.map(one => indexKey(one))}::text[]))
      order by known_at desc limit ${topicsMax}) newest`
  const { rows } = await sql<GivenTrailers & { half: keyof Reviewing }>`
    with chosen as (
      select 'given' as half, topic_key from (${topics(['patch-comment', 'cover-comment'])}) a
      union all select 'received', topic_key from (${topics(['series'])}) b)
    select half, (array_agg(r->'who' order by said desc))[1] as who, r->>'key' as key, count(*)::int as count,
      (array_agg(r->>'mail' order by said desc))[1] as mail, max(said)::float8 as said, title
    from chosen join lateral (
      select t.title, r, (r->>'said')::bigint as said from topic t, jsonb_array_elements(t.data->'trailers') r
      where t.list_id = ${list} and t.id_key = topic_key and (r->>'counts')::bool
        and (r->'who'->>'address' = any(${addresses}::text[])) = (half = 'given')) given on true
    group by half, topic_key, title, r->>'key', r->'who'->>'address' order by said desc limit ${2 * topicsMax}`.execute(
    db,
  )
  const half = (name: keyof Reviewing) => rows.filter(row => row.half === name)
  return { given: half('given'), received: half('received') }
}
