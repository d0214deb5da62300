// What is new on the followed branches of a list, and what is no longer on them. A branch is read from the commit that
// was seen last; a rewritten one (the last commit is no ancestor of the new head) loses the commits that it no longer
// holds. Every batch is one transaction, and what is read already is not read again, so a scan can end anywhere.
import { type Kysely, sql, type Transaction } from 'kysely'
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { keyOf } from '../project/commit-key.ts'
import { type CommitFacts, commitVersion } from '../topic/commit.ts'
import { commitKeys } from '../topic/landing.ts'
import { type BranchHead, followedBranches } from './branches.ts'
import { markConcerned, markLanded } from './concerned.ts'
import { inOrder } from './in-order.ts'
import { withMerged } from './merged-commits.ts'
import { readCommits } from './read-commits.ts'

type Trx = Transaction<Tables>

/** Answers how many commits came and went. */
export async function scan(
  db: Kysely<Tables>,
  list: List,
  directory: string,
  log: Log,
  signal?: AbortSignal,
): Promise<number> {
  const heads = await followedBranches(directory, list.branches)
  await forgetOtherVersions(db, list)
  const known = await db.selectFrom('branch').selectAll().where('list_id', '=', list.id).execute()
  let changed = 0
  for (const row of known)
    if (!heads.some(({ name }) => name === row.name)) changed += await forgetBranch(db, list, row.name)
  for (const [place, branch] of heads.entries()) {
    const row = known.find(({ name }) => name === branch.name)
    if (row?.head === branch.head && row.place === place) continue
    const since = row?.since ?? new Date(Date.now() - limits.firstScanDaysMax * 86_400_000)
    await saveBranch(db, list, { name: branch.name, place, head: row?.head ?? null, since })
    changed += await scanBranch(db, { list, directory, log, signal }, branch, {
      last: row?.head ?? null,
      since,
    })
    await saveBranch(db, list, { name: branch.name, place, head: branch.head, since })
  }
  return changed
}

interface Scanned {
  readonly list: List
  readonly directory: string
  readonly log: Log
  readonly signal: AbortSignal | undefined
}

async function scanBranch(
  db: Kysely<Tables>,
  scanned: Scanned,
  { name, head }: BranchHead,
  { last, since }: { last: string | null; since: Date },
): Promise<number> {
  const { list, directory, log, signal } = scanned
  const { came, gone } = await difference(db, scanned, { name, head }, { last, since })
  if (came.length > 0) log.info({ list: list.name, branch: name, commits: came.length }, 'Reading commits')
  let taken = 0
  for (let at = 0; at < came.length; at += limits.scanCommitsMax) {
    signal?.throwIfAborted()
    const batch = came.slice(at, at + limits.scanCommitsMax)
    const fresh = await unknownOf(db, list, batch)
    const read = fresh.length > 0 ? await readCommits(directory, fresh) : []
    const commits: CommitFacts[] = []
    for (const commit of read) commits.push(await withMerged(directory, commit))
    taken += await inOrder(db, list.id, trx => take(trx, list, name, batch, commits))
  }
  if (gone.length > 0) {
    log.info({ list: list.name, branch: name, commits: gone.length }, 'A branch was rewritten')
    await inOrder(db, list.id, trx => withdraw(trx, list, name, gone))
  }
  return taken + gone.length
}

/** Commits that the branch holds now and did not hold, newest first, and those that it holds no longer. */
async function difference(
  db: Kysely<Tables>,
  { list, directory }: Scanned,
  { name, head }: BranchHead,
  { last, since }: { last: string | null; since: Date },
): Promise<{ came: string[]; gone: string[] }> {
  const count = `--max-count=${limits.firstScanCommitsMax}`
  const window = [count, `--since=${since.toISOString()}`]
  const commits = async (...words: string[]) =>
    (await git(directory, 'rev-list', ...words, '--')).split('\n').filter(id => id !== '')
  if (last !== null && (await hasCommit(directory, last)))
    return {
      came: await commits(...window, head, `^${last}`),
      gone: await commits(...window, last, `^${head}`),
    }
  const came = await commits(...window, head)
  if (last === null) return { came, gone: [] }
  // The old head is not even in the repository any more.
  const held = new Set(came)
  const gone = (await commitsOn(db, list, name)).filter(commit => !held.has(commit))
  return { came, gone }
}

async function hasCommit(directory: string, id: string): Promise<boolean> {
  try {
    await git(directory, 'cat-file', '-e', `${id}^{commit}`)
    return true
  } catch (error) {
    if (error instanceof GitError) return false
    throw error
  }
}

