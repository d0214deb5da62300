// What waits to be sorted, folded, sent and built, and what could not be: for the metrics and for doctor.
import { type Kysely, sql } from 'kysely'
import type { Backlog } from '../base/metrics.ts'
import { buildCounts } from './build-state.ts'
import { outboxState } from './outbox-rows.ts'
import { countRunners } from './runners.ts'
import type { Tables } from './tables.ts'

/** Cheap for a log of any size: it is asked every few seconds. */
export async function backlog(db: Kysely<Tables>): Promise<Backlog> {
  const { rows } = await sql<{ unsorted: number; oldest: number; unfolded: number; failed: number }>`
    select (select count(*)::int from unsorted) as unsorted,
      (select coalesce(greatest(0, extract(epoch from now() - min(known_at))), 0)::float from list, lateral (
        select known_at from unsorted join mail using (list_id, seq) where list_id = list.id
        order by seq limit 1) as oldest) as oldest,
      (select count(*)::int from cluster where dirty) as unfolded,
      (select count(*)::int from cluster where folded = -1) as failed`.execute(db)
  const { unsorted = 0, oldest = 0, unfolded = 0, failed = 0 } = rows[0] ?? {}
  const { owed, failed: undelivered } = await outboxState(db)
  const { queued, running: building, oldestSeconds: queuedSeconds } = await buildCounts(db)
  const runners = await countRunners(db)
  const mails = { unsorted, oldestSeconds: oldest, unfolded, failed, owed, undelivered }
  return { ...mails, queued, queuedSeconds, building, runners }
}
