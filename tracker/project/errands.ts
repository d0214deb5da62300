// Errands on their way from the topic whose mail speaks of another one. Written with the topic that gives them out, read
// by the fold of the other's cluster, which is folded again when they change: so either may come first.
import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import type { MailFacts } from '../mail/facts.ts'
import { type Errand, isUnconfirmed } from '../topic/errand.ts'
import type { Topic } from '../topic/topic.ts'
import { wakeTargets } from './closings.ts'

/** The errands to these mails; of too many for one mail those that the fold would choose (voicesFor). */
export async function errandsFor(
  db: Kysely<Tables>,
  list: ListId,
  arrivals: ReadonlyMap<string, readonly { facts: MailFacts }[]>,
): Promise<Errand[]> {
  const keys = new Set([...arrivals.values()].flat().map(({ facts }) => indexKey(facts.messageId)))
  const { rows } = await sql<{ data: Errand }>`
    select data from (
      select data, row_number() over (partition by target_key order by unconfirmed, said, mail_key) as place
      from errand where list_id = ${list} and target_key = any(${[...keys]}::text[])) ranked
    where place <= ${limits.errandsInMax}`.execute(db)
  return rows.map(row => row.data)
}

/** What a fold leaves to be written. */
export interface MovedErrands {
  readonly rows: readonly ErrandRow[]
  /** The mails whose topics hear something else than before. */
  readonly targets: readonly string[]
}

interface ErrandRow {
  readonly topic_key: string
  readonly target_key: string
  readonly mail_key: string
  readonly data: string
  readonly digest: string
  readonly unconfirmed: boolean
  readonly said: number
  readonly untold: boolean
}

/**
 * Takes back what the topics that are written again or gone have said. Before they are deleted. `told` are the mails
 * that just came live and were told of in their own topic.
 */
export async function moveErrands(
  trx: Transaction<Tables>,
  list: ListId,
  topics: { readonly gone: readonly string[]; readonly written: readonly { id_key: string; topic: Topic }[] },
  told: ReadonlySet<string>,
): Promise<MovedErrands> {
  const keys = [...topics.gone, ...topics.written.map(row => row.id_key)]
  if (keys.length === 0) return { rows: [], targets: [] }
  const { rows: old } = await sql<Omit<ErrandRow, 'data' | 'said' | 'unconfirmed'>>`
    delete from errand where list_id = ${list} and topic_key = any(${keys}::text[])
    returning topic_key, target_key, mail_key, digest, untold`.execute(trx)
  const waiting = new Set([...told, ...old.filter(row => row.untold).map(row => row.mail_key)])
  const rows = topics.written.flatMap(({ id_key, topic }) =>
    (topic.errands ?? []).map(errand => errandRow(id_key, errand, waiting)),
  )
  const before = new Map(old.map(row => [nameOf(row), row.target_key]))
  const after = new Map(rows.map(row => [nameOf(row), row.target_key]))
  const targets = [...before, ...after].filter(([name]) => before.has(name) !== after.has(name))
  return { rows, targets: targets.map(([, target]) => target) }
}

function errandRow(topic: string, errand: Errand, waiting: ReadonlySet<string>): ErrandRow {
  const data = toStorableJson(errand)
  const mail = indexKey(errand.mail)
  return {
    topic_key: topic,
    target_key: indexKey(errand.target),
    mail_key: mail,
    data,
    digest: createHash('sha256').update(data).digest('base64url'),
    unconfirmed: isUnconfirmed(errand),
    said: errand.said,
    untold: waiting.has(mail),
  }
}

const nameOf = (row: Pick<ErrandRow, 'topic_key' | 'target_key' | 'digest'>) =>
  `${row.topic_key} ${row.target_key} ${row.digest}`

/** After the topics stand. */
export async function writeErrands(
  trx: Transaction<Tables>,
  list: ListId,
  { rows }: MovedErrands,
): Promise<void> {
  if (rows.length === 0) return
  await trx
    .insertInto('errand')
    .values(rows.map(row => ({ list_id: list, ...row, said: String(Math.trunc(row.said)) })))
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** What the topics of a cluster said is not said any more; call it before they are deleted. */
export async function dropErrands(db: Kysely<Tables>, list: ListId, cluster: string): Promise<boolean> {
  const { rows } = await sql<{ target_key: string }>`
    delete from errand e using topic t
    where t.list_id = ${list} and t.cluster = ${cluster}::bigint and e.list_id = t.list_id and e.topic_key = t.id_key
    returning e.target_key`.execute(db)
  await wakeTargets(
    db,
    list,
    rows.map(row => row.target_key),
  )
  return rows.length > 0
}
