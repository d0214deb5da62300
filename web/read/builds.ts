// Builds for pages: one with all that belongs to it, and lines of many. What a build, a runner or a signer said is text of
// strangers, and stays so up to the page.
import { type Kysely, type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { type BuildState, codeEnds } from '../../base/build-state.ts'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { BuildRow } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { resultKey } from '../../tracker/build/report.ts'

export interface BuildLine {
  readonly number: string
  readonly kind: BuildRow['kind']
  readonly repository: string
  readonly ref: string
  readonly commit: string | null
  readonly state: BuildState
  readonly why: string | null
  readonly version: number | null
  readonly digest: string | null
  readonly submitter: string
  readonly madeAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** The name of its list, and of a patchset there the mail and the title. */
  readonly list: string | null
  readonly topicId: string | null
  readonly title: string | null
}

const columns = sql`b.number, b.kind, b.repository, b.ref, b.commit, b.state, b.why, b.version, b.digest, b.submitter,
  b.made_at as "madeAt", b.started_at as "startedAt", b.ended_at as "endedAt", l.name as list,
  coalesce(b.mails->0->>'id', b.topic_id) as "topicId", t.title`
const joined = sql`build b left join list l on l.id = b.list_id
  left join topic t on t.list_id = b.list_id and t.id_key = b.topic_key`

/** Newest first, older than `before`; one more than `limit` when there are more. */
export async function readBuildsOfList(
  db: Kysely<Tables>,
  list: ListId,
  { limit, before = null }: { limit: number; before?: string | null },
): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where b.list_id = ${list} and (${before}::bigint is null or b.number < ${before}::bigint)
    order by b.number desc limit ${limit + 1}`.execute(db)
  return rows
}

/** Of a patchset, newest first. */
export async function readBuildsOfTopic(
  db: Kysely<Tables>,
  list: ListId,
  topic: IndexKey,
  limit: number,
): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where b.list_id = ${list} and b.topic_key = ${topic}
    order by b.number desc limit ${limit}`.execute(db)
  return rows
}

/** Of each branch of the list's repositories the newest build that ended with a word about the code. */
export async function readBranchResults(
  db: Kysely<Tables>,
  list: ListId,
  limit: number,
): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from (
      select distinct on (repository, ref) number from build
      where list_id = ${list} and kind = 'push' and state = any(${codeEnds}::text[])
      order by repository, ref, number desc) newest join build b using (number)
      left join list l on l.id = b.list_id left join topic t on false
    order by b.repository, b.ref limit ${limit}`.execute(db)
  return rows
}

/** In this state, over all lists: the first that came first; ended ones the last first. */
export async function readBuildsIn(
  db: Kysely<Tables>,
  states: readonly BuildState[],
  limit: number,
): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where b.state = any(${states}::text[]) and b.ended_at is null
    order by b.queued_at, b.number limit ${limit}`.execute(db)
  return rows
}

export async function readEndedBuilds(db: Kysely<Tables>, limit: number): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where b.ended_at is not null order by b.number desc limit ${limit}`.execute(
    db,
  )
  return rows
}

/** Is there any, of whatever list? */
export async function readAnyBuild(db: Kysely<Tables>): Promise<boolean> {
  const row = await db.selectFrom('build').select('number').limit(1).executeTakeFirst()
  return row !== undefined
}

/** Changes with every change of any build that the pages of this list show; of all builds without a list. */
export async function readBuildsVersion(db: Kysely<Tables>, list: ListId | null): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select concat_ws('-', count(*), max(number), extract(epoch from max(queued_at)), extract(epoch from max(started_at)),
      extract(epoch from max(ended_at)), extract(epoch from max(cancel_at))) as version
    from build where ${list}::int is null or list_id = ${list}::int`.execute(db)
  return rows[0]?.version ?? ''
}

export interface Mailed {
  readonly to: string
  readonly messageId: string
  readonly state: 'owed' | 'sent' | 'kept' | 'dead' | 'bounced'
  readonly at: Date
}

export interface WholeBuild {
  readonly line: BuildLine
  readonly row: BuildRow
  /** Oldest first, each with the name of its runner. */
  readonly attempts: readonly (Selectable<Tables['build_attempt']> & { readonly runner: string })[]
  readonly mailed: readonly Mailed[]
  /** What was tried to put the patchset somewhere, oldest first. */
  readonly applications: readonly Application[]
  readonly evidence: Evidence
  /** Builds before it of the same branch or patchset, newest first. */
  readonly others: readonly BuildLine[]
  readonly version: string
}

