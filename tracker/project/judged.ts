// Which text a mail judged, in the log: written by the first fold in which the mail changes a state, in its transaction, and
// read by each fold from then on. A rebuild keeps it: what stood then can't be told from the mails.
import { sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Judged, Judging } from '../topic/judged.ts'
import type { Arrival } from '../topic/unit.ts'

type Trx = Transaction<Tables>

/** `isSpokenOf`: by other topics. Where nobody says anything that could judge, nothing is asked: so are most threads. */
export async function judgedIn(
  trx: Trx,
  list: ListId,
  arrivals: ReadonlyMap<ClusterId, readonly Arrival[]>,
  isSpokenOf: boolean,
): Promise<Judged> {
  if (!isSpokenOf && ![...arrivals.values()].some(some => some.some(mayJudge))) return new Map()
  const keys = [...arrivals.values()].flatMap(judgeable)
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{ target_key: IndexKey; mail_key: IndexKey; text: string }>`
    select target_key, mail_key, encode(raw_hash, 'hex') as text from judged
    where list_id = ${list} and target_key = any(${keys}::text[])`.execute(trx)
  return new Map(
    [...Map.groupBy(rows, row => row.target_key)].map(([target, by]) => [
      target,
      new Map(by.map(({ mail_key, text }) => [mail_key, text])),
    ]),
  )
}

const mayJudge = ({ facts }: Arrival) =>
  facts.tags.length > 0 || facts.applied !== null || facts.withdrawal !== null

/** Those that may have a state: what posts something, and what begins a thread. In a large thread they are few. */
function judgeable(arrivals: readonly Arrival[]): IndexKey[] {
  const here = new Set(arrivals.map(({ facts }) => facts.messageId))
  const keys = arrivals
    .filter(({ facts }) => facts.posting !== 'none' || !facts.references.some(id => here.has(id)))
    .map(({ facts }) => indexKey(facts.messageId))
  return [...new Set(keys)]
}

export async function writeJudgings(trx: Trx, list: ListId, judgings: readonly Judging[]): Promise<void> {
  if (judgings.length === 0) return
  await trx
    .insertInto('judged')
    .values(
      judgings.map(({ mail, target, text }) => ({
        list_id: list,
        target_key: indexKey(target),
        mail_key: indexKey(mail),
        raw_hash: Buffer.from(text, 'hex'),
      })),
    )
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
