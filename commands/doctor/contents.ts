// What doctor finds inside the database: its size, what waits, what could not be folded, its clock.
import { type Kysely, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import { backlog } from '../../sql/backlog.ts'
import { allLists } from '../../sql/lists.ts'
import { outboxState } from '../../sql/outbox-rows.ts'
import type { Tables } from '../../sql/tables.ts'
import { callStates } from '../../sql/webhook-calls.ts'
import { robotRole, robotsWithoutRole } from '../../tracker/project/robot-lines.ts'
import type { Finding } from './finding.ts'

export async function contents(db: Kysely<Tables>): Promise<Finding[]> {
  return [
    await size(db),
    ...(await waiting(db)),
    await verdictsDue(db),
    await leftBehind(db),
    await outbox(db),
    ...(await webhooks(db)),
    ...(await followed(db)),
    ...(await rolesClosed(db)),
    ...(await robotsIdle(db)),
    await clock(db),
  ]
}

async function size(db: Kysely<Tables>): Promise<Finding> {
  const { rows } = await sql<{ size: string; mails: string }>`
    select pg_size_pretty(pg_database_size(current_database())) as size, (select count(*) from mail) as mails`.execute(
    db,
  )
  return { well: true, what: 'size', found: `${rows[0]?.size}, ${rows[0]?.mails} mails` }
}

async function waiting(db: Kysely<Tables>): Promise<Finding[]> {
  const { unsorted, oldestSeconds, unfolded, failed } = await backlog(db)
  const lag = unsorted === 0 ? '' : `, the oldest for ${Math.round(oldestSeconds)} s`
  const well = oldestSeconds < limits.unsortedSecondsMax
  const mend = 'threadwork serve (sorts them; when it runs, its log says "Sorting failed" and why)'
  return [
    { well, what: 'unsorted mails', found: `${unsorted}${lag}`, ...(well ? {} : { mend }) },
    { well: true, what: 'changed clusters', found: `${unfolded} to be folded` },
    failed === 0
      ? { well: true, what: 'failed clusters', found: 'none' }
      : { well: false, what: 'failed clusters', ...(await failures(db, failed)) },
  ]
}

/** With some Message-IDs, so that the mails can be looked at and sent along with a report. */
async function failures(db: Kysely<Tables>, failed: number): Promise<{ found: string; mend: string }> {
  const { rows } = await sql<{ name: string; message_id: string }>`
    select list.name, mail.message_id from (select id from cluster where folded = -1 order by list_id, id limit 3) failed,
      lateral (select list_id, seq from fact where cluster = failed.id order by seq limit 1) first
    join mail using (list_id, seq) join list on list.id = first.list_id`.execute(db)
  const examples = rows.map(({ name, message_id }) => `<${message_id.slice(0, 200)}> of ${name}`).join(', ')
  return {
    found: `${failed} could not be folded and keep the topics they had: the one of ${examples}`,
    mend: 'threadwork rebuild (after an update); the log of serve says why at "could not be folded"',
  }
}

/** Live mails without a verdict: those that no worker has looked at, and those that wait for another try of DNS. */
async function verdictsDue(db: Kysely<Tables>): Promise<Finding> {
  const { rows } = await sql<{ untried: number; again: number; seconds: number }>`
    select count(*) filter (where tries = 0)::int as untried, count(*) filter (where tries > 0)::int as again,
      coalesce(extract(epoch from now() - min(arrived_at) filter (where tries = 0)), 0)::float8 as seconds
    from verdict_due`.execute(db)
  const { untried = 0, again = 0, seconds = 0 } = rows[0] ?? {}
  const found = `${untried} not looked at, ${again} wait for DNS`
  if (seconds < limits.unsortedSecondsMax) return { well: true, what: 'mails without verdict', found }
  const mend = 'threadwork serve (judges them; its log says "Authenticating mail failed" and why)'
  return { well: false, what: 'mails without verdict', found, mend }
}

/** The rows of a rebuild that was broken off: cluster 0. */
async function leftBehind(db: Kysely<Tables>): Promise<Finding> {
  const { rows } = await sql<{ count: number; lists: string | null }>`
    select count(*)::int as count, string_agg(distinct list.name, ', ') as lists
    from topic join list on list.id = topic.list_id where cluster = 0`.execute(db)
  const { count = 0, lists = '' } = rows[0] ?? {}
  if (count === 0) return { well: true, what: 'stale topics', found: 'none' }
  const found = `${count} stand from before a rebuild of ${lists} that has not ended`
  return {
    well: false,
    what: 'stale topics',
    found,
    mend: 'threadwork serve (goes on), or threadwork rebuild',
  }
}

/** None where every event was taken at once. */
async function webhooks(db: Kysely<Tables>): Promise<Finding[]> {
  return (await callStates(db)).map(({ url, owed, dead, reply }) => {
    const what = `webhook ${new URL(url).host}`
    const said = reply === null ? '' : `; the last answer: ${reply}`
    const found = `${owed} owed, ${dead} given up in the last 7 days${said}`
    if (dead === 0 && reply === null) return { well: true, what, found }
    return {
      well: false,
      what,
      found,
      mend: 'threadwork webhook list (says why), threadwork webhook retry ID',
    }
  })
}

async function outbox(db: Kysely<Tables>): Promise<Finding> {
  const what = 'outbox'
  const { owed, failed, quietUntil } = await outboxState(db)
  if (quietUntil !== null) {
    const found = `nothing leaves until ${quietUntil.toISOString()}: too many mails within an hour; ${owed} owed`
    return { well: false, what, found, mend: 'threadwork outbox list (shows them); it lifts itself' }
  }
  if (failed === 0) return { well: true, what, found: `${owed} owed` }
  const found = `${owed} owed, ${failed} refused or bounced within a week`
  return { well: false, what, found, mend: 'threadwork outbox list (says why), threadwork outbox retry ID' }
}

/** Of each list with a repository: how far it was followed, or why not. */
async function followed(db: Kysely<Tables>): Promise<Finding[]> {
  const { rows } = await sql<{
    name: string
    read_at: Date
    problem: string | null
    branches: string | null
  }>`
    select list.name, r.read_at, r.problem, (
      select string_agg(b.name || coalesce(' at ' || left(b.head, 12), ' (not read to its end yet)'), ', ' order by b.place)
      from branch b where b.list_id = list.id) as branches
    from repository r join list on list.id = r.list_id where list.settings->>'repository' is not null order by list.name`.execute(
    db,
  )
  return rows.map(({ name, read_at, problem, branches }) => {
    const what = `followed for ${name}`
    const at = `read at ${read_at.toISOString()}`
    if (problem === null) return { well: true, what, found: `${branches ?? 'no branch'}, ${at}` }
    return { well: false, what, found: `${problem}, ${at}`, mend: 'threadwork follow (tries it now)' }
  })
}

/** A list whose file with the maintainers gives nobody the role, or was not read. */
async function rolesClosed(db: Kysely<Tables>): Promise<Finding[]> {
  const { rows } = await sql<{ name: string; path: string; file: 'unread' | 'read' }>`
    select l.name, l.settings->>'maintainers' as path, newest.file from list l, lateral (
      select file, people from roster where list_id = l.id order by since desc, id desc limit 1) newest
    where newest.file is not null and l.settings->>'repository' is not null
      and not newest.people @> '[{"role": "maintainer"}]' order by l.name`.execute(db)
  return rows.map(({ name, path, file }) => ({
    well: false,
    what: `maintainers of ${name}`,
    found: `${JSON.stringify(path)} ${file === 'read' ? 'names no maintainer' : 'was not read yet'}, so nobody may change its states`,
    mend:
      file === 'read'
        ? 'correct maintainers of this list, or the file, or name one in [[lists.people]]'
        : 'threadwork follow (reads it now, or says why not)',
  }))
}

/** What robots tell is lost without a word otherwise: nobody answers them. */
async function robotsIdle(db: Kysely<Tables>): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { id, name } of await allLists(db))
    for (const address of await robotsWithoutRole(db, id, robotsNamedMax))
      findings.push({
        well: false,
        what: `robots of ${name}`,
        found: `what ${address} tells has no effect any more`,
        mend: `add to this list: ${robotRole(address).replaceAll('\n', ', ')}`,
      })
  return findings
}

const robotsNamedMax = 10

/** Against the database's machine, and against the newest mail, which was not stored in the future. */
async function clock(db: Kysely<Tables>): Promise<Finding> {
  const { rows } = await sql<{ now: Date; newest: Date | null }>`
    select clock_timestamp() as now, max(newest) as newest from list, lateral (
      select known_at as newest from mail where list_id = list.id order by known_at desc limit 1) mails`.execute(
    db,
  )
  const now = Date.now()
  const apart = ((rows[0]?.now.getTime() ?? now) - now) / 1000
  const ahead = ((rows[0]?.newest?.getTime() ?? 0) - now) / 1000
  const mend = 'timedatectl set-ntp true (here and on the database)'
  if (Math.abs(apart) > limits.clockApartSecondsMax)
    return { well: false, what: 'clock', found: `${apart.toFixed(1)} s apart from the database's`, mend }
  if (ahead > limits.clockApartSecondsMax)
    return { well: false, what: 'clock', found: `${Math.round(ahead)} s behind the newest mail`, mend }
  return { well: true, what: 'clock', found: new Date(now).toISOString() }
}
