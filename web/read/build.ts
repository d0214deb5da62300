// One build with all that belongs to it: its attempts, who was told, where it was tried to put it, its neighbours. What a build, a
// runner or a signer said is text of strangers, and stays so up to the page.
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { indexKey } from '../../base/key.ts'
import type { BuildRow } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { resultKey } from '../../tracker/build/report.ts'
import { type BuildLine, ofBranch, ofTopic, readNewest } from './builds.ts'

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

export interface Mailed {
  readonly id: string
  readonly to: string
  readonly messageId: string
  readonly state: 'owed' | 'sent' | 'kept' | 'dead' | 'bounced'
  readonly at: Date
  /** It came back over the list, and its page is there. */
  readonly back: boolean
}

interface Application {
  readonly branch: string | null
  readonly base: string
  readonly found_by: string
  readonly outcome: 'applied' | 'already' | 'conflict' | 'unknown-base' | 'ambiguous' | 'error'
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
  const [line] = await readNewest(db, sql`b.number = ${number}::bigint`, { limit: 1 })
  if (!row || !line) return undefined
  const [attempts, mailed, applications, others] = await Promise.all([
    readAttempts(db, number),
    readMailed(db, row),
    readApplications(db, row),
    readNewest(db, sql`${alike(row)} and b.number <> ${number}::bigint`, { limit: othersMax }),
  ])
  const read = evidence.safeParse(row.evidence)
  const version = JSON.stringify([
    ...[row.state, row.queued_at, row.started_at, row.ended_at, row.cancel_at, row.why, line.title],
    ...[attempts.map(({ fence, ended_at }) => [fence, ended_at]), mailed, applications.length],
    others.map(other => [other.number, other.state]),
  ])
  return { line, row, attempts, mailed, applications, evidence: read.data ?? {}, others, version }
}

const othersMax = 8

/** Of the same branch, patchset or list, as a condition over `build b`. */
export function alike(row: BuildRow): RawBuilder<unknown> {
  if (row.kind === 'push') return ofBranch(row.repository, row.ref)
  return row.kind === 'nightly'
    ? sql`b.kind = 'nightly' and b.list_id = ${row.list_id}`
    : ofTopic(row.list_id, row.topic_key)
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

/** The branch to which this commit was pushed last, as far as it was to be built. */
export async function readBranchOf(
  db: Kysely<Tables>,
  repository: string,
  commit: string | null,
): Promise<string | null> {
  if (commit === null) return null
  const row = await db
    .selectFrom('build')
    .select('ref')
    .where('repository', '=', repository)
    .where('kind', '=', 'push')
    .where('commit', '=', commit)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.ref ?? null
}

/** One that went to two people has a row for each. */
async function readMailed(db: Kysely<Tables>, { key, list_id }: BuildRow): Promise<Mailed[]> {
  const first = await db
    .selectFrom('outbox')
    .select('message_id')
    .where('key', '=', indexKey(resultKey(key)))
    .executeTakeFirst()
  if (!first) return []
  const { rows } = await sql<Mailed>`
    select id, recipient as to, message_id as "messageId", state, coalesce(ended_at, next_at) as at,
      exists (select from topic_mail where list_id = ${list_id} and message_key = ${indexKey(first.message_id)}) as back
    from outbox where kind = 'result' and message_id = ${first.message_id} order by id limit 5`.execute(db)
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