/** Another branch may have brought them. */
async function unknownOf(db: Kysely<Tables>, list: List, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from git_commit where list_id = ${list.id} and id = any(${ids}::text[])`.execute(db)
  const known = new Set(rows.map(({ id }) => id))
  return ids.filter(id => !known.has(id))
}

async function take(
  trx: Trx,
  list: List,
  branch: string,
  ids: readonly string[],
  commits: readonly CommitFacts[],
): Promise<number> {
  if (commits.length > 0) {
    await sql`
      insert into git_commit (list_id, id, at, data)
      select ${list.id}, * from unnest(${commits.map(({ id }) => id)}::text[],
        ${commits.map(({ at }) => new Date(at).toISOString())}::timestamptz[],
        ${commits.map(toStorableJson)}::jsonb[]) on conflict do nothing`.execute(trx)
    const keys = commits.flatMap(commit => commitKeys(commit).map(key => [keyOf(key), commit.id] as const))
    await sql`
      insert into commit_key (list_id, key, commit)
      select ${list.id}, * from unnest(${keys.map(([key]) => key)}::text[], ${keys.map(([, id]) => id)}::text[])
      on conflict do nothing`.execute(trx)
  }
  const { rows } = await sql<{ commit: string }>`
    insert into branch_commit (list_id, branch, commit)
    select list_id, ${branch}, id from git_commit where list_id = ${list.id} and id = any(${ids}::text[])
    on conflict do nothing returning commit`.execute(trx)
  const added = rows.map(({ commit }) => commit)
  await markLanded(trx, list.id, added)
  await markConcerned(trx, list.id, commits)
  return added.length
}

/** Takes commits from a branch; what no branch holds any more is forgotten. */
async function withdraw(trx: Trx, list: List, branch: string, ids: readonly string[]): Promise<void> {
  await markLanded(trx, list.id, ids)
  await sql`
    delete from branch_commit where list_id = ${list.id} and branch = ${branch} and commit = any(${ids}::text[])`.execute(
    trx,
  )
  const { rows } = await sql<{ data: CommitFacts }>`
    delete from git_commit c where list_id = ${list.id} and id = any(${ids}::text[])
      and not exists (select from branch_commit b where b.list_id = c.list_id and b.commit = c.id)
    returning data`.execute(trx)
  // What they took back is in again, and "applied as ..." of a mail is not seen any more.
  await markConcerned(
    trx,
    list.id,
    rows.map(({ data }) => data),
  )
  const lost = rows.map(({ data }) => data.id)
  await sql`delete from commit_key where list_id = ${list.id} and commit = any(${lost}::text[])`.execute(trx)
  await sql`
    delete from landing where list_id = ${list.id} and commit = any(${ids}::text[])
      and not exists (select from branch_commit b where b.list_id = landing.list_id and b.commit = landing.commit
        and b.branch = landing.branch)`.execute(trx)
}

async function commitsOn(db: Kysely<Tables>, list: List, branch: string): Promise<string[]> {
  const rows = await db
    .selectFrom('branch_commit')
    .select('commit')
    .where('list_id', '=', list.id)
    .where('branch', '=', branch)
    .execute()
  return rows.map(({ commit }) => commit)
}

async function forgetBranch(db: Kysely<Tables>, list: List, name: string): Promise<number> {
  return inOrder(db, list.id, async trx => {
    const held = await commitsOn(trx, list, name)
    await withdraw(trx, list, name, held)
    await trx.deleteFrom('branch').where('list_id', '=', list.id).where('name', '=', name).execute()
    return held.length
  })
}

/** After an upgrade that reads commits in another way. */
async function forgetOtherVersions(db: Kysely<Tables>, list: List): Promise<void> {
  const rows = await db
    .selectFrom('branch')
    .select('name')
    .where('list_id', '=', list.id)
    .where('version', '!=', commitVersion)
    .execute()
  if (rows.length > 0) await forgetRepository(db, list)
}

/** For a list that follows nothing any more, or another repository. */
export async function forgetRepository(db: Kysely<Tables>, list: List): Promise<void> {
  const rows = await db.selectFrom('branch').select('name').where('list_id', '=', list.id).execute()
  for (const { name } of rows) await forgetBranch(db, list, name)
}

async function saveBranch(
  db: Kysely<Tables>,
  list: List,
  { name, place, head, since }: { name: string; place: number; head: string | null; since: Date },
): Promise<void> {
  const values = { place, head, since, version: commitVersion }
  await db
    .insertInto('branch')
    .values({ list_id: list.id, name, ...values })
    .onConflict(conflict => conflict.columns(['list_id', 'name']).doUpdateSet(values))
    .execute()
}
