// What is planned for when: the milestones of a list with how far each is.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

export interface Milestone {
  readonly name: string
  readonly open: number
  readonly done: number
  /** When the last mail about one of its topics was written, milliseconds. */
  readonly lastSaid: number
}

/** Those with something open first, each group by its last mail; at most `limit`. */
export async function readMilestones(db: Kysely<Tables>, list: ListId, limit: number): Promise<Milestone[]> {
  const { rows } = await sql<Omit<Milestone, 'lastSaid'> & { last_said: Date }>`
    select data->'bug'->>'target' as name, count(*) filter (where open)::int as open,
      count(*) filter (where not open)::int as done, max(last_said) as last_said
    from topic where list_id = ${list} and kind = 'bug' and data->'bug'->>'target' is not null
    group by 1 order by count(*) filter (where open) = 0, max(last_said) desc, 1 limit ${limit}`.execute(db)
  return rows.map(({ last_said, ...row }) => ({ ...row, lastSaid: last_said.getTime() }))
}
