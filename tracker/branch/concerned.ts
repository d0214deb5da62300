// Commits -> the clusters whose topics they may change, which are folded again. Which commit is which patch is found
// by the fold's own transaction (land.ts); here is only who must look.
import { sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { wake } from '../../sql/wake.ts'
import { keyOf } from '../project/commit-key.ts'
import { numberedBugs } from '../project/numbered-bugs.ts'
import { mailmapOf } from '../project/people.ts'
import { turnsMax } from '../project/turns.ts'
import type { CommitFacts } from '../topic/commit.ts'
import { commitKeys, idStart } from '../topic/landing.ts'
import { mappedPerson } from '../topic/mailmap.ts'
import { personKeys } from '../topic/person.ts'

type Trx = Transaction<Tables>

/** Mails that the commits name, patches with their patch-id or title, mails that name them, and what they take back. */
export async function markConcerned(trx: Trx, list: ListId, commits: readonly CommitFacts[]): Promise<void> {
  if (commits.length === 0) return
  const mailmap = await mailmapOf(trx, list)
  const mails = commits.flatMap(commit => commitKeys(commit).filter(key => /^[mb] /.test(key)))
  const numbered = await numberedBugs(trx, list, commits)
  const bugs = [...numbered.values()].map(({ id }) => indexKey(id))
  const hints = commits.flatMap(commit => [
    ...commit.patchIds.map(id => `p ${id}`),
    ...personKeys(mappedPerson(commit.author, mailmap)).map(person => `t ${person} ${commit.key}`),
    `h ${commit.id.slice(0, idStart)}`,
    `a ${commit.id.slice(0, idStart)}`,
  ])
  await wake(
    trx,
    sql`
      select cluster from fact where list_id = ${list} and message_key = any(${[...mails.map(key => keyOf(key).slice(2)), ...bugs]}::text[])
      union
      select f.cluster from revision_hint h join fact f using (list_id, seq)
      where h.list_id = ${list} and h.key = any(${hints.map(indexKey)}::text[])`,
    'late',
  )
  await markLanded(trx, list, await takenBack(trx, list, commits))
}

/** The clusters of what these commits landed. */
export async function markLanded(trx: Trx, list: ListId, commits: readonly string[]): Promise<void> {
  if (commits.length === 0) return
  await wake(
    trx,
    sql`
      select f.cluster from landing l join fact f using (list_id, message_key)
      where l.list_id = ${list} and l.commit = any(${commits}::text[])`,
    'late',
  )
}

/** What they revert, and what that reverts, and so on. */
async function takenBack(trx: Trx, list: ListId, commits: readonly CommitFacts[]): Promise<string[]> {
  const found = new Set<string>()
  let prefixes = commits.flatMap(({ reverts }) => reverts)
  for (let depth = 0; depth < turnsMax && prefixes.length > 0; depth++) {
    const { rows } = await sql<{ id: string; reverts: string[] }>`
      select c.id, c.data->'reverts' as reverts from unnest(${prefixes}::text[]) as p (start)
      join git_commit c on c.list_id = ${list} and c.id >= p.start collate "C" and c.id < (p.start || 'g') collate "C"`.execute(
      trx,
    )
    const fresh = rows.filter(({ id }) => !found.has(id))
    for (const { id } of fresh) found.add(id)
    prefixes = fresh.flatMap(({ reverts }) => reverts)
  }
  return [...found]
}
