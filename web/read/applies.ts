// On which branch a revision was tried last, and what came of it.
import { type Kysely, sql } from 'kysely'
import type { IndexKey, ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'

export interface Application {
  readonly outcome: Tables['application']['outcome']
  readonly branch: string
  readonly base: string
  /** The file of the first conflict. */
  readonly file: string | null
  /** When it was tried. */
  readonly at: Date
}

/** `digest`: of the revision. */
export async function readApplication(
  db: Kysely<Tables>,
  list: ListId,
  topic: IndexKey,
  digest: string,
): Promise<Application | null> {
  const { rows } = await sql<Application>`
    select outcome, branch, base, file, at from application
    where list_id = ${list} and topic_key = ${topic} and digest = ${digest} and branch is not null
    order by at desc, id desc limit 1`.execute(db)
  return rows[0] ?? null
}

/** On which branch the newest revision was tried last. */
export interface Tried extends Pick<Application, 'outcome' | 'branch' | 'file'> {
  /** Milliseconds. */
  readonly at: number
}

/** For a query over `topic t`: a `Tried`; null where nothing was tried, and once it is closed. */
export const triedColumn = sql`(select json_build_object(
    'outcome', a.outcome, 'branch', a.branch, 'file', a.file, 'at', floor(extract(epoch from a.at) * 1000)) from (
    select outcome, branch, file, version, at from application
    where list_id = t.list_id and topic_key = t.id_key and branch is not null order by at desc, id desc limit 1) a
  where t.open and a.version = coalesce((t.summary->'revision'->>'version')::int, 0))`
