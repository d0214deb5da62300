// What waits to be built and what is being built: for the metrics and for doctor.
import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

export interface BuildCounts {
  readonly queued: number
  readonly running: number
  /** Wait for somebody's word. */
  readonly waiting: number
  /** How long the oldest one could have been built; 0 for none. */
  readonly oldestSeconds: number
}

export async function buildCounts(db: Kysely<Tables>): Promise<BuildCounts> {
  const { rows } = await sql<BuildCounts>`
    select count(*) filter (where state = 'queued')::int as queued,
      count(*) filter (where state = 'running')::int as running,
      count(*) filter (where state = 'waiting')::int as waiting,
      coalesce(extract(epoch from greatest(now() - min(queued_at) filter (where state = 'queued'), '0')), 0)::float
        as "oldestSeconds"
    from build where ended_at is null`.execute(db)
  return rows[0] ?? { queued: 0, running: 0, waiting: 0, oldestSeconds: 0 }
}