interface Application {
  readonly branch: string | null
  readonly base: string
  readonly found_by: string
  readonly outcome: 'applied' | 'already' | 'conflict' | 'unknown-base' | 'error'
  readonly file: string | null
  readonly said: string | null
}

const evidence = z.object({
  by: z.string().nullish(),
  who: z.string().nullish(),
  how: z.string().nullish(),
  mail: z.string().nullish(),
  proof: z.string().nullish(),
  signer: z.string().nullish(),
  key: z.string().nullish(),
  said: z.array(z.string()).nullish(),
  user: z.string().nullish(),
  /** Of a patchset that waits: files with which nothing is built without asking. */
  guarded: z.array(z.string()).nullish(),
})
type Evidence = z.infer<typeof evidence>

/** Undefined when there is none of this number. */
export async function readBuild(db: Kysely<Tables>, number: string): Promise<WholeBuild | undefined> {
  const row = await db.selectFrom('build').selectAll().where('number', '=', number).executeTakeFirst()
  const { rows } = await sql<BuildLine>`select ${columns} from ${joined} where b.number = ${number}`.execute(
    db,
  )
  const [line] = rows
  if (!row || !line) return undefined
  const [attempts, mailed, applications, others] = await Promise.all([
    readAttempts(db, number),
    readMailed(db, row),
    readApplications(db, row),
    readOthers(db, row),
  ])
  const read = evidence.safeParse(row.evidence)
  const version = JSON.stringify([
    ...[row.state, row.queued_at, row.started_at, row.ended_at, row.cancel_at, row.why, line.title],
    ...[attempts.map(({ fence, ended_at }) => [fence, ended_at]), mailed, applications.length],
    others.map(other => [other.number, other.state]),
  ])
  return { line, row, attempts, mailed, applications, evidence: read.data ?? {}, others, version }
}

async function readAttempts(db: Kysely<Tables>, number: string): Promise<WholeBuild['attempts']> {
  return db
    .selectFrom('build_attempt')
    .innerJoin('runner', 'runner.id', 'build_attempt.runner_id')
    .innerJoin('token', 'token.id', 'runner.token_id')
    .selectAll('build_attempt')
    .select('token.name as runner')
    .where('build', '=', number)
    .orderBy('build_attempt.number')
    .execute()
}

/** One that went to two people has a row for each. */
async function readMailed(db: Kysely<Tables>, { key }: BuildRow): Promise<Mailed[]> {
  const first = await db
    .selectFrom('outbox')
    .select('message_id')
    .where('key', '=', indexKey(resultKey(key)))
    .executeTakeFirst()
  if (!first) return []
  const { rows } = await sql<Mailed>`
    select recipient as to, message_id as "messageId", state, coalesce(ended_at, next_at) as at from outbox
    where kind = 'result' and message_id = ${first.message_id} order by id limit 5`.execute(db)
  return rows
}

async function readApplications(
  db: Kysely<Tables>,
  { list_id, topic_key, digest }: BuildRow,
): Promise<Application[]> {
  if (list_id === null || topic_key === null || digest === null) return []
  return db
    .selectFrom('application')
    .select(['branch', 'base', 'found_by', 'outcome', 'file', 'said'])
    .where('list_id', '=', list_id)
    .where('topic_key', '=', topic_key)
    .where('digest', '=', digest)
    .where('found_by', '!=', 'moved')
    .orderBy('id')
    .limit(10)
    .execute()
}

const othersMax = 8

async function readOthers(db: Kysely<Tables>, row: BuildRow): Promise<BuildLine[]> {
  const same =
    row.kind === 'push'
      ? sql`b.kind = 'push' and b.repository = ${row.repository} and b.ref = ${row.ref}`
      : row.kind === 'nightly'
        ? sql`b.kind = 'nightly' and b.list_id = ${row.list_id}`
        : sql`b.list_id = ${row.list_id} and b.topic_key = ${row.topic_key}`
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where ${same} and b.number <> ${row.number}::bigint
    order by b.number desc limit ${othersMax}`.execute(db)
  return rows
}
