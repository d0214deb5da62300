// The numbers of bugs: short names for people, given once, in the order in which the bugs were seen, and never again. They
// belong to the log: a rebuild finds them, another instance gives its own.
import { type Kysely, sql, type Transaction } from 'kysely'
import { type ListId, type MessageId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { memo } from '../../base/memo.ts'
import type { Tables } from '../../sql/tables.ts'
import type { MailFacts } from '../mail/facts.ts'
import { type BugNumbers, referenceOf } from '../topic/reference.ts'
import type { Topic } from '../topic/topic.ts'

/** Gives each bug without a number the next one. Called under the list's lock for folding. */
export async function giveNumbers(
  trx: Transaction<Tables>,
  list: ListId,
  topics: readonly Topic[],
): Promise<void> {
  const bugs = topics.filter(topic => topic.kind === 'bug').sort((a, b) => a.said - b.said)
  if (bugs.length === 0) return
  const known = await numbersOf(trx, list, bugs)
  const fresh = bugs.filter(bug => !known.has(bug.id))
  if (fresh.length === 0) return
  // A number that went out in a mail must not be given again after a crash, as a fold may be that is not on disk.
  await sql`select set_config('synchronous_commit', 'on', true)`.execute(trx)
  await sql`
    insert into bug_number (list_id, number, message_id, message_key)
    select ${list}, ordinality + (select coalesce(max(number), 0) from bug_number where list_id = ${list}), id, key
    from unnest(${fresh.map(({ id }) => id)}::text[], ${fresh.map(({ id }) => indexKey(id))}::text[])
      with ordinality as row (id, key, ordinality)`.execute(trx)
}

/** The number of each bug, by its id. It hangs on one of its mails: an earlier one that comes later changes the id. */
export async function numbersOf(
  db: Kysely<Tables>,
  list: ListId,
  bugs: readonly Pick<Topic, 'id' | 'mails'>[],
): Promise<Map<MessageId, number>> {
  if (bugs.length === 0) return new Map()
  const keys = bugs.map(({ mails }) => mails.map(mail => indexKey(mail.id)))
  const rows = await db
    .selectFrom('bug_number')
    .select(['message_key', 'number'])
    .where('list_id', '=', list)
    .where('message_key', 'in', keys.flat())
    .execute()
  const byKey = new Map(rows.map(row => [row.message_key, row.number]))
  return new Map(
    bugs.flatMap(({ id }, index): [MessageId, number][] => {
      const numbers = (keys[index] ?? []).flatMap(key => byKey.get(key) ?? [])
      return numbers.length > 0 ? [[id, Math.min(...numbers)]] : []
    }),
  )
}

type Lines = Pick<MailFacts, 'tags' | 'trailers'>

/** What `#12` means in these mails: a mail of the bug, and since when anybody could know the number. */
export async function bugsNumbered(
  db: Kysely<Tables>,
  list: ListId,
  mails: readonly Lines[],
): Promise<BugNumbers> {
  const speakers = mails.filter(({ tags, trailers }) => tags.length > 0 || trailers.length > 0)
  return bugsOfNumbers(db, list, speakers.flatMap(numbersIn))
}

/** The same for numbers that something else names. */
export async function bugsOfNumbers(
  db: Kysely<Tables>,
  list: ListId,
  named: readonly number[],
): Promise<BugNumbers> {
  const numbers = new Set(named.filter(number => number <= largestNumber))
  if (numbers.size === 0) return new Map()
  const rows = await db
    .selectFrom('bug_number')
    .select(['number', 'message_id', 'given_at'])
    .where('list_id', '=', list)
    .where('number', 'in', [...numbers])
    .execute()
  return new Map(
    rows.map(row => [row.number, { id: messageId(row.message_id), since: row.given_at.getTime() }]),
  )
}

/** The numbers that a mail's lines name. */
const numbersIn = memo(({ tags, trailers }: Lines): number[] => {
  const lines = tags.filter(tag => tag.tag !== 'Recorded').map(referenceOf)
  const values = trailers.flatMap(({ value }) => value.match(/(?<![^\s])#(\d{1,9})\b/)?.[1] ?? [])
  return [
    ...tags.flatMap(({ bug }) => bug ?? []),
    ...lines.flatMap(ref => (ref && 'bug' in ref ? ref.bug : [])),
    ...values.map(Number),
  ]
})

/** Of the column. */
const largestNumber = 2 ** 31 - 1
