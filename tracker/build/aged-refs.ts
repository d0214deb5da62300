// How long a patchset stays published: as its logs, a number of days after its last build; longer while it is open, somebody
// spoke of it, and nothing newer came. Who asks for another build later has it put on what the branches are then.
import { type Kysely, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import { dropRefs, publishedRefs } from '../../ci/published.ts'
import type { Tables } from '../../sql/tables.ts'

/** Answers how many refs went. While nobody publishes: a ref is there before its build. */
export async function dropAgedRefs(db: Kysely<Tables>, published: string, keepDays: number): Promise<number> {
  const refs = await publishedRefs(published)
  if (refs.length === 0) return 0
  const kept = await keptOf(db, refs, keepDays)
  const aged = refs.filter(ref => !kept.has(ref))
  await dropRefs(published, aged)
  return aged.length
}

async function keptOf(
  db: Kysely<Tables>,
  refs: readonly string[],
  keepDays: number,
): Promise<ReadonlySet<string>> {
  const openDays = Math.max(keepDays, limits.appliesDaysMax)
  const { rows } = await sql<{ ref: string }>`
    select distinct ref from build b where kind = 'patchset' and ref = any(${refs}::text[]) and (
      ended_at is null or ended_at > now() - make_interval(days => ${keepDays}::int)
      or exists (select from topic t where t.list_id = b.list_id and t.id_key = b.topic_key and t.open
          and t.last_said > now() - make_interval(days => ${openDays}::int))
        and not exists (select from build newer
          where newer.list_id = b.list_id and newer.topic_key = b.topic_key and newer.version > b.version))`.execute(
    db,
  )
  return new Set(rows.map(({ ref }) => ref))
}
