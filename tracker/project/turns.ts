// Commits that take others back: "This reverts commit 1a2b3c...", what takes that back, and so on, branch by branch.
import { sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { CommitFacts } from '../topic/commit.ts'
import { idStart, type Landing } from '../topic/landing.ts'

/** "Revert "Revert "Revert ..."""; the longest real one has four. */
export const turnsMax = 8

export interface Turning {
  /** Of the commits that were asked for, and of those that take them back: the branches that hold each, in their order. */
  readonly branches: ReadonlyMap<string, readonly string[]>
  turns(commit: string, branch: string): Landing['turns']
}

export async function turnsOf(
  trx: Transaction<Tables>,
  list: ListId,
  commits: readonly string[],
): Promise<Turning> {
  const found = new Map<string, CommitFacts>()
  let asked: readonly string[] = commits
  for (let depth = 0; depth < turnsMax && asked.length > 0; depth++) {
    const { rows } = await sql<{ data: CommitFacts }>`
      select data from git_commit where list_id = ${list} and id in (
        select commit from commit_key where list_id = ${list}
          and key = any(${asked.map(id => `r ${id.slice(0, idStart)}`)}::text[]))`.execute(trx)
    const fresh = rows.map(({ data }) => data).filter(({ id }) => !found.has(id))
    for (const facts of fresh) found.set(facts.id, facts)
    asked = fresh.map(({ id }) => id)
  }
  const branches = await branchesOf(trx, list, [...commits, ...found.keys()])
  const reverters = [...found.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  return {
    branches,
    turns: (commit, branch) =>
      walk(
        commit,
        reverters.filter(({ id }) => branches.get(id)?.includes(branch)),
      ),
  }
}

/** In, out, in again: each step takes back one of the steps of the other kind. */
function walk(commit: string, reverters: readonly CommitFacts[]): Landing['turns'] {
  const turns: CommitFacts[] = []
  while (turns.length < turnsMax) {
    const even = turns.length % 2 === 0
    const standing = [
      ...(even ? [commit] : []),
      ...turns.filter((_, at) => at % 2 === (even ? 1 : 0)).map(({ id }) => id),
    ]
    const next = reverters.find(
      one =>
        !turns.includes(one) &&
        one.reverts.some(start => standing.some(id => id !== one.id && id.startsWith(start))),
    )
    if (!next) break
    turns.push(next)
  }
  return turns.map(({ id, at, committer }) => ({ commit: id, at, by: committer }))
}

async function branchesOf(
  trx: Transaction<Tables>,
  list: ListId,
  commits: readonly string[],
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ commit: string; branches: string[] }>`
    select h.commit, array_agg(b.name order by b.place) as branches
    from branch_commit h join branch b on b.list_id = h.list_id and b.name = h.branch
    where h.list_id = ${list} and h.commit = any(${commits}::text[]) group by h.commit`.execute(trx)
  return new Map(rows.map(({ commit, branches }) => [commit, branches]))
}
