// The revisions of a list whose builds are not done: for the robots of labs, which choose for themselves what they run.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { BuiltMail, Tables } from '../../sql/tables.ts'

export interface PendingRevision {
  readonly number: string
  readonly state: 'waiting' | 'queued' | 'running'
  readonly topic: string
  readonly title: string | null
  readonly version: number
  readonly digest: string
  readonly mails: readonly BuiltMail[]
  readonly ref: string
  readonly commit: string
  readonly base: string | null
  readonly since: Date
}

/** Newest first, at most a thousand. */
export async function readPending(db: Kysely<Tables>, list: ListId): Promise<PendingRevision[]> {
  const { rows } = await sql<PendingRevision>`
    select b.number, b.state, b.topic_id as topic, t.title, b.version, b.digest, b.mails, b.ref, b.commit, b.base,
      coalesce(b.queued_at, b.made_at) as since
    from build b left join topic t on t.list_id = b.list_id and t.id_key = b.topic_key
    where b.list_id = ${list} and b.kind = 'patchset' and b.ended_at is null and b.commit is not null and b.cancel_at is null
    order by b.number desc limit 1000`.execute(db)
  return rows
}
