// What topics say of each other, from one cluster to another. It is written with the topic that says it and read by the fold
// of the other's cluster, which is folded again when it changes: so either may come first.
import { createHash } from 'node:crypto'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { type When, wake } from '../../sql/wake.ts'
import type { MailFacts } from '../mail/facts.ts'
import { closingsOf } from '../topic/closing.ts'
import type { Outside } from '../topic/outside.ts'
import { isUnconfirmed } from '../topic/statement.ts'
import type { Statement, Topic } from '../topic/topic.ts'
import type { Arrival } from '../topic/unit.ts'
import { bugsNumbered } from './bug-number.ts'
import { release } from './statements-due.ts'

type Trx = Transaction<Tables>

/** What the clusters with these mails hear of others. `speaks`: a topic of the list says something of another one. */
export async function outsideOf(
  trx: Trx,
  list: ListId,
  arrivals: ReadonlyMap<ClusterId, readonly Arrival[]>,
  speaks: boolean,
): Promise<Pick<Outside, 'statements' | 'numbers'>> {
  const own = [...arrivals.values()].flat().map(({ facts }) => facts)
  const statements = speaks ? await statementsFor(trx, list, await spokenOfAmong(trx, list, own)) : []
  const lines = statements.filter(one => one.what === 'lines').map(({ tags }) => ({ tags, trailers: [] }))
  return { statements, numbers: await bugsNumbered(trx, list, [...own, ...lines]) }
}

/** The keys of those of these mails that another topic may speak of; of a large thread few, and as a rule the list has fewer. */
async function spokenOfAmong(
  trx: Trx,
  list: ListId,
  mails: readonly MailFacts[],
): Promise<readonly IndexKey[]> {
  const keys = () => [...new Set(mails.map(({ messageId }) => indexKey(messageId)))]
  if (mails.length < largeMin) return keys()
  const { rows } = await sql<{ target_key: IndexKey }>`
    select target_key from statement where list_id = ${list} limit ${sql.lit(spokenOfMax)}`.execute(trx)
  if (rows.length === 0) return []
  if (rows.length >= spokenOfMax) return keys()
  const targets = new Set(rows.map(row => row.target_key))
  return keys().filter(key => targets.has(key))
}

const largeMin = 200
const spokenOfMax = 1_000

/** What is said of the mails with these keys; of too much of one kind that which the fold would choose (voicesFor). */
async function statementsFor(trx: Trx, list: ListId, keys: readonly IndexKey[]): Promise<Statement[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<{ data: Statement }>`
    select data from (
      select data, row_number() over (partition by target_key, what order by unconfirmed, said, mail_key) as place
      from statement where list_id = ${list} and target_key = any(${keys}::text[])) ranked
    where place <= ${limits.statementsInMax}`.execute(trx)
  return rows.map(row => row.data)
}

/** Which topic says something, of which mail, and a hash of what it says. */
interface Said {
  readonly topic_key: IndexKey
  readonly target_key: IndexKey
  readonly digest: string
}

interface StatementRow extends Said {
  readonly mail_key: IndexKey
  readonly what: Statement['what']
  readonly data: string
  readonly unconfirmed: boolean
  readonly said: string
}

/** What a fold leaves to be written. */
interface Moved {
  readonly rows: readonly StatementRow[]
  /** What is said now and was not before, and the other way round. */
  readonly changed: readonly Said[]
}

/** Takes back what `spoke`, the topics that are gone or written again, have said. Before they are deleted. */
export async function moveStatements(
  trx: Trx,
  list: ListId,
  spoke: readonly IndexKey[],
  written: readonly { id_key: IndexKey; topic: Topic }[],
): Promise<Moved> {
  const before = await takeBack(trx, list, spoke)
  const rows = written.flatMap(({ id_key, topic }) =>
    [...closingsOf(topic), ...(topic.statements ?? [])].map(one => rowOf(id_key, one)),
  )
  const were = new Set(before.map(nameOf))
  const are = new Set(rows.map(nameOf))
  return {
    rows,
    changed: [...before.filter(one => !are.has(nameOf(one))), ...rows.filter(one => !were.has(nameOf(one)))],
  }
}

const nameOf = ({ topic_key, target_key, digest }: Said) => `${topic_key} ${target_key} ${digest}`

function rowOf(topic: IndexKey, statement: Statement): StatementRow {
  const data = toStorableJson(statement)
  return {
    topic_key: topic,
    target_key: indexKey(statement.target),
    mail_key: indexKey(statement.mail),
    what: statement.what,
    data,
    digest: createHash('sha256').update(data).digest('base64url'),
    unconfirmed: isUnconfirmed(statement),
    said: String(Math.trunc(statement.said)),
  }
}

/** What the topics with these keys have said is said no more. */
async function takeBack(db: Kysely<Tables>, list: ListId, keys: readonly IndexKey[]): Promise<Said[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Said>`
    delete from statement where list_id = ${list} and topic_key = any(${keys}::text[])
    returning topic_key, target_key, digest`.execute(db)
  return rows
}

/** After the topics stand. */
export async function writeStatements(trx: Trx, list: ListId, { rows }: Moved): Promise<void> {
  if (rows.length === 0) return
  await trx
    .insertInto('statement')
    .values(rows.map(row => ({ list_id: list, ...row })))
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** What the topics of a cluster said is not said any more; call it before they are deleted. Answers whether they said anything. */
export async function dropStatements(
  db: Kysely<Tables>,
  list: ListId,
  cluster: ClusterId,
  when: When,
): Promise<boolean> {
  const topics = await db
    .selectFrom('topic')
    .select('id_key')
    .where('list_id', '=', list)
    .where('cluster', '=', cluster)
    .execute()
  const keys = topics.map(row => row.id_key)
  const waiting = await release(db, list, keys)
  const taken = await takeBack(db, list, keys)
  const targets = [...waiting, ...taken.map(({ target_key }) => target_key)]
  if (targets.length > 0) await wake(db, clustersOf(list, targets), when)
  return targets.length > 0
}

/** What selects the clusters of these mails. */
export const clustersOf = (list: ListId, targets: readonly IndexKey[]): RawBuilder<unknown> =>
  sql`select cluster from fact where list_id = ${list} and message_key = any(${targets}::text[])`
