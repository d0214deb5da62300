// Which commits are the patches of these clusters, and what they close. It is asked in the transaction of the fold and
// answered from all commits and all mails that are here, so it does not matter which of the two was seen first. The
// answer is kept in the table `landing`; a cluster that another one loses a landing to is folded again.
import { sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { memo } from '../../base/memo.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { wake } from '../../sql/wake.ts'
import type { MailFacts } from '../mail/facts.ts'
import type { CommitFacts } from '../topic/commit.ts'
import {
  closedBy,
  idStart,
  isIn,
  type Landable,
  type Landing,
  landedBy,
  type NamedCommit,
  namedCommit,
} from '../topic/landing.ts'
import { type Mailmap, mappedPerson } from '../topic/mailmap.ts'
import { personKeys } from '../topic/person.ts'
import type { Arrival } from '../topic/unit.ts'
import { keyOf } from './commit-key.ts'
import { closedId, numberedBugs } from './numbered-bugs.ts'
import { type Following, mailmapOf } from './people.ts'
import { type Turning, turnsOf } from './turns.ts'

type Trx = Transaction<Tables>
type Arrivals = Map<ClusterId, Arrival[]>

/** The same arrivals with their landings. `following`: null for a list without branches. */
export async function withLandings(
  trx: Trx,
  list: ListId,
  arrivals: Arrivals,
  following: Following | null,
): Promise<Arrivals> {
  if (following === null) return arrivals
  const all = [...arrivals.values()].flat()
  const matched = await match(trx, list, [...arrivals.keys()], all)
  // A landing stands as long as its commit does.
  const landed = matched ? await landingsOf(trx, list, all) : new Map<string, Landing[]>()
  const held = await namedCommitsOf(trx, list, all, following)
  const one = (arrival: Arrival): Arrival => {
    const landings = landed.get(keyOfMail(arrival.facts))
    const seen = held.get(arrival)
    if (!landings && !seen) return arrival
    return { ...arrival, ...(landings && { landed: landings }), ...(seen && { namedCommit: seen }) }
  }
  return new Map([...arrivals].map(([cluster, mails]) => [cluster, mails.map(one)]))
}

const keyOfMail = memo(({ messageId }: MailFacts) => indexKey(messageId))

/**
 * Finds the commits of these mails, and of each commit everything that it lands; what differs is written. Answers whether
 * there is one.
 */
async function match(
  trx: Trx,
  list: ListId,
  clusters: readonly ClusterId[],
  arrivals: readonly Arrival[],
): Promise<boolean> {
  const commits = await commitsFor(trx, list, arrivals)
  if (commits.length === 0) return false
  const mailmap = await mailmapOf(trx, list)
  const patches = await patchesFor(trx, list, commits, mailmap)
  const numbers = await numberedBugs(
    trx,
    list,
    commits.map(({ facts }) => facts),
  )
  const landed = commits.flatMap(commit => {
    const author = personKeys(mappedPerson(commit.facts.author, mailmap))
    const found = landedBy(commit.facts, author, patches)
    const closed = closedBy(commit.facts, found).flatMap(ref => closedId(ref, commit.facts.at, numbers) ?? [])
    return [
      ...found.map(({ patch, ...fit }) => ({ commit, id: patch.messageId, ...fit })),
      ...closed.map(id => ({ commit, id, how: 'closes' as const, changed: false })),
    ]
  })
  const rows = await rowsOf(trx, list, landed)
  await writeRows(trx, list, clusters, commits, rows)
  return true
}

interface StoredCommit {
  readonly facts: CommitFacts
  readonly release: string | null
}

async function commitsFor(trx: Trx, list: ListId, arrivals: readonly Arrival[]): Promise<StoredCommit[]> {
  const mails = arrivals.map(({ facts }) => keyOfMail(facts))
  const patches = arrivals.filter(({ facts }) => facts.posting === 'patch')
  const keys = new Set([
    ...mails.flatMap(key => [`m ${key}`, `b ${key}`]),
    ...patches.flatMap(({ facts }) => [`t ${facts.subject.key}`, `p ${facts.patchId}`].map(indexKey)),
  ])
  const heads = arrivals.flatMap(({ facts }) => facts.pullRequest?.head ?? [])
  const { rows } = await sql<{ data: CommitFacts; release: string | null }>`
    select data, release from git_commit where list_id = ${list} and id in (
      select commit from commit_key where list_id = ${list} and key = any(${[...keys]}::text[])
      union select commit from commit_key where list_id = ${list} and key in (
        select 'b #' || number from bug_number where list_id = ${list} and message_key = any(${mails}::text[]))
      union select commit from landing where list_id = ${list} and message_key = any(${mails}::text[])
      union select unnest(${heads}::text[]))
    order by id`.execute(trx)
  return rows.map(({ data, release }) => ({ facts: data, release }))
}

/** Every patch that one of the commits may be, in whatever cluster. Of copies the earliest is asked, as in unit.ts. */
async function patchesFor(
  trx: Trx,
  list: ListId,
  commits: readonly StoredCommit[],
  mailmap: Mailmap,
): Promise<Landable[]> {
  const mails = commits.flatMap(({ facts }) =>
    [...facts.mails, ...facts.links].map(id => keyOf(`m ${id}`).slice(2)),
  )
  const hints = commits.flatMap(({ facts }) => [
    ...facts.patchIds.map(id => `p ${id}`),
    ...personKeys(mappedPerson(facts.author, mailmap)).map(person => `t ${person} ${facts.key}`),
    `h ${facts.id.slice(0, idStart)}`,
  ])
  const { rows } = await sql<Landable>`
    select distinct on (f.message_key) f.data->>'messageId' as "messageId", f.data->>'patchId' as "patchId",
      f.data->'pullRequest'->>'head' as head, f.data->'trailers' as trailers, s.data as sketch
    from fact f join mail m using (list_id, seq) left join sketch s using (list_id, seq)
    where f.list_id = ${list} and f.data->>'posting' in ('patch', 'pull-request') and f.seq in (
      select seq from fact where list_id = ${list} and message_key = any(${mails}::text[])
      union select seq from revision_hint where list_id = ${list} and key = any(${hints.map(indexKey)}::text[]))
    order by f.message_key, f.said, m.raw_hash`.execute(trx)
  return rows
}

interface Found {
  readonly commit: StoredCommit
  readonly id: string
  readonly how: Landing['how']
  readonly changed: boolean
}

interface Row {
  readonly key: IndexKey
  readonly landing: Landing
}

/** One for each branch that holds the commit. */
async function rowsOf(trx: Trx, list: ListId, found: readonly Found[]): Promise<Row[]> {
  const ids = [...new Set(found.map(({ commit }) => commit.facts.id))]
  const turning = await turnsOf(trx, list, ids)
  const rows = found.flatMap(({ commit: { facts, release }, id, how, changed }) =>
    branchesOf(turning, facts.id).map(branch => ({
      key: indexKey(id),
      landing: {
        commit: facts.id,
        branch,
        release,
        at: facts.at,
        by: facts.committer,
        how,
        changed,
        turns: turning.turns(facts.id, branch),
      },
    })),
  )
  return rows.filter((row, at) => {
    const beside = rows.filter(({ key, landing }) => key === row.key && landing.branch === row.landing.branch)
    // A commit that closes the very patch it is says that it is that patch.
    const first = rows.indexOf(beside.find(({ landing }) => landing.commit === row.landing.commit) ?? row)
    // The revert of a revert has the patch-id of the patch; it is a turn of the commit that landed first.
    const turn = beside.some(({ landing }) =>
      landing.turns.some(({ commit }) => commit === row.landing.commit),
    )
    return first === at && !turn
  })
}

const branchesOf = (turning: Turning, commit: string): readonly string[] => turning.branches.get(commit) ?? []

async function writeRows(
  trx: Trx,
  list: ListId,
  clusters: readonly ClusterId[],
  commits: readonly StoredCommit[],
  rows: readonly Row[],
): Promise<void> {
  const columns = [
    rows.map(({ key }) => key),
    rows.map(({ landing }) => landing.commit),
    rows.map(({ landing }) => landing.branch),
  ] as const
  const gone = await sql<{ message_key: IndexKey }>`
    delete from landing l where list_id = ${list} and commit = any(${commits.map(({ facts }) => facts.id)}::text[])
      and not exists (select from unnest(${columns[0]}::text[], ${columns[1]}::text[], ${columns[2]}::text[]) as n (key, commit, branch)
        where n.key = l.message_key and n.commit = l.commit and n.branch = l.branch)
    returning message_key`.execute(trx)
  const written = await sql<{ message_key: IndexKey }>`
    insert into landing (list_id, message_key, commit, branch, release, at, how, reverted_by, data)
    select ${list}, * from unnest(${columns[0]}::text[], ${columns[1]}::text[], ${columns[2]}::text[],
      ${rows.map(({ landing }) => landing.release)}::text[],
      ${rows.map(({ landing }) => new Date(landing.at).toISOString())}::timestamptz[],
      ${rows.map(({ landing }) => landing.how)}::text[],
      ${rows.map(({ landing }) => (isIn(landing) ? null : (landing.turns.at(-1)?.commit ?? null)))}::text[],
      ${rows.map(({ landing }) => toStorableJson(landing))}::jsonb[])
    on conflict (list_id, message_key, commit, branch) do update set (release, at, how, reverted_by, data) =
      (excluded.release, excluded.at, excluded.how, excluded.reverted_by, excluded.data)
    where landing.data <> excluded.data
    returning message_key`.execute(trx)
  const keys = [...gone.rows, ...written.rows].map(row => row.message_key)
  if (keys.length === 0) return
  await wake(
    trx,
    sql`select cluster from fact where list_id = ${list} and message_key = any(${keys}::text[])
      and cluster <> all(${clusters}::bigint[])`,
    'late',
    'beside',
  )
}

/** By message key; the branch that is named first stands first. */
async function landingsOf(
  trx: Trx,
  list: ListId,
  arrivals: readonly Arrival[],
): Promise<Map<string, Landing[]>> {
  const keys = arrivals.map(({ facts }) => keyOfMail(facts))
  const { rows } = await sql<{ message_key: IndexKey; data: Landing }>`
    select l.message_key, l.data from landing l join branch b on b.list_id = l.list_id and b.name = l.branch
    where l.list_id = ${list} and l.message_key = any(${keys}::text[])
    order by l.at, l.commit collate "C", b.place, l.how`.execute(trx)
  const byKey = Map.groupBy(rows, row => row.message_key)
  return new Map([...byKey].map(([key, found]) => [key, found.map(({ data }) => data)]))
}

/** Of mails that name a commit: the branch that holds it. Nothing is said of commits older than what was read. */
async function namedCommitsOf(
  trx: Trx,
  list: ListId,
  arrivals: readonly Arrival[],
  { complete, since }: Following,
): Promise<Map<Arrival, NamedCommit>> {
  const naming = arrivals.flatMap(arrival => {
    const commit = namedCommit(arrival.facts)
    return commit === null ? [] : [{ arrival, commit }]
  })
  if (naming.length === 0) return new Map()
  const { rows } = await sql<{ start: string; branch: string }>`
    select distinct on (p.start) p.start, b.name as branch
    from unnest(${naming.map(({ commit }) => commit)}::text[]) as p (start)
    join git_commit c on c.list_id = ${list} and c.id >= p.start collate "C" and c.id < (p.start || 'g') collate "C"
    join branch_commit h on h.list_id = c.list_id and h.commit = c.id
    join branch b on b.list_id = c.list_id and b.name = h.branch
    order by p.start, b.place`.execute(trx)
  const branches = new Map(rows.map(({ start, branch }) => [start, branch]))
  return new Map(
    naming.flatMap(({ arrival, commit }) => {
      const branch = branches.get(commit) ?? null
      const known = branch !== null || (complete && arrival.facts.said > since)
      return known ? [[arrival, { branch }] as const] : []
    }),
  )
}
