// Lines of builds for pages: of a list, of a branch, of a patchset, of all that stand so. What a build, a runner or a signer said is
// text of strangers, and stays so up to the page.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type BuildState, codeEnds } from '../../base/build-state.ts'
import type { IndexKey, ListId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import type { BuildRow } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'

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

/** Those for which a condition over `build b` holds, newest first, but for older ones than `before`. */
export async function readNewest(
  db: Kysely<Tables>,
  condition: RawBuilder<unknown>,
  { limit, before = null }: Portion,
): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where ${condition} and (${before}::bigint is null or b.number < ${before}::bigint)
    order by b.number desc limit ${limit}`.execute(db)
  return rows
}

/** `before`: the number of a build. */
export interface Portion {
  readonly limit: number
  readonly before?: string | null
}

export const readBuildsOfList = (db: Kysely<Tables>, list: ListId, portion: Portion): Promise<BuildLine[]> =>
  readNewest(db, sql`b.list_id = ${list}`, portion)

export const readBuildsOfTopic = (
  db: Kysely<Tables>,
  list: ListId,
  topic: IndexKey,
  portion: Portion,
): Promise<BuildLine[]> => readNewest(db, ofTopic(list, topic), portion)

export const ofTopic = (list: number | null, topic: IndexKey | null): RawBuilder<unknown> =>
  sql`b.list_id = ${list} and b.topic_key = ${topic}`

export const readBuildsOfBranch = (
  db: Kysely<Tables>,
  repository: string,
  ref: string,
  portion: Portion,
): Promise<BuildLine[]> => readNewest(db, ofBranch(toStorableText(repository), toStorableText(ref)), portion)

export const ofBranch = (repository: string, ref: string): RawBuilder<unknown> =>
  sql`b.kind = 'push' and b.repository = ${repository} and b.ref = ${ref}`

/** Of nights: the newest build of each of these commits. */
export async function readBuildsOfNights(
  db: Kysely<Tables>,
  list: ListId,
  commits: readonly string[],
): Promise<ReadonlyMap<string, BuildLine>> {
  const found = await readNewest(
    db,
    sql`b.list_id = ${list} and b.kind = 'nightly' and b.commit = any(${commits}::text[])`,
    { limit: commits.length },
  )
  return new Map(found.toReversed().map(line => [line.commit ?? '', line]))
}

/** Of each branch the newest build that ended with a word about the code, as `branch b`. */
const branchesOf = (
  list: ListId,
) => sql`select distinct on (repository, ref) number, repository, ref from build
  where list_id = ${list} and kind = 'push' and state = any(${codeEnds}::text[])
  order by repository, ref, number desc`

const isMain = sql`b.ref in ('refs/heads/main', 'refs/heads/master')`

/** The last results of branches of the list's repositories, by name, behind the branch of the build `behind`. */
export async function readBranchResults(
  db: Kysely<Tables>,
  list: ListId,
  { limit, behind = null }: { readonly limit: number; readonly behind?: string | null },
): Promise<BuildLine[]> {
  const { rows } = await sql<BuildLine>`
    select ${columns} from (${branchesOf(list)}) newest join ${joined} on true
    where b.number = newest.number and (${behind}::bigint is null or (b.repository, b.ref) >
      (select last.repository, last.ref from build last where last.number = ${behind}::bigint))
    order by b.repository, b.ref limit ${limit}`.execute(db)
  return rows
}

/** `main` and `master`, then those built last; and how many branches there are. */
export async function readNewestBranches(
  db: Kysely<Tables>,
  list: ListId,
  limit: number,
): Promise<{ readonly lines: readonly BuildLine[]; readonly count: number }> {
  const { rows } = await sql<BuildLine & { count: number }>`
    select ${columns}, (count(*) over ())::int as count from (${branchesOf(list)}) newest join ${joined} on true
    where b.number = newest.number order by ${isMain} desc, b.number desc limit ${limit}`.execute(db)
  return { lines: rows, count: rows[0]?.count ?? 0 }
}

/** The last result of a branch; without one of main or master, else of what was built last. */
export async function readBranchResult(
  db: Kysely<Tables>,
  list: ListId,
  branch: string | null,
): Promise<BuildLine | undefined> {
  const name = branch === null ? null : toStorableText(branch)
  const refs = name === null ? null : [name, `refs/heads/${name}`]
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where b.list_id = ${list} and b.kind = 'push' and b.state = any(${codeEnds}::text[])
      and (${refs}::text[] is null or b.ref = any(${refs}::text[]))
    order by ${isMain} desc, b.ref = 'refs/heads/main' desc, b.number desc limit 1`.execute(db)
  return rows[0]
}

/** Open ones in this state, over all lists, the first that came first, behind the build `after`. */
export async function readBuildsIn(
  db: Kysely<Tables>,
  state: BuildState,
  { limit, after = null, list = null }: { limit: number; after?: string | null; list?: ListId | null },
): Promise<BuildLine[]> {
  const since = (table: 'b' | 'last') =>
    sql`coalesce(${sql.ref(`${table}.queued_at`)}, ${sql.ref(`${table}.made_at`)})`
  const { rows } = await sql<BuildLine>`
    select ${columns} from ${joined} where b.state = ${state} and b.ended_at is null
      and (${list}::int is null or b.list_id = ${list}::int)
      and (${after}::bigint is null or (${since('b')}, b.number) >
        (select ${since('last')}, last.number from build last where last.number = ${after}::bigint))
    order by ${since('b')}, b.number limit ${limit}`.execute(db)
  return rows
}

export const readEndedBuilds = (db: Kysely<Tables>, portion: Portion): Promise<BuildLine[]> =>
  readNewest(db, sql`b.ended_at is not null`, portion)

/** Up to `max` + 1, which stands for "more". */
export async function countEndedBuilds(db: Kysely<Tables>, max: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from build where ended_at is not null limit ${max + 1}) ended`.execute(
    db,
  )
  return rows[0]?.count ?? 0
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
